/**
 * Type-checks all packages of std, or std and cmd, of a GOROOT from source.
 *
 * usage: node check-std.ts [-goos OS] [-goarch ARCH] [-cmd] [-q] [GOROOT] [PACKAGE...]
 * Prints every error (with -q, the first fifty), then time and memory; fails if there was one.
 */
import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { formatPosition } from '@go-ts/base';
import { peerGoroot } from '../../../tools/peer.ts';
import { goFilesOf, SourceImporter } from '../test/source-importer.ts';

const args = process.argv.slice(2);
function flag(name: string): boolean {
  const at = args.indexOf(name);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}
function option(name: string, otherwise: string): string {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : args.splice(at, 2)[1]!;
}
const target = { goos: option('-goos', 'linux'), goarch: option('-goarch', 'amd64') };
const withCmd = flag('-cmd');
const quiet = flag('-q');
const goroot = isAbsolute(args[0] ?? '') ? args.shift()! : (peerGoroot() ?? '');
const src = join(goroot, 'src');

function packagesBelow(dir: string, path: string, found: string[]): string[] {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isDirectory() || name === 'testdata' || /^[._]/.test(name)) continue;
    if (path === '' && (name === 'builtin' || (name === 'cmd' && !withCmd))) continue;
    const sub = path === '' ? name : `${path}/${name}`;
    if (goFilesOf(join(dir, name), target).length > 0) found.push(sub);
    packagesBelow(join(dir, name), sub, found);
  }
  return found;
}

const paths = args.length > 0 ? args : packagesBelow(src, '', []);
const importer = new SourceImporter(goroot, target, true);
let errors = 0;
const start = process.cpuUsage();
importer.onLoad = ({ path, all: list }) => {
  for (const d of list) {
    errors++;
    if (!quiet || errors < 50) console.log(`${path}: ${formatPosition(d.pos)}: ${d.msg}`);
  }
};
for (const path of paths) {
  if (importer.packages.has(path)) continue;
  try {
    importer.check(path, join(src, path));
  } catch (error) {
    errors++;
    console.log(`${path}:`, error);
  }
}
const used = process.cpuUsage(start);
const { rss, heapUsed } = process.memoryUsage();
console.log(
  `${importer.packages.size} packages, ${errors} errors, ` +
    `${((used.user + used.system) / 1e6).toFixed(1)} s CPU, ` +
    `${Math.round(heapUsed / 2 ** 20)} MiB heap, ${Math.round(rss / 2 ** 20)} MiB resident`,
);
process.exitCode = errors > 0 ? 1 : 0;
