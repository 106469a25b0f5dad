/**
 * What `go list` and `go build` spend on looking at sources: run by hand with
 * `./dev node packages/cmd-go/test/load.bench.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerGoroot } from '../../../tools/peer.ts';
import { disk } from '../src/fsys/fsys.ts';
import { type BuildContext, shouldBuild } from '../src/load/constraint.ts';
import { scanGoHeader } from '../src/load/imports.ts';
import { Loader } from '../src/load/load.ts';
import { SourceCache } from '../src/modload/scan.ts';

const goroot = peerGoroot();
const context: BuildContext = {
  goos: 'linux',
  goarch: 'amd64',
  cgoEnabled: false,
  files: disk,
  tags: new Set(Array.from({ length: 27 }, (_, i) => `go1.${i + 1}`)),
};

function goFiles(dir: string): Buffer[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.go'))
    .map((name) => readFileSync(join(dir, name)));
}

if (goroot === undefined) throw new Error('no official toolchain here: no sources to measure');

const files = ['runtime', 'net/http', 'go/types', 'os', 'syscall'].flatMap((path) =>
  goFiles(join(goroot, 'src', path)),
);

function measure(what: string, work: () => void): void {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  const [first] = times;
  const best = Math.min(...times);
  console.log(`${what}: first ${first?.toFixed(1)} ms, best ${best.toFixed(1)} ms`);
}

measure(`headers of ${files.length} files`, () => {
  for (const bytes of files) scanGoHeader(bytes, true);
});
measure(`constraints of ${files.length} files`, () => {
  for (const bytes of files) shouldBuild(context, bytes.toString('latin1'));
});
measure('graph of cmd/go', () => {
  const options = {
    modules: undefined,
    gopath: undefined,
    cwd: '/',
    tests: false,
    sources: new SourceCache(context, false),
    linked: ['runtime'],
  };
  new Loader({ ...options, context, goroot }).loadPath('cmd/go');
});
