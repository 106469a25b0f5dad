/** Comparisons of what our assembler makes with what the official one made. */
import { readArchive, readObjMember } from '@go-ts/objfile/archive';
import { ObjectBuilder } from '@go-ts/objfile/builder';
import { dumpObject } from '@go-ts/objfile/dump';
import { ObjReader } from '@go-ts/objfile/reader';
import { R_CALL, R_CALLIND, R_PCREL, R_TLS_LE, R_WEAK } from '@go-ts/objfile/reloc';
import { AuxPcdata, AuxPcfile, AuxPcline, AuxPcsp, isTextKind } from '@go-ts/objfile/sym';
import { amd64 } from '../src/amd64/target.ts';
import { assembleFunction } from '../src/assemble-function.ts';
import { assemble, symABIs } from '../src/assemble.ts';
import { type AsmContext, type FuncCode } from '../src/func.ts';
import { ListingReader } from './listing.ts';
import { type OfficialBuild } from './official.ts';

export interface Comparison {
  readonly what: string;
  readonly same: number;
  readonly differences: readonly string[];
}

/** First line in which two texts differ. */
function firstDifference(want: string, got: string): string {
  const a = want.split('\n');
  const b = got.split('\n');
  const at = a.findIndex((line, i) => line !== b[i]);
  return `want ${a[at]?.slice(0, 160)}, got ${b[at]?.slice(0, 160)}`;
}

/** Objects and symabis of every official run, byte for byte. */
export function compareAssembly({ runs }: OfficialBuild): Comparison {
  let same = 0;
  const differences: string[] = [];
  for (const { options, output, isSymABIs } of runs) {
    const name = `${options.pkgPath}: ${options.files.join(' ')}`;
    if (isSymABIs) {
      if (symABIs(options).text === Buffer.from(output).toString()) same++;
      else differences.push(`symabis of ${name}`);
      continue;
    }
    const { object, messages } = assemble(options);
    if (object === null) differences.push(`${name}: ${messages[0]}`);
    else if (Buffer.compare(object, output) === 0) same++;
    else differences.push(`${name}: ${firstDifference(dumpObject(output), dumpObject(object))}`);
  }
  return { what: 'assembled files', same, differences };
}

interface OfficialFunction {
  readonly reader: ObjReader;
  readonly index: number;
}

function officialFunctions({ packages }: OfficialBuild): Map<string, OfficialFunction[]> {
  const functions = new Map<string, OfficialFunction[]>();
  for (const { archive } of packages) {
    for (const member of readArchive(archive)) {
      if (member.name !== '_go_.o') continue;
      const reader = new ObjReader(readObjMember(member.data)!.object);
      for (let index = 0; index < reader.ndef; index++) {
        if (!isTextKind(reader.kind(index))) continue;
        const name = `${reader.name(index)}<${reader.abi(index)}>`;
        functions.set(name, [...(functions.get(name) ?? []), { reader, index }]);
      }
    }
  }
  return functions;
}

