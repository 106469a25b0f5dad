/**
 * Runs a version control command, without any way for it to ask the user.
 * GOROOT: src/cmd/go/internal/modfetch/codehost/codehost.go (wording of failures).
 */
import { spawn } from 'node:child_process';
import { type FetchSettings } from '../source.ts';

export class RunError extends Error {
  readonly stderr: string;
  readonly exitCode: number | null;

  constructor(command: string, why: string, stderr: string, exitCode: number | null) {
    const detail = stderr.replace(/\n+$/, '');
    super(`${command}: ${why}${detail === '' ? '' : `:\n\t${detail.replaceAll('\n', '\n\t')}`}`);
    this.name = 'RunError';
    this.stderr = stderr;
    this.exitCode = exitCode;
  }
}

export type RunSettings = Pick<FetchSettings, 'env' | 'say' | 'signal' | 'trace'>;

/** What the command prints; throws a RunError if it fails. */
export async function runCommand(
  words: readonly string[],
  dir: string,
  settings: RunSettings,
  env: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const { say, trace, signal } = settings;
  const line = words.join(' ');
  if (trace) say(`cd ${dir}; ${line}`);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn(words[0]!, words.slice(1), {
    cwd: dir,
    env: {
      GIT_TERMINAL_PROMPT: '0',
      GIT_SSH_COMMAND: 'ssh -o ControlMaster=no -o BatchMode=yes',
      GCM_INTERACTIVE: 'never',
      ...settings.env,
      PWD: dir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.on('error', reject);
  child.on('close', resolve);
  let code: number | null;
  try {
    code = await promise;
  } catch (error) {
    const { code: reason, message } = error as NodeJS.ErrnoException;
    const why =
      reason === 'ENOENT' ? `exec: "${words[0]}": executable file not found in $PATH` : message;
    throw new RunError(`${line} in ${dir}`, why, '', null);
  }
  const told = Buffer.concat(stderr).toString();
  if (code !== 0) throw new RunError(`${line} in ${dir}`, `exit status ${code}`, told, code);
  return Buffer.concat(stdout);
}
