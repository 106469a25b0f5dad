// Plain JavaScript, so that the compile cache is on before the first .ts file is loaded: once the
// cache is warm, neither the type stripper nor the parser runs.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';

enableCompileCache(`${process.env['XDG_CACHE_HOME'] || `${homedir()}/.cache`}/go-ts/v8`);
const { main } = await import('../src/index.ts');
process.exitCode = await main(process.argv.slice(2));
