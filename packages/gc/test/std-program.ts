/**
 * Packages of the comparison's GOROOT for tests of the compiler: which files they have, and the
 * units of a package with all that it imports.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { UnitImporter } from '../src/importer/importer.ts';
import { PackageWriter } from '../src/importer/writer.ts';
import { type File } from '../src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { checkPackage } from '../src/types/check.ts';
import { sizes64 } from '../src/types/sizes.ts';

export interface Listed {
  readonly ImportPath: string;
  readonly Dir: string;
  readonly GoFiles?: readonly string[];
  readonly ImportMap?: Readonly<Record<string, string>>;
}

/** The packages that `path` needs, it last, as the official driver lists them for linux/amd64. */
export function listDeps(path: string): readonly Listed[] {
  const goroot = peerGoroot()!;
  const fields = '-json=ImportPath,Dir,GoFiles,ImportMap';
  const env = { ...peerEnv(), GOOS: 'linux', GOARCH: 'amd64' };
  const { stdout } = spawnSync(join(goroot, 'bin/go'), ['list', '-deps', fields, path], {
    env,
    cwd: join(goroot, 'src'),
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const list = JSON.parse(`[${stdout.replaceAll('}\n{', '},\n{')}]`) as Listed[];
  return list.filter((p) => p.ImportPath !== 'unsafe');
}

export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Checks a package and writes its unit; `units` has those of its imports. */
export function unitOf(
  path: string,
  sources: readonly Source[],
  units: ReadonlyMap<string, Uint8Array>,
  importMap: Readonly<Record<string, string>> = {},
): Uint8Array {
  const context = newParseContext({
    directives: { std: true, runtime: true, goos: 'linux', goarch: 'amd64', fieldTrack: false },
  });
  const files: File[] = [];
  for (const { name, bytes } of sources) {
    const { file, errors } = parseFile(context, name, bytes);
    if (file === null || errors.length > 0) throw new Error(`${name}: ${errors[0]?.msg}`);
    files.push(file);
  }
  const importer = new UnitImporter((p) => units.get(p) ?? null);
  const checked = checkPackage(
    {
      importer: { importPackage: (p) => importer.importPackage(importMap[p] ?? p) },
      goVersion: 'go1.27',
      sizes: sizes64,
      ignoreBranchErrors: true,
    },
    { path, files, positions: context.table, ids: context.ids },
  );
  const [first] = checked.diagnostics;
  if (first !== undefined) throw new Error(`${first.pos.file}:${first.pos.line}: ${first.msg}`);
  return new PackageWriter({
    path,
    files,
    positions: context.table,
    checked,
    goVersion: 'go1.27',
    recordedName: (file) => file,
    embedFiles: () => [],
  }).write();
}

/** Units of a package of GOROOT and of everything that it imports. */
export function unitsOf(path: string): Map<string, Uint8Array> {
  const units = new Map<string, Uint8Array>();
  for (const p of listDeps(path)) {
    const sources = (p.GoFiles ?? []).map((f) => {
      const name = join(p.Dir, f);
      return { name, bytes: new Uint8Array(readFileSync(name)) };
    });
    units.set(p.ImportPath, unitOf(p.ImportPath, sources, units, p.ImportMap));
  }
  return units;
}
