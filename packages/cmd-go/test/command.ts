/** Runs go commands, ours and the official one, in folders made for a test. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';

const bin = fileURLToPath(new URL('../bin/go.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; two minutes if absent. */
  readonly timeout?: number;
}

export function makeFolder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'cmd-go-'));
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return dir;
}

function environment({ env }: Where): Record<string, string> {
  // Both commands look at the same sources and keep off the network.
  return peerEnv({ GOPROXY: 'off', ...env });
}

export function ours(args: readonly string[], where: Where): Outcome {
  return run(process.execPath, [bin, ...args], where);
}

export function official(args: readonly string[], where: Where): Outcome {
  return run(`${peerGoroot()}/bin/go`, args, where);
}

function run(file: string, args: readonly string[], where: Where): Outcome {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: where.cwd,
    env: environment(where),
    encoding: 'utf8',
    timeout: where.timeout ?? 120_000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}
