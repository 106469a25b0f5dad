/** Running two commands in turn and comparing their times as ratios. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Sample {
  readonly ms: number;
  /** Peak resident memory in MiB, as far as polling saw it. */
  readonly peak: number;
  readonly output: string;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs the command to its end; throws if it fails. */
function runOnce(command: Command): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const { file, args, cwd, env } = command;
    const child = spawn(file, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    let peak = 0;
    const poll = setInterval(() => {
      peak = Math.max(peak, residentPeak(child.pid ?? 0));
    }, 20);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(poll);
      const ms = performance.now() - start;
      const output = Buffer.concat(chunks).toString('utf8');
      if (code === 0) resolve({ ms, peak, output });
      else reject(new Error(`${file} ${args.join(' ')}: ${signal ?? code}\n${output}`));
    });
  });
}

function residentPeak(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    // Gone, or not Linux: no figure.
    return 0;
  }
}

export interface Comparison {
  readonly name: string;
  readonly ours: number;
  readonly official: number;
  /** ours ÷ official. */
  readonly ratio: number;
  readonly peak: number;
}

/** Alternates the two, `rounds` times, and compares the fastest runs. `prepare` isn't timed. */
export async function compare(
  name: string,
  ours: Command,
  official: Command,
  rounds: number,
  prepare: (which: 'ours' | 'official') => void = () => {},
): Promise<Comparison> {
  let best = Infinity;
  let bestOfficial = Infinity;
  let peak = 0;
  for (let i = 0; i < rounds; i++) {
    prepare('official');
    bestOfficial = Math.min(bestOfficial, (await runOnce(official)).ms);
    prepare('ours');
    const sample = await runOnce(ours);
    best = Math.min(best, sample.ms);
    peak = Math.max(peak, sample.peak);
  }
  return { name, ours: best, official: bestOfficial, ratio: best / bestOfficial, peak };
}

export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length);
}

export function printTable(title: string, rows: readonly Comparison[]): void {
  console.log(`\n${title}`);
  for (const { name, ours, official, ratio, peak } of rows) {
    const times = `${ours.toFixed(0).padStart(8)} ms ${official.toFixed(0).padStart(8)} ms`;
    const memory = peak > 0 ? `${peak.toFixed(0).padStart(6)} MiB` : '';
    console.log(`  ${name.padEnd(24)}${times}  ${ratio.toFixed(2).padStart(6)}x ${memory}`);
  }
}
