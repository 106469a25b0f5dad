/** An importer for tests: type-checks packages of a GOROOT from their sources, on linux/amd64. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { disk } from '../../packages/cmd-go/src/fsys/fsys.ts';
import { type BuildContext } from '../../packages/cmd-go/src/load/constraint.ts';
import { readSources } from '../../packages/cmd-go/src/load/sources.ts';
import { Names } from '../../packages/gc/src/syntax/names.ts';
import { newParseContext, parseFile } from '../../packages/gc/src/syntax/parse.ts';
import { checkPackage, type Importer } from '../../packages/gc/src/types/check.ts';
import { type Package } from '../../packages/gc/src/types/package.ts';
import { sizes64 } from '../../packages/gc/src/types/sizes.ts';
import { unsafePackage } from '../../packages/gc/src/types/universe.ts';

const releases = Array.from({ length: 27 }, (_, i) => `go1.${i + 1}`);
const experiments = ['regabiwrappers', 'regabiargs', 'dwarf5', 'greenteagc'];

export const testContext: BuildContext = {
  goos: 'linux',
  goarch: 'amd64',
  cgoEnabled: false,
  files: disk,
  tags: new Set([...releases, ...experiments.map((name) => `goexperiment.${name}`)]),
};

type Found = ReturnType<Importer['importPackage']>;

export class SourceImporter implements Importer {
  readonly names = new Names();
  readonly #goroot: string;
  readonly #packages = new Map<string, Found>();

  constructor(goroot: string) {
    this.#goroot = goroot;
  }

  importPackage(path: string): Found {
    let found = this.#packages.get(path);
    if (found === undefined) {
      found = this.#check(path);
      this.#packages.set(path, found);
    }
    return found;
  }

  #check(path: string): Found {
    if (path === 'unsafe') return { pkg: unsafePackage, error: null };
    const places = ['src', 'src/vendor', 'src/cmd/vendor'];
    const dir = places.map((place) => join(this.#goroot, place, path)).find((d) => existsSync(d));
    if (dir === undefined) return { pkg: null, error: `package ${path} is not in std` };
    const sources = readSources(testContext, dir, { tests: false });
    if (sources.goFiles.length === 0) return { pkg: null, error: `no Go files in ${path}` };
    const context = newParseContext({ names: this.names });
    const files = sources.goFiles.flatMap((name) => {
      const { file } = parseFile(context, name, readFileSync(join(dir, name)));
      return file === null ? [] : [file];
    });
    const config = { importer: this, goVersion: '', sizes: sizes64, ignoreFuncBodies: true };
    const { table: positions, ids } = context;
    const result = checkPackage(config, { path, files, positions, ids });
    const [first] = result.diagnostics;
    const pkg: Package = result.pkg;
    const error = first === undefined ? null : `${first.pos.file}:${first.pos.line}: ${first.msg}`;
    return { pkg, error };
  }
}
