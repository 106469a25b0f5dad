/**
 * A program of one file that imports nothing: compiled and linked by our tools, or compiled by the
 * official compiler, with the official runtime in both.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { ours } from './command.ts';

const limits = { timeout: 300_000, killSignal: 'SIGKILL' as const, encoding: 'utf8' as const };

/** `packagefile` lines of the runtime and what it imports. */
function runtimeArchives(dir: string): string {
  const format = '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}';
  const args = ['list', '-export', '-deps', '-f', format, 'runtime'];
  return execFileSync(join(peerGoroot()!, 'bin/go'), args, { ...limits, cwd: dir, env: peerEnv() });
}

function need({ status, stderr, stdout }: ReturnType<typeof ours>): void {
  if (status !== 0) throw new Error(stdout + stderr);
}

/** Builds main.go of `dir`; the executable. */
export function buildMixed(dir: string, flags: readonly string[] = []): string {
  need(ours(['tool', 'compile', '-p', 'main', ...flags, '-o', 'main.a', 'main.go'], { cwd: dir }));
  writeFileSync(
    join(dir, 'importcfg'),
    `${runtimeArchives(dir)}\npackagefile main=${join(dir, 'main.a')}\n`,
  );
  need(ours(['tool', 'link', '-importcfg', 'importcfg', '-o', 'main.out', 'main.a'], { cwd: dir }));
  return join(dir, 'main.out');
}

export function buildOfficial(dir: string): string {
  const args = ['build', '-o', 'official.out', 'main.go'];
  execFileSync(join(peerGoroot()!, 'bin/go'), args, { ...limits, cwd: dir, env: peerEnv() });
  return join(dir, 'official.out');
}
