/**
 * Which packages `go install` would do something for, and why: nothing is built to find out.
 *
 * What is installed says in its build id which action made it. A package without a place of its own is
 * fresh if the cache has it.
 * GOROOT: src/cmd/go/internal/work/buildid.go (useCache: reasons).
 */
import { type BuildConfig } from '../cfg/build.ts';
import { describe, isProgram, type Package, packageList } from '../load/package.ts';
import { targetOf } from '../load/target.ts';
import { type Builder } from './builder.ts';
import { readBuildID } from './buildid.ts';

/** The reason for each package that is not up to date; fresh ones have none. */
export async function staleness(
  config: BuildConfig,
  builder: Builder,
  roots: readonly Package[],
): Promise<Map<Package, string>> {
  const reasons = new Map<Package, string>();
  for (const p of packageList(roots)) {
    // Imports first: what a package would be depends on what they are.
    // oxlint-disable-next-line no-await-in-loop
    const reason = await reasonFor(config, builder, p, reasons);
    if (reason !== undefined) reasons.set(p, reason);
  }
  return reasons;
}

async function reasonFor(
  config: BuildConfig,
  builder: Builder,
  p: Package,
  reasons: ReadonlyMap<Package, string>,
): Promise<string | undefined> {
  if (p.importPath === 'unsafe') {
    builder.setBuiltIn(p);
    return undefined;
  }
  if (p.sources === undefined || (p.sources.goFiles.length === 0 && p.testMain === undefined)) {
    return undefined;
  }
  const found = await builder.peek(p);
  if (config.flags.a) return 'build -a flag in use';
  const target = p.forTest === '' && p.testMain === undefined ? targetOf(config, p) : '';
  const installed = target === '' ? '' : readBuildID(target);
  if (found !== undefined) {
    const wanted = isProgram(p) ? await builder.linkBuildID(p) : found.buildID;
    if (installed !== '' && actionOf(installed) === actionOf(wanted)) return undefined;
    if (found.isCached) {
      return target === '' ? undefined : 'not installed but available in build cache';
    }
  }
  let reason = 'build ID mismatch';
  for (const dep of p.deps) {
    const below = reasons.get(dep);
    if (below === undefined) continue;
    if (below.startsWith('stale dependency: ')) return below;
    if (reason === 'build ID mismatch') reason = `stale dependency: ${describe(dep)}`;
  }
  return reason;
}

const actionOf = (buildID: string): string => buildID.split('/', 1)[0]!;
