/**
 * cmd/go's own scripts, GOROOT/src/cmd/go/testdata/script, over our go command.
 *
 * `script-NAME` is the suite of all scripts whose names begin with `NAME_` or are NAME.
 * `CONFORMANCE_GO` names another go command to judge. GOCACHE, if it is set, is used by all scripts
 * together: the library is compiled once. A script that says `skip` counts as passed and is told of
 * at the end.
 * GOROOT: src/cmd/go/script_test.go (scriptEnv, initScriptDirs).
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerGoroot } from '../peer.ts';
import { type ModProxy, startModProxy, testSumDbName } from './modproxy.ts';
import { Script } from './script-engine.ts';
import type { Case, Suite } from './suite.ts';
import { parseTextArchive } from './txtar.ts';

export function scriptSuite(group: string): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no GOROOT to take the scripts from');
  const dir = join(goroot, 'src/cmd/go/testdata/script');
  const names = readdirSync(dir)
    .filter((name) => name === `${group}.txt` || name.startsWith(`${group}_`))
    .map((name) => name.replace(/\.txt$/, ''))
    .sort();
  if (names.length === 0) throw new Error(`no scripts ${group}_*`);
  const temp = mkdtempSync(join(tmpdir(), 'go-script-'));
  const skipped: string[] = [];
  const go = makeGo(temp);
  const mods = join(goroot, 'src/cmd/go/testdata/mod');
  let proxy: Promise<ModProxy> | undefined;
  const cases = names.map((name): Case => ({
    name,
    run: async () => {
      const work = mkdtempSync(join(temp, `${name}-`));
      try {
        return await runScript(readFileSync(join(dir, `${name}.txt`)), {
          work,
          go,
          goroot,
          proxy: await (proxy ??= startModProxy({ dir: mods })),
          cache: process.env['GOCACHE'] || join(temp, 'cache'),
          onSkip: () => skipped.push(name),
        });
      } finally {
        removeAll(work);
      }
    },
  }));
  return {
    name: `script-${group}`,
    title: `cmd/go scripts \`${group}_*\``,
    cases: () => cases,
    close: async () => {
      await (await proxy)?.close();
      removeAll(temp);
      if (skipped.length > 0) console.log(`skipped themselves: ${skipped.join(' ')}`);
    },
  };
}

/** A folder for the PATH with the command to judge in it. */
function makeGo(temp: string): string {
  const bin = join(temp, 'bin');
  mkdirSync(bin);
  const own = fileURLToPath(new URL('../../go', import.meta.url));
  const command = process.env['CONFORMANCE_GO'] ?? own;
  // The scripts' home does not exist, and what we keep between runs has to be somewhere.
  const keep = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const file = join(bin, 'go');
  writeFileSync(
    file,
    `#!/bin/sh\nXDG_CACHE_HOME=\${XDG_CACHE_HOME-${keep}} exec ${command} "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

interface ScriptPlace {
  readonly work: string;
  readonly go: string;
  readonly goroot: string;
  readonly cache: string;
  readonly proxy: ModProxy;
  readonly onSkip: () => void;
}

async function runScript(bytes: Buffer, place: ScriptPlace): Promise<string | undefined> {
  const { work, go, goroot } = place;
  const archive = parseTextArchive(bytes);
  const src = join(work, 'gopath/src');
  mkdirSync(src, { recursive: true });
  mkdirSync(join(work, 'tmp'));
  const env = new Map(Object.entries(environment(place)));
  const version = readFileSync(join(goroot, 'VERSION'), 'utf8');
  env.set('goversion', /^go(1\.\d+)/.exec(version)?.[1] ?? '');
  for (const { name, data } of archive.files) {
    const expanded = name.replaceAll(/\$\{?(\w+)\}?/g, (_, key: string) => env.get(key) ?? '');
    const file = expanded.startsWith('/') ? expanded : join(src, expanded);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
  }
  const script = new Script({ env, dir: src, go });
  const failure = await script.run(archive.comment.toString(), place.onSkip);
  return failure?.replaceAll(work, '$WORK').replaceAll(goroot, '$GOROOT');
}

function environment({ work, go, goroot, cache, proxy }: ScriptPlace): Record<string, string> {
  return {
    PATH: `${dirname(go)}:${process.env['PATH'] ?? ''}`,
    HOME: '/no-home',
    WORK: work,
    TMPDIR: join(work, 'tmp'),
    GOPATH: join(work, 'gopath'),
    GOARCH: 'amd64',
    GOOS: 'linux',
    GOCACHE: cache,
    GODEBUG: '',
    GOEXE: '',
    GOEXPERIMENT: '',
    GOPROXY: proxy.url,
    GOPRIVATE: '',
    GOROOT: goroot,
    TESTGO_GOROOT: goroot,
    TESTGO_GOHOSTOS: 'linux',
    TESTGO_GOHOSTARCH: 'amd64',
    GOTRACEBACK: 'system',
    GOSUMDB: proxy.sumdbKey,
    TESTGO_SUMDB: testSumDbName,
    GONOPROXY: '',
    GONOSUMDB: '',
    GOVCS: '*:all',
    GOTOOLCHAIN: 'auto',
    CGO_ENABLED: '0',
    devnull: '/dev/null',
    newline: '\n',
    '/': '/',
    ':': ':',
  };
}

/** Module caches are read-only; links are not followed, they may lead upwards. */
function removeAll(dir: string): void {
  const open = (folder: string): void => {
    chmodSync(folder, 0o755);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) open(join(folder, entry.name));
    }
  };
  open(dir);
  rmSync(dir, { recursive: true, force: true });
}
