/**
 * Compiles a package without imports with our compiler and with the official one, and takes the two
 * objects apart, to compare what they say about a function.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArchive, readObjMember } from '@go-ts/objfile/archive';
import { ObjReader } from '@go-ts/objfile/reader';
import {
  AuxFuncInfo,
  AuxFuncdata,
  AuxPcdata,
  AuxPcline,
  PkgIdxBuiltin,
  type SymRef,
} from '@go-ts/objfile/sym';
import { currentRelease, defaultTarget } from '@go-ts/runtime';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { compilePackage } from '../src/compile.ts';
import { parseSsaOptions } from '../src/ssa/options.ts';

const file = 'p.go';

/** What is in the object, by name of function. */
export class Compiled {
  readonly reader: ObjReader;

  constructor(archive: Uint8Array) {
    const member = readArchive(archive).find((m) => m.name === '_go_.o')!;
    this.reader = new ObjReader(readObjMember(member.data)!.object);
  }

  /** Index of the symbol of that name and ABI. */
  find(name: string, abi = 1): number {
    const r = this.reader;
    for (let i = 0; i < r.ndef; i++) if (r.name(i) === name && r.abi(i) === abi) return i;
    throw new Error(`no ${name}<${abi}>`);
  }

  #aux(name: string, type: number): SymRef[] {
    const r = this.reader;
    const i = this.find(name);
    const refs: SymRef[] = [];
    for (let k = r.auxStart(i); k < r.auxStart(i + 1); k++) {
      if (r.auxType(k) === type) refs.push(r.auxSym(k));
    }
    return refs;
  }

  /** Bytes of a FUNCDATA in hex; null if there is none. */
  funcdata(name: string, index: number): string | null {
    const ref = this.#aux(name, AuxFuncdata)[index];
    if (ref === undefined || ref.pkgIdx === 0) return null;
    return Buffer.from(this.reader.data(this.reader.localIndex(ref))).toString('hex');
  }

  /** The values that a PCDATA takes, in order. */
  pcdata(name: string, index: number): number[] {
    const ref = this.#aux(name, AuxPcdata)[index];
    if (ref === undefined || ref.pkgIdx === 0) return [];
    return pcValues(this.reader.data(this.reader.localIndex(ref)));
  }

  /** The line where a function begins, as its FuncInfo has it after args, locals and two flags. */
  startLine(name: string): number {
    const [ref] = this.#aux(name, AuxFuncInfo);
    const data = this.reader.data(this.reader.localIndex(ref!));
    return new DataView(data.buffer, data.byteOffset).getInt32(12, true);
  }

  /** The lines that a function has code for, in ascending order. */
  lines(name: string): number[] {
    const [ref] = this.#aux(name, AuxPcline);
    const values = pcValues(this.reader.data(this.reader.localIndex(ref!)));
    return [...new Set(values)].sort((a, b) => a - b);
  }

  /** Names of what the function's relocations refer to, of this object and by name. */
  targets(name: string): string[] {
    const r = this.reader;
    const i = this.find(name);
    const names: string[] = [];
    for (let k = r.relocStart(i); k < r.relocStart(i + 1); k++) {
      const ref = r.relocSym(k);
      if (ref.pkgIdx === 0 || ref.pkgIdx === PkgIdxBuiltin) continue;
      const local = r.localIndex(ref);
      if (local >= 0) names.push(r.name(local));
    }
    return names;
  }
}

function pcValues(table: Uint8Array): number[] {
  const values: number[] = [];
  let at = 0;
  const uvarint = (): number => {
    let n = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = table[at++]!;
      n += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return n;
    }
  };
  let value = -1;
  while (at < table.length) {
    const code = uvarint();
    if (code === 0 && values.length > 0) break;
    value += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    values.push(value);
    uvarint();
  }
  return values;
}

/** The messages of our compiler, or the object. */
export function compileOurs(source: string, runtimeMode = false): Compiled | string[] {
  const result = compilePackage({
    path: 'p',
    files: [{ name: file, recordedName: file, bytes: new TextEncoder().encode(source) }],
    exportData: () => null,
    importMap: new Map(),
    target: defaultTarget('linux', 'amd64', currentRelease),
    release: currentRelease,
    lang: '',
    std: false,
    complete: true,
    allErrors: false,
    runtimeMode,
    shared: false,
    buildID: '',
    symabis: null,
    asmhdr: false,
    embed: null,
    coverage: null,
    noOptimize: false,
    noInline: false,
    ssa: parseSsaOptions([]),
    listing: false,
    localPrefix: null,
    dwarf: true,
    smallFrames: false,
    reports: { m: 0, live: false, debug: new Map() },
    debug: {},
  });
  if (result.archive !== null) return new Compiled(result.archive);
  return result.diagnostics.map((d) => `${d.pos.file}:${d.pos.line}:${d.pos.col}: ${d.msg}`);
}

/** Likewise of the official compiler. */
export function compileOfficial(
  source: string,
  flags: readonly string[] = [],
): Compiled | string[] {
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-test-'));
  try {
    writeFileSync(join(dir, file), source);
    const args = ['tool', 'compile', '-p', 'p', '-complete', ...flags, '-o', 'p.a', file];
    const run = spawnSync(join(peerGoroot()!, 'bin/go'), args, {
      cwd: dir,
      encoding: 'utf8',
      env: peerEnv({ GO111MODULE: 'off' }),
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    if (run.status !== 0) return run.stdout.replaceAll(`${dir}/`, '').trimEnd().split('\n');
    return new Compiled(new Uint8Array(readFileSync(join(dir, 'p.a'))));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Both objects of a program that must compile. */
export function compileBoth(source: string): { ours: Compiled; official: Compiled } {
  const ours = compileOurs(source);
  const official = compileOfficial(source);
  if (!(ours instanceof Compiled)) throw new Error(ours.join('\n'));
  if (!(official instanceof Compiled)) throw new Error(official.join('\n'));
  return { ours, official };
}
