/**
 * An object as text, for tests and for looking inside.
 *
 * One paragraph per defined symbol: name, ABI, kind, flags, size, alignment, then data in hex,
 * relocations with their targets by name, auxiliaries. Indices are left out wherever a name says
 * the same, so that two objects with the same content but other numbering print alike.
 */
import { builtins } from './builtins.ts';
import { readFuncInfo } from './funcinfo.ts';
import { ObjReader } from './reader.ts';
import { relocName } from './reloc.ts';
import {
  ABIStatic,
  AuxFuncInfo,
  auxNames,
  PkgIdxBuiltin,
  PkgIdxHashed,
  PkgIdxHashed64,
  PkgIdxSelf,
  type SymRef,
  symKindNames,
} from './sym.ts';

const flagNames = ['dupok', 'local', 'typelink', 'leaf', 'nosplit', 'reflectmethod', 'gotype'];
const flag2Names = [
  'usediniface',
  'itab',
  'dict',
  'pkginit',
  'linkname',
  'linknamestd',
  'abiwrapper',
  'wasmexport',
];

function bits(x: number, names: readonly string[]): string {
  return names.map((name, i) => ((x >> i) & 1 ? ` ${name}` : '')).join('');
}

function hexBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** How dumps name a referenced symbol: `name<abi>`, or where it is if it has no name. */
export function refText(r: ObjReader, names: ReadonlyMap<string, string>, ref: SymRef): string {
  if (ref.pkgIdx === 0) return 'nil';
  if (ref.pkgIdx === PkgIdxBuiltin) {
    const b = builtins[ref.symIdx]!;
    return `${b.name}<${b.abi}>`;
  }
  const local = r.localIndex(ref);
  if (local < 0) {
    return names.get(`${ref.pkgIdx}:${ref.symIdx}`) ?? `${r.packages()[ref.pkgIdx]}#${ref.symIdx}`;
  }
  const name = r.name(local);
  if (name !== '') return `${name}<${abiText(r.abi(local))}>`;
  switch (ref.pkgIdx) {
    case PkgIdxHashed64:
      return `hash64:${hexBytes(r.hash64(ref.symIdx))}`;
    case PkgIdxHashed: {
      const at = r.hashAt(ref.symIdx);
      return `hash:${hexBytes(r.bytes.subarray(at, at + 16))}`;
    }
    case PkgIdxSelf:
      return `{${hexBytes(r.data(local))}}`;
    default:
      return `#${ref.pkgIdx}:${ref.symIdx}`;
  }
}

function abiText(abi: number): string {
  return abi === ABIStatic ? 'static' : String(abi);
}

/** Text of the whole object. */
export function dumpObject(bytes: Uint8Array): string {
  const r = new ObjReader(bytes);
  const names = new Map(r.refNames().map((n) => [`${n.ref.pkgIdx}:${n.ref.symIdx}`, n.name]));
  const lines = [
    `flags ${r.flags} fingerprint ${hexBytes(r.fingerprint)}`,
    ...r.autolib().map((a) => `import ${a.path} ${hexBytes(a.fingerprint)}`),
    ...r.files().map((f, i) => `file ${i} ${f}`),
  ];
  for (let i = 0; i < r.ndef; i++) lines.push(...dumpSym(r, names, i));
  for (let i = r.ndef; i < r.nsym; i++) {
    lines.push(`ref ${r.name(i)}<${abiText(r.abi(i))}>${flagsText(r, i)}`);
  }
  return `${lines.join('\n')}\n`;
}

function flagsText(r: ObjReader, i: number): string {
  return bits(r.flag(i), flagNames) + bits(r.flag2(i), flag2Names);
}

function sectionOf(r: ObjReader, i: number): string {
  if (i < r.nsymdef) return 'def';
  if (i < r.nsymdef + r.nhashed64) return 'hashed64';
  if (i < r.nsymdef + r.nhashed64 + r.nhashed) return 'hashed';
  return 'nonpkg';
}

function dumpSym(r: ObjReader, names: ReadonlyMap<string, string>, i: number): string[] {
  const kind = symKindNames[r.kind(i)] ?? String(r.kind(i));
  const lines = [
    `${sectionOf(r, i)} ${r.name(i)}<${abiText(r.abi(i))}> ${kind}${flagsText(r, i)} size=${r.size(i)} align=${r.align(i)}`,
  ];
  const data = r.data(i);
  if (data.length > 0) lines.push(`\t${hexBytes(data)}`);
  const hashed = i - r.nsymdef - r.nhashed64;
  if (hashed >= 0 && hashed < r.nhashed) {
    const at = r.hashAt(hashed);
    lines.push(`\thash ${hexBytes(r.bytes.subarray(at, at + 16))}`);
  }
  for (let k = r.relocStart(i); k < r.relocStart(i + 1); k++) {
    const target = refText(r, names, r.relocSym(k));
    lines.push(
      `\trel ${r.relocOff(k)}+${r.relocSiz(k)} ${relocName(r.relocType(k))} ${target}+${r.relocAdd(k)}`,
    );
  }
  for (let k = r.auxStart(i); k < r.auxStart(i + 1); k++) {
    const ref = r.auxSym(k);
    const type = r.auxType(k);
    const name = auxNames[type] ?? String(type);
    lines.push(
      `\taux ${name} ${type === AuxFuncInfo ? funcInfoText(r, names, ref) : refText(r, names, ref)}`,
    );
  }
  return lines;
}

function funcInfoText(r: ObjReader, names: ReadonlyMap<string, string>, ref: SymRef): string {
  const info = readFuncInfo(r.data(r.localIndex(ref)));
  const calls = info.inlTree.map(
    (c) => `[${c.parent} ${c.file}:${c.line} ${refText(r, names, c.func)} pc=${c.parentPC}]`,
  );
  return `args=${info.args} locals=${info.locals} id=${info.funcID} flag=${info.funcFlag} line=${info.startLine} files=${info.files.join(',')} ${calls.join('')}`;
}
