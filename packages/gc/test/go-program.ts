/** Runs a small Go program with the official toolchain, to ask it what the right answer is. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';

/** What the program prints, given `input`. */
export function runGo(source: string, input: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-test-'));
  try {
    writeFileSync(join(dir, 'main.go'), source);
    const run = spawnSync(join(peerGoroot()!, 'bin/go'), ['run', 'main.go'], {
      cwd: dir,
      input,
      encoding: 'utf8',
      env: peerEnv({ GO111MODULE: 'off' }),
      maxBuffer: 1 << 28,
      timeout: 120_000,
      killSignal: 'SIGKILL',
    });
    if (run.status !== 0) throw new Error(`go run: ${run.stderr}${run.error?.message ?? ''}`);
    return run.stdout;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A repeatable sequence of numbers in [0, 1). */
export function randomSequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
