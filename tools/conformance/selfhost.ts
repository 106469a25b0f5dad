/**
 * The official tools as our toolchain makes them, at work on all of std.
 *
 * cmd/compile is the hardest program at hand whose output can be checked to the byte. It is linked by
 * us from official objects, then, with cmd/asm and cmd/link, built by us altogether. Each, put in the
 * place of the tool that came with the official toolchain, must give the same archives and executables.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';
import { runCommand } from './programs.ts';
import type { Case, Suite } from './suite.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const timeout = 3_600_000;

/** Programs that are linked to compare linkers. */
const linked = ['cmd/gofmt', 'cmd/asm', 'cmd/vet'];

export function selfhostSuite(): Suite {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-selfhost-'));
  const officialGo = join(peerGoroot() ?? '', 'bin/go');

  const run = async (go: string, args: readonly string[], env: Record<string, string>) => {
    const { status, stdout, stderr } = await runCommand(go, args, peerEnv(env), timeout);
    if (status !== 0) throw new Error(`${go} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  /**
   * For -toolexec: `tool` comes from `exe`. The driver asks tools for their versions, and they answer
   * with the name that they were called by.
   */
  const substitute = (tool: string, exe: string): string => {
    const dir = mkdtempSync(join(scratch, `with-${tool}-`));
    const named = join(dir, tool);
    symlinkSync(exe, named);
    const file = join(dir, 'toolexec');
    writeFileSync(
      file,
      `#!/bin/sh\ncase \${1##*/} in ${tool}) shift; exec '${named}' "$@" ;; esac\nexec "$@"\n`,
    );
    chmodSync(file, 0o755);
    return file;
  };

  /** Content of std's archives by import path, made in an empty cache with `tool` substituted. */
  const archives = async (flags: readonly string[]): Promise<Map<string, string>> => {
    const cache = mkdtempSync(join(scratch, 'cache-'));
    const args = ['-export', '-trimpath', ...flags, '-f', '{{.ImportPath}}\t{{.Export}}', 'std'];
    const list = await run(officialGo, ['list', ...args], { GOCACHE: cache });
    const result = new Map<string, string>();
    for (const line of list.trimEnd().split('\n')) {
      const [name, file] = line.split('\t');
      if (file === undefined || file === '') continue;
      result.set(name!, createHash('sha256').update(readFileSync(file)).digest('hex'));
    }
    return result;
  };

  let official: Promise<Map<string, string>> | undefined;
  const sameArchives = async (tool: string, exe: string): Promise<string | undefined> => {
    official ??= archives([]);
    const want = await official;
    const have = await archives([`-toolexec=${substitute(tool, exe)}`]);
    const differing = [...want.keys()].filter((name) => want.get(name) !== have.get(name));
    if (differing.length === 0) return undefined;
    return `${differing.length} of ${want.size} archives differ: ${differing.join(' ')}`;
  };

  const sameExecutables = async (exe: string): Promise<string | undefined> => {
    const cache = join(scratch, 'linked');
    const build = async (name: string, flags: readonly string[]): Promise<Buffer> => {
      const out = join(scratch, name.replace('/', '-'));
      await run(officialGo, ['build', '-trimpath', ...flags, '-o', out, name], { GOCACHE: cache });
      return readFileSync(out);
    };
    for (const name of linked) {
      const want = await build(name, []);
      const have = await build(name, [`-toolexec=${substitute('link', exe)}`]);
      if (!have.equals(want)) return `${name} differs`;
    }
    return undefined;
  };

  const built = async (name: string): Promise<string> => {
    const out = join(scratch, name.replace('/', '-built-'));
    await run(path('../../go'), ['build', '-o', out, name], { GOROOT: peerGoroot()! });
    return out;
  };

  const cases: Case[] = [
    {
      name: 'compile, linked from official objects',
      run: async () => {
        const out = join(scratch, 'compile-linked');
        const flags = [`-toolexec=${path('../toolexec')}`, '-o', out];
        await run(officialGo, ['build', ...flags, 'cmd/compile'], { GOTS_TOOLS: 'link' });
        return await sameArchives('compile', out);
      },
    },
    { name: 'compile', run: async () => await sameArchives('compile', await built('cmd/compile')) },
    { name: 'asm', run: async () => await sameArchives('asm', await built('cmd/asm')) },
    { name: 'link', run: async () => await sameExecutables(await built('cmd/link')) },
    {
      name: 'gofmt',
      run: async () => {
        const exe = await built('cmd/gofmt');
        const dir = join(scratch, 'gofmt');
        cpSync(join(peerGoroot()!, 'src/cmd/gofmt/testdata'), dir, { recursive: true });
        const theirs = join(peerGoroot()!, 'bin/gofmt');
        const want = await runCommand(theirs, ['-d', '-s', dir], peerEnv(), timeout);
        const have = await runCommand(exe, ['-d', '-s', dir], peerEnv(), timeout);
        return JSON.stringify(have) === JSON.stringify(want) ? undefined : 'its output differs';
      },
    },
    {
      name: 'go',
      run: async () => {
        const exe = await built('cmd/go');
        const args = ['list', '-deps', '-json', 'std', 'cmd'];
        const env = { GOROOT: peerGoroot()! };
        const want = await run(officialGo, args, env);
        return (await run(exe, args, env)) === want ? undefined : 'go list -deps differs';
      },
    },
  ];
  return {
    name: 'selfhost',
    title: "the official tools, built by this toolchain, do the official tools' work",
    cases: () => cases,
    close: () => {
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
