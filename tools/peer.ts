/**
 * The official toolchain of the supported release, for comparison in tests and benchmarks only.
 * No part of the product may import this file. Where it cannot be had, comparisons are skipped.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let cached: string | null | undefined;

/** Its GOROOT, unpacked on first use; undefined where no official toolchain can be had. */
export function peerGoroot(): string | undefined {
  if (cached === undefined) {
    const script = fileURLToPath(new URL('peer-go', import.meta.url));
    const run = spawnSync(script, [], { encoding: 'utf8', timeout: 600_000 });
    cached = run.status === 0 ? run.stdout.trim() : null;
  }
  return cached ?? undefined;
}

/** The environment to run its tools with: no download of another toolchain, no user settings. */
export function peerEnv(extra: Record<string, string> = {}): Record<string, string> {
  const goroot = peerGoroot() ?? '';
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(GO|CGO_)/.test(name)) env[name] = value;
  }
  return {
    ...env,
    GOROOT: goroot,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '',
    GOENV: 'off',
    CGO_ENABLED: '0',
    GOWORK: 'off',
    ...extra,
  };
}
