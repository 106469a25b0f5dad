/**
 * Bad input: what a command says, on which stream, how it ends and what it leaves behind, against the
 * official command with the same arguments in the same files.
 *
 * Each of a row's two runs has a folder of its own; in what they print the folder is `DIR` and its name
 * `BASE`. Rows that have words of our own say why (bad-input-cases.ts). Commands run in warm processes,
 * see warm-go.ts.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { peerEnv, peerGoroot } from '../peer.ts';
import { type BadInput, badInputs, goMod } from './bad-input-cases.ts';
import { order } from './go-command.ts';
import type { Case, Suite } from './suite.ts';

const limitMs = 600_000;

interface Outcome {
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the files that are there afterwards. */
  readonly files: string;
}

interface Scene {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

type Ended = Pick<Outcome, 'status' | 'stdout' | 'stderr'>;

export function badInputSuite(): Suite {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-bad-input-'));
  const idle: WarmGo[] = [];
  let started = 0;

  const ours = async (scene: Scene): Promise<Ended> => {
    const go = idle.pop() ?? new WarmGo(join(scratch, String(started++)), scene.env);
    const ended = await go.run(scene);
    if (typeof ended.status === 'number') idle.push(go);
    else go.close();
    return ended;
  };

  const judge = async (row: BadInput): Promise<string | undefined> => {
    const want = await perform(row, scratch, official);
    const have = await perform(row, scratch, ours);
    return compare(row, have, want);
  };

  const cases: Case[] = badInputs.map((row) => ({
    name: row.name,
    isQuick: true,
    run: async () => await judge(row),
  }));
  return {
    name: 'bad-input',
    title: 'bad input: what is said, how the command ends, what is left behind',
    cases: () => cases,
    close: async () => {
      for (const go of idle) go.close();
      rmSync(scratch, { recursive: true, force: true });
      await Promise.resolve();
    },
  };
}

async function perform(
  row: BadInput,
  scratch: string,
  run: (scene: Scene) => Promise<Ended>,
): Promise<Outcome> {
  const dir = mkdtempSync(join(scratch, 'm-'));
  const files = Object.keys(row.files).some((name) => name.startsWith('go.mod'))
    ? row.files
    : { 'go.mod': goMod, ...row.files };
  for (const [name, text] of Object.entries(files)) {
    if (text === null) continue;
    const file = join(dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  row.prepare?.(dir);
  const expand = (text: string): string => text.replaceAll('DIR', dir);
  const more = Object.entries(row.env ?? {}).map(([name, value]) => [name, expand(value)]);
  const env = peerEnv({ GOPROXY: 'off', ...Object.fromEntries(more), PWD: dir });
  const ended = await run({ args: row.args.map(expand), cwd: dir, env });
  const clean = (text: string): string =>
    text
      .replaceAll(dir, 'DIR')
      .replaceAll(basename(dir), 'BASE')
      .replaceAll(/go-build\w+/g, 'go-build')
      .replaceAll(/\bsize \d+/g, 'size N')
      .replaceAll(/^go: compiling \S+ standard library .*\n/gm, '');
  const left = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted().join(' ');
  rmSync(dir, { recursive: true, force: true });
  return {
    status: ended.status,
    stdout: clean(ended.stdout),
    stderr: clean(ended.stderr),
    files: clean(left),
  };
}

function compare({ own }: BadInput, have: Outcome, want: Outcome): string | undefined {
  const cut = (text: string): string =>
    own?.upTo === undefined ? text : text.slice(0, Math.max(0, text.indexOf(own.upTo)));
  const wanted = { ...want, stderr: own?.stderr ?? cut(want.stderr) };
  const got = { ...have, stderr: cut(have.stderr) };
  for (const part of ['status', 'stderr', 'stdout', 'files'] as const) {
    if (got[part] === wanted[part]) continue;
    return `${part}: ${JSON.stringify(got[part])}\n  want ${JSON.stringify(wanted[part])}`;
  }
  return undefined;
}

function official({ args, cwd, env }: Scene): Promise<Ended> {
  const { status, signal, stdout, stderr } = spawnSync(join(peerGoroot()!, 'bin/go'), args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  return Promise.resolve({ status: status ?? signal, stdout, stderr });
}

/** A warm go command of ours, with a file for each of its streams. */
class WarmGo {
  readonly #child: ChildProcess;
  readonly #streams: readonly { readonly fd: number; readonly file: string }[];

  constructor(name: string, env: Readonly<Record<string, string>>) {
    this.#streams = ['out', 'err'].map((stream) => {
      const file = `${name}.${stream}`;
      return { fd: openSync(file, 'a'), file };
    });
    const [out, err] = this.#streams;
    this.#child = fork(new URL('warm-go.ts', import.meta.url), [], {
      stdio: ['ignore', out!.fd, err!.fd, 'ipc'],
      env: { ...env },
      detached: true,
    });
  }

  async run({ args, cwd, env }: Scene): Promise<Ended> {
    for (const { fd } of this.#streams) ftruncateSync(fd, 0);
    const end = await order(this.#child, args, { cwd, env, timeoutMs: limitMs });
    const [stdout, stderr] = this.#streams.map(({ file }) => readFileSync(file, 'utf8'));
    const status = typeof end === 'string' ? end : end.status;
    return { status, stdout: stdout!, stderr: stderr! };
  }

  close(): void {
    this.#child.kill('SIGKILL');
    for (const { fd } of this.#streams) closeSync(fd);
  }
}
