/**
 * Packages of a GOROOT checked from their sources, for tests: files picked by name and build lines,
 * imports resolved by path (std's vendored packages included), each package checked once.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic } from '@go-ts/base';
import { Names } from '../src/syntax/names.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { type CheckResult, checkPackage, type Importer } from '../src/types/check.ts';
import { type Package } from '../src/types/package.ts';
import { sizes64 } from '../src/types/sizes.ts';

export interface BuildTarget {
  readonly goos: string;
  readonly goarch: string;
}

const osNames = new Set(
  (
    'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 ' +
    'solaris wasip1 windows zos'
  ).split(' '),
);
const archNames = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 ' +
    'mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);

const experiments =
  'regabiwrappers regabiargs jsonv2 greenteagc randomizedheapbase64 sizespecializedmalloc';

function tagsOf({ goos, goarch }: BuildTarget): Set<string> {
  const tags = new Set(['gc', goos, goarch]);
  if (goos !== 'windows') tags.add('unix');
  for (let minor = 1; minor <= 27; minor++) tags.add(`go1.${minor}`);
  for (const name of experiments.split(' ')) tags.add(`goexperiment.${name}`);
  if (goos !== 'darwin') tags.add('goexperiment.dwarf5');
  tags.add(goarch === 'amd64' ? 'amd64.v1' : 'arm64.v8.0');
  return tags;
}

/** Whether a file's name fits the target. */
function goodName(name: string, { goos, goarch }: BuildTarget): boolean {
  const parts = name.slice(0, -'.go'.length).split('_').slice(1);
  if (parts.at(-1) === 'test') return false;
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (osNames.has(before) && archNames.has(last)) return before === goos && last === goarch;
  if (osNames.has(last)) return last === goos;
  if (archNames.has(last)) return last === goarch;
  return true;
}

/** Whether a file's `//go:build` line, if it has one, holds. */
function goodBuildLine(text: string, tags: ReadonlySet<string>): boolean {
  const end = text.search(/^package /m);
  const line = /^\/\/go:build (.*)$/m.exec(end < 0 ? text : text.slice(0, end));
  if (line === null) return true;
  const tokens = line[1]!.match(/[\w.]+|&&|\|\||!|\(|\)/g) ?? [];
  let at = 0;
  const or = (): boolean => {
    let value = and();
    while (tokens[at] === '||') {
      at++;
      value = and() || value;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (tokens[at] === '&&') {
      at++;
      value = not() && value;
    }
    return value;
  };
  const not = (): boolean => {
    const token = tokens[at++]!;
    if (token === '!') return !not();
    if (token !== '(') return tags.has(token);
    const value = or();
    at++;
    return value;
  };
  return or();
}

/** The Go files of a directory that belong to a build for the target, sorted. */
export function goFilesOf(dir: string, target: BuildTarget): string[] {
  const tags = tagsOf(target);
  const files = readdirSync(dir).filter((name) => {
    return name.endsWith('.go') && !/^[._]/.test(name) && goodName(name, target);
  });
  return files
    .map((name) => join(dir, name))
    .filter((path) => goodBuildLine(readFileSync(path, 'latin1'), tags))
    .filter((path) => !/^\s*import "C"/m.test(readFileSync(path, 'latin1')));
}

/** What is kept of a package. */
export interface Kept {
  readonly path: string;
  readonly pkg: Package;
  /** Of parser and checker. */
  readonly all: readonly Diagnostic[];
}

export interface Loaded extends Kept, CheckResult {
  readonly pkg: Package;
}

export class SourceImporter {
  readonly goroot: string;
  readonly target: BuildTarget;
  /** Whether bodies of imported packages are checked. */
  readonly bodies: boolean;
  readonly packages = new Map<string, Kept>();
  readonly #names = new Names();
  /** Called with each package when it has been checked. */
  onLoad: (loaded: Loaded) => void = () => {};

  constructor(goroot: string, target: BuildTarget, bodies: boolean) {
    this.goroot = goroot;
    this.target = target;
    this.bodies = bodies;
  }

  #dirOf(path: string, from: string): string | null {
    const src = join(this.goroot, 'src');
    const roots = from.startsWith('cmd') ? ['', 'cmd/vendor/'] : ['', 'vendor/'];
    for (const root of roots) {
      const dir = join(src, root + path);
      if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return root + path;
    }
    return null;
  }

  /** The package with an import path, as a package `from` would import it. */
  load(path: string, from = ''): Kept | string {
    const full = this.#dirOf(path, from);
    if (full === null) return `package ${path} is not in std`;
    return this.packages.get(full) ?? this.check(full, join(this.goroot, 'src', full));
  }

  importerFor(from: string): Importer {
    return {
      importPackage: (path: string): { pkg: Package | null; error: string | null } => {
        const loaded = this.load(path, from);
        if (typeof loaded === 'string') return { pkg: null, error: loaded };
        return { pkg: loaded.pkg, error: null };
      },
    };
  }

  check(path: string, dir: string): Kept {
    const files = goFilesOf(dir, this.target);
    const sources = files.map((name) => ({ name, src: readFileSync(name) }));
    const loaded = this.checkSources(path, sources, !this.bodies);
    this.onLoad(loaded);
    // Trees and side tables are large, and nobody asks for those of imported packages.
    const kept = { path, pkg: loaded.pkg, all: loaded.all };
    this.packages.set(path, kept);
    return kept;
  }

  checkSources(
    path: string,
    sources: readonly { name: string; src: Uint8Array }[],
    ignoreFuncBodies: boolean,
  ): Loaded {
    const context = newParseContext({ names: this.#names });
    const parsed = sources.map(({ name, src }) => parseFile(context, name, src));
    const syntax = parsed.flatMap(({ errors }) => {
      return errors.map(({ pos, msg }): Diagnostic => {
        return { code: 'Syntax', severity: 'error', pos: context.table.position(pos), msg };
      });
    });
    const result = checkPackage(
      {
        importer: this.importerFor(path),
        goVersion: 'go1.27',
        sizes: sizes64,
        ignoreFuncBodies,
        ignoreBranchErrors: true,
      },
      {
        path,
        files: parsed.flatMap(({ file }) => (file === null ? [] : [file])),
        positions: context.table,
        ids: context.ids,
      },
    );
    return { ...result, path, all: [...syntax, ...result.diagnostics] };
  }
}
