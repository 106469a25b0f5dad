/**
 * The linker from the command line, for development: `go tool link`'s most used flags.
 *
 *     ./dev node packages/link/tools/link.ts -o a.out -importcfg FILE [-s] [-w] [-buildid ID]
 *         [-X NAME=VALUE]… [-goroot DIR] [-v] MAIN.a
 *
 * `-v` prints how long each pass took.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { currentRelease, defaultTarget } from '@go-ts/runtime';
import { link, type PackageFile } from '../src/index.ts';

const { values, positionals } = parseArgs({
  options: {
    o: { type: 'string', default: 'a.out' },
    importcfg: { type: 'string', default: '' },
    s: { type: 'boolean', default: false },
    w: { type: 'boolean', default: false },
    v: { type: 'boolean', default: false },
    compressdwarf: { type: 'string', default: 'true' },
    buildid: { type: 'string', default: '' },
    goroot: { type: 'string', default: process.env['GOROOT'] ?? '' },
    X: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
  args: process.argv.slice(2).map((arg) => (/^-[a-zA-Z]{2,}(=|$)/.test(arg) ? `-${arg}` : arg)),
});

const packages = new Map<string, string>();
const strings: [string, string][] = [];
for (const line of readFileSync(values.importcfg, 'utf8').split('\n')) {
  const [, path = '', file = ''] = /^packagefile (.*?)=(.*)$/.exec(line) ?? [];
  if (path !== '') packages.set(path, file);
  const [, modinfo = ''] = /^modinfo (".*")$/.exec(line) ?? [];
  if (modinfo !== '') strings.push(['runtime.modinfo', unquote(modinfo)]);
}
for (const setting of values.X) {
  const eq = setting.indexOf('=');
  strings.push([setting.slice(0, eq), setting.slice(eq + 1)]);
}

/** Go's quoting of modinfo uses JSON's escapes and `\xhh`, whose bytes stay bytes in the string. */
function unquote(text: string): string {
  const bytes = JSON.parse(text.replaceAll(/\\x(..)/g, '\\u00$1')) as string;
  return bytes;
}

function open(file: string): PackageFile {
  return { file, bytes: readFileSync(file) };
}

const start = performance.now();
let last = start;
const { image, errors } = link({
  target: defaultTarget('linux', 'amd64', currentRelease),
  release: currentRelease,
  main: open(positionals[0] ?? ''),
  packageFile: (path) => {
    const file = packages.get(path);
    return file === undefined ? undefined : open(file);
  },
  buildID: values.buildid,
  strings,
  stripSymbols: values.s,
  stripDwarf: values.w || values.s,
  compressDwarf: values.compressdwarf === 'true',
  goroot: values.goroot,
  onPass: (name) => {
    const now = performance.now();
    if (values.v) console.error(`${(now - last).toFixed(1).padStart(8)} ms ${name}`);
    last = now;
  },
});
if (values.v) console.error(`${(performance.now() - start).toFixed(1).padStart(8)} ms in all`);
for (const error of errors) console.error(error);
if (image === undefined) process.exitCode = 2;
else writeFileSync(values.o, image, { mode: 0o755 });
