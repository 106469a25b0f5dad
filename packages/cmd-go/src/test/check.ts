/**
 * What flags of `go test` may not be used together or with several packages.
 * GOROOT: src/cmd/go/internal/test/test.go (runTest).
 */
import { statSync } from 'node:fs';
import { type BuildConfig } from '../cfg/build.ts';
import { executableName, type Package } from '../load/package.ts';
import { Failure } from '../report/failure.ts';
import { profileFlag, type TestLine } from './flags.ts';

export function checkTestFlags(
  { line }: TestLine,
  packages: readonly Package[],
  config: BuildConfig,
): void {
  const { values } = line;
  const profile = profileFlag(values);
  if (values['fuzz'] !== '') {
    if (packages.length !== 1) throw new Failure('cannot use -fuzz flag with multiple packages');
    if (values['coverprofile'] !== '') {
      throw new Failure('cannot use -coverprofile flag with -fuzz flag');
    }
    if (profile !== '') throw new Failure(`cannot use ${profile} flag with -fuzz flag`);
    const [p] = packages;
    if (p?.module?.isMain !== true && config.modules !== undefined) {
      throw new Failure('cannot use -fuzz flag on package outside the main module');
    }
  }
  if (profile !== '' && packages.length !== 1) {
    throw new Failure(`cannot use ${profile} flag with multiple packages`);
  }
}

/** True if `-o` names a folder, which need not exist if it ends in a slash. */
export function isOutputFolder(dest: string): boolean {
  if (dest === '') return false;
  return dest.endsWith('/') || statSync(dest, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function checkOutputs({ line }: TestLine, packages: readonly Package[]): void {
  const dest = line.values['o'] as string;
  if (packages.length < 2 || (line.values['c'] !== true && dest === '')) return;
  if (dest === '/dev/null') return;
  if (dest !== '' && !isOutputFolder(dest)) {
    throw new Failure('with multiple packages, -o must refer to a directory or /dev/null');
  }
  const groups = Map.groupBy(packages, (p) => `${executableName(p)}.test`);
  const lines: string[] = [];
  for (const [name, group] of groups) {
    if (group.length === 1) continue;
    const paths = group.map((p) => `${p.importPath}\n`).join('');
    lines.push(`cannot write test binary ${name} for multiple packages:\n${paths}`);
  }
  if (lines.length > 0) throw new Failure(lines.join('\n').trimEnd());
}
