// The go command of this repository: the bundle if it is made of these very sources, else the sources.
// Plain JavaScript, so that the compile cache is on before the first .ts file is loaded: once the cache
// is warm, neither the type stripper nor the parser runs.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { currentBundle } from './bundle.js';

const bundle = currentBundle(fileURLToPath(new URL('../../..', import.meta.url)));
// The bundle's compiled code goes with it; names of sources stay, so theirs lies where others share it.
enableCompileCache(
  bundle === undefined
    ? `${process.env['XDG_CACHE_HOME'] || `${homedir()}/.cache`}/go-ts/v8`
    : join(bundle, 'v8'),
);
const { main } = await import(
  bundle === undefined ? '../src/index.ts' : pathToFileURL(join(bundle, 'index.js')).href
);
process.exitCode = await main(process.argv.slice(2));
