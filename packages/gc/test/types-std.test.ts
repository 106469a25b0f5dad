/**
 * Packages of std, with all they import, check without errors on the five targets. The whole of std
 * and cmd is for tools/check-std.ts.
 */
import { formatPosition } from '@go-ts/base';
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { type BuildTarget, SourceImporter } from './source-importer.ts';

const goroot = peerGoroot();

function errorsOf(target: BuildTarget, packages: readonly string[]): string[] {
  const importer = new SourceImporter(goroot!, target, true);
  for (const path of packages) importer.load(path);
  expect(importer.packages.size).toBeGreaterThan(packages.length);
  return [...importer.packages.values()].flatMap(({ path, all }) => {
    return all.map((d) => `${path}: ${formatPosition(d.pos)}: ${d.msg}`);
  });
}

test.skipIf(goroot === undefined)('fmt and maps check clean', { timeout: 120_000 }, () => {
  expect(errorsOf({ goos: 'linux', goarch: 'amd64' }, ['fmt', 'maps', 'sort'])).toEqual([]);
});

test.skipIf(goroot === undefined).for([
  { goos: 'linux', goarch: 'arm64' },
  { goos: 'darwin', goarch: 'amd64' },
  { goos: 'darwin', goarch: 'arm64' },
  { goos: 'windows', goarch: 'amd64' },
])('errors checks clean for $goos/$goarch', { timeout: 120_000 }, (target) => {
  expect(errorsOf(target, ['errors'])).toEqual([]);
});