/** Code, relocations and tables of every function that the official compiler listed. */
export function compareCompiled(build: OfficialBuild): Comparison {
  const official = officialFunctions(build);
  let same = 0;
  const differences: string[] = [];
  const symbols = new ObjectBuilder({ pkgPath: 'listed' });
  const reader = new ListingReader(symbols);
  const errors: string[] = [];
  const context: AsmContext = {
    symbols,
    goos: 'linux',
    shared: false,
    error: (_p, message) => errors.push(message),
    errorCount: () => errors.length,
    position: () => '?',
  };
  for (const { name, abi, input } of reader.functions(build.log)) {
    // Several packages may have a function of a name: one of them is the one that was listed.
    // The hash of an inlined closure's position is not in the object.
    const trimmed = name.replace(/#[^#]*#/g, '');
    const candidates = official.get(`${trimmed}<${abi}>`) ?? [];
    const code = assembleFunction(input, amd64, context);
    let difference: string | null = errors.at(-1) ?? 'not in any object';
    for (const want of candidates) {
      if (code !== null) difference = differenceOf(want, code, reader.files);
      if (difference === null) break;
    }
    if (difference === null) same++;
    else differences.push(`${name}: ${difference}`);
  }
  return { what: 'compiled functions', same, differences };
}

const codeRelocs = new Set([R_CALL, R_CALLIND, R_PCREL, R_TLS_LE]);

function differenceOf(
  { reader: r, index }: OfficialFunction,
  f: FuncCode,
  files: readonly string[],
): string | null {
  const wantCode = hex(r.data(index));
  const gotCode = hex(f.code);
  if (wantCode !== gotCode) return `code ${firstByte(wantCode, gotCode)}`;
  const wantRelocs: string[] = [];
  for (let k = r.relocStart(index); k < r.relocStart(index + 1); k++) {
    // The compiler makes some calls weak afterwards.
    const type = r.relocType(k) & ~R_WEAK;
    if (!codeRelocs.has(type)) continue;
    wantRelocs.push(`${r.relocOff(k)}+${r.relocSiz(k)} ${type} ${r.relocAdd(k)}`);
  }
  const gotRelocs = f.relocs
    .toSorted((a, b) => a.off - b.off)
    .map((x) => `${x.off}+${x.siz} ${x.type} ${x.add}`);
  if (wantRelocs.join() !== gotRelocs.join()) {
    return `relocations ${firstDifference(wantRelocs.join('\n'), gotRelocs.join('\n'))}`;
  }
  const tables = new Map<number, Uint8Array[]>();
  for (let k = r.auxStart(index); k < r.auxStart(index + 1); k++) {
    const list = tables.get(r.auxType(k)) ?? [];
    list.push(r.data(r.localIndex(r.auxSym(k))));
    tables.set(r.auxType(k), list);
  }
  const table = (type: number): string => hex(tables.get(type)?.[0] ?? new Uint8Array(0));
  if (table(AuxPcsp) !== hex(f.pcsp)) return `pcsp ${table(AuxPcsp)} ${hex(f.pcsp)}`;
  if (table(AuxPcline) !== hex(f.pcline)) return `pcline ${table(AuxPcline)} ${hex(f.pcline)}`;
  const wantFiles = fileRuns(tables.get(AuxPcfile)?.[0], r.files());
  if (wantFiles !== fileRuns(f.pcfile, files)) {
    return `pcfile ${wantFiles} ${fileRuns(f.pcfile, files)}`;
  }
  const wantPcdata = (tables.get(AuxPcdata) ?? []).map(hex);
  for (const [i, bytes] of f.pcdata.entries()) {
    // Table 2 is the inline tree, of which the listing says nothing.
    if (i !== 2 && hex(bytes) !== (wantPcdata[i] ?? '')) {
      return `pcdata ${i} ${wantPcdata[i]} ${hex(bytes)}`;
    }
  }
  return null;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function firstByte(want: string, got: string): string {
  let at = 0;
  while (at < want.length && want[at] === got[at]) at++;
  at &= ~1;
  const show = (s: string): string => s.slice(Math.max(0, at - 16), at + 24);
  return `at 0x${(at / 2).toString(16)}: want …${show(want)}, got …${show(got)}`;
}

/** A pc-file table with names for numbers, as far as two objects can have them in common. */
function fileRuns(table: Uint8Array | undefined, files: readonly string[]): string {
  if (table === undefined) return '';
  const runs: string[] = [];
  let value = -1;
  let at = 0;
  const uvarint = (): number => {
    let x = 0;
    for (let shift = 0; ; shift += 7) {
      const b = table[at++]!;
      x |= (b & 127) << shift;
      if (b < 128) return x;
    }
  };
  for (let first = true; ; first = false) {
    const delta = uvarint();
    if (delta === 0 && !first) return runs.join(' ');
    value += (delta & 1) === 0 ? delta >> 1 : ~(delta >> 1);
    const name = files[value] ?? '?';
    runs.push(`${name.replace(/^.*\/src\//, '')}*${uvarint()}`);
  }
}
