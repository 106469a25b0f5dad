/**
 * How fast functions become code: run by hand with `./dev node packages/asm/test/encode.bench.ts`.
 * Prints, cold (first pass) and warm, what a compiled function's instructions cost from Prog to code
 * and tables, and the assembler's throughput on its test data.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectBuilder } from '@go-ts/objfile/builder';
import { peerGoroot } from '../../../tools/peer.ts';
import { amd64 } from '../src/amd64/target.ts';
import { assembleFunction } from '../src/assemble-function.ts';
import { assemble } from '../src/assemble.ts';
import { type AsmContext } from '../src/func.ts';
import { ListingReader } from './listing.ts';
import { fileReader, officialBuild } from './official.ts';

const goroot = peerGoroot();
if (goroot === undefined) throw new Error('no official toolchain here: no code to measure');
const { log } = officialBuild(['math', 'strconv'], true);
const symbols = new ObjectBuilder({ pkgPath: 'listed' });
const context: AsmContext = {
  symbols,
  goos: 'linux',
  shared: false,
  error: (_p, message) => {
    throw new Error(message);
  },
  errorCount: () => 0,
  position: () => '?',
};

for (const pass of ['cold', 'warm', 'warm', 'warm']) {
  let ms = 0;
  let count = 0;
  let bytes = 0;
  let functions = 0;
  for (const { input } of new ListingReader(symbols).functions(log)) {
    for (let p = input.first; p !== null; p = p.link) count++;
    const start = performance.now();
    bytes += assembleFunction(input, amd64, context)!.code.length;
    ms += performance.now() - start;
    functions++;
  }
  const ns = ((ms * 1e6) / count).toFixed(0);
  console.log(
    `${pass}: ${functions} functions, ${count} instructions, ${bytes} bytes: ${ns} ns each`,
  );
}

const dir = join(goroot, 'src/cmd/asm/internal/asm/testdata');
const lines = readFileSync(join(dir, 'amd64enc.s'), 'utf8').split('\n').length;
for (const pass of ['cold', 'warm', 'warm', 'warm']) {
  const start = performance.now();
  assemble({
    files: ['amd64enc.s'],
    read: fileReader(dir),
    goos: 'linux',
    goarch: 'amd64',
    pkgPath: 'main',
    workingDir: dir,
  });
  const ms = performance.now() - start;
  console.log(`${pass}: ${lines} lines of assembly in ${ms.toFixed(0)} ms`);
}
