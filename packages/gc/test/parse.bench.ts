/**
 * Parsing speed over std's sources, in MB/s: run by hand with `./dev node packages/gc/test/parse.bench.ts`.
 * Prints the scanner alone and the parser, cold (first pass) and warm.
 */
import { globSync, readFileSync } from 'node:fs';
import { peerGoroot } from '../../../tools/peer.ts';
import { Names } from '../src/syntax/names.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { Scanner } from '../src/syntax/scanner.ts';
import { prepareSource } from '../src/syntax/source.ts';
import { Token } from '../src/syntax/token.ts';

const goroot = peerGoroot();
if (goroot === undefined) throw new Error('no official toolchain here: no sources to parse');
const paths = globSync('src/{runtime,net,go,cmd/compile}/**/*.go', { cwd: goroot }).filter(
  (path) => !path.includes('testdata'),
);
const sources = paths.map((path) => new Uint8Array(readFileSync(`${goroot}/${path}`)));
const bytes = sources.reduce((sum, src) => sum + src.length, 0);

function report(what: string, run: () => void): void {
  const start = performance.now();
  run();
  const ms = performance.now() - start;
  console.log(`${what.padEnd(16)} ${(bytes / 1e3 / ms).toFixed(1).padStart(7)} MB/s`);
}

function scanAll(): void {
  const names = new Names();
  const handler = { error(): void {}, directive(): void {} };
  for (const src of sources) {
    const scanner = new Scanner(prepareSource(src), names, handler);
    do scanner.next();
    while (scanner.tok !== Token.EOF);
  }
}

function parseAll(): void {
  const names = new Names();
  for (const src of sources) parseFile(newParseContext({ names }), 'x.go', src);
}

console.log(`${paths.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
report('parse, cold', parseAll);
for (let i = 0; i < 3; i++) report('parse', parseAll);
for (let i = 0; i < 3; i++) report('scan', scanAll);
