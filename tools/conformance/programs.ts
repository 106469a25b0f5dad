/**
 * The programs of packages/cmd-go/testdata/programs: builds of them, and what they have to print.
 *
 * Each is a self-checking tour through a part of std or of the runtime whose output is the same on
 * every run; `traceback` ends in a panic on purpose. What is right is what they print when the
 * official toolchain has built them.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';

export const programsDir = fileURLToPath(
  new URL('../../packages/cmd-go/testdata/programs/', import.meta.url),
);

export const programNames: readonly string[] = readdirSync(programsDir)
  .filter((name) => name.endsWith('.go'))
  .map((name) => name.slice(0, -'.go'.length))
  .sort();

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the signal that ended it. */
  readonly status: number | string;
}

/** A folder for executables that later runs may find again. */
export function outputFolder(name: string): string {
  const dir = join(tmpdir(), `go-ts-${name}`);
  mkdirSync(dir, { recursive: true });
  return dir;
}

export async function runCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeout: number,
): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, timeout, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ stdout, stderr, status: code ?? signal ?? 'unknown' });
    });
  });
}

/** The program as the official toolchain builds it. */
export async function officialProgram(name: string, dir: string): Promise<string> {
  const out = join(dir, `${name}-official`);
  const go = join(peerGoroot()!, 'bin/go');
  const built = await runCommand(
    go,
    ['build', '-o', out, join(programsDir, `${name}.go`)],
    peerEnv(),
    600_000,
  );
  if (built.status !== 0) throw new Error(`official build of ${name}:\n${built.stderr}`);
  return out;
}

/**
 * What of a run must be the same on every run and under either toolchain: of a traceback the
 * functions, files and lines, without addresses, arguments and offsets.
 */
export function comparable({ stdout, stderr, status }: Ran): string {
  const trace = stderr
    .replaceAll(/\((?:0x[\da-f]+|[{}?., ]|\.\.\.|0x)*\)$/gm, '(…)')
    .replaceAll(/ \+0x[\da-f]+( fp=.*)?$/gm, '')
    .replaceAll(/0x[\da-f]+/g, '0x…')
    .replaceAll(/^goroutine \d+ (gp=\S+ m=\S+ (mp=\S+ )?)?/gm, 'goroutine ')
    .replaceAll(/ in goroutine \d+$/gm, ' in goroutine');
  return `${stdout}\n${trace}\nstatus ${status}`;
}

/** The first line that differs, or undefined. */
export function difference(have: string, want: string): string | undefined {
  if (have === want) return undefined;
  const [haves, wants] = [have.split('\n'), want.split('\n')];
  const at = haves.findIndex((line, i) => line !== wants[i]);
  const line = at < 0 ? haves.length : at;
  return `line ${line + 1}: ${JSON.stringify(haves[line])}, want ${JSON.stringify(wants[line])}`;
}
