/**
 * From an `ObjectBuilder` to the bytes of an object: numbering, content hashes, blocks.
 *
 * Numbering walks text, then data. A definition goes to Hashed64def or Hasheddef if it is content-
 * addressable, to Nonpkgdef if it must be found by name (dup-ok, linknamed, non-static assembly),
 * else to Symdef. References then become builtin numbers, by-name references, or indices into
 * another package. FuncInfo records and DWARF fragments are appended to Symdef last, since they
 * mention references.
 *
 * Content hashes are upstream's, so that an object of ours merges with one of theirs.
 *
 * GOROOT: src/cmd/internal/obj/sym.go (NumberSyms), src/cmd/internal/obj/objfile.go (contentHash).
 */
import { createHash } from 'node:crypto';
import { InternalError } from '@go-ts/base';
import { type ObjectBuilder, type ObjFunc, type ObjReloc, type ObjSym } from './builder.ts';
import { builtinIndex } from './builtins.ts';
import { ByteWriter, compareStrings, utf8 } from './bytes.ts';
import { blockCount, headerSize, magic } from './format.ts';
import { writeFuncInfo } from './funcinfo.ts';
import {
  ABIStatic,
  AuxDwarfInfo,
  AuxDwarfLines,
  AuxDwarfLoc,
  AuxDwarfRanges,
  AuxFuncdata,
  AuxFuncInfo,
  AuxGotype,
  AuxPcdata,
  AuxPcfile,
  AuxPcinline,
  AuxPcline,
  AuxPcsp,
  AuxSehUnwindInfo,
  isTextKind,
  ObjFlagFromAssembly,
  ObjFlagShared,
  ObjFlagStd,
  ObjFlagUnlinkable,
  PkgIdxBuiltin,
  PkgIdxHashed,
  PkgIdxHashed64,
  PkgIdxInvalid,
  PkgIdxNone,
  PkgIdxSelf,
  SDATA,
  SDWARFCUINFO,
  SRODATA,
  STEXT,
  STEXTFIPS,
  SymFlagDupok,
  SymFlagGoType,
  SymFlagItab,
  SymFlagDict,
  SymFlagLinkname,
} from './sym.ts';

/** Package path of objects compiled without -p; the linker refuses them. */
export const unlinkablePkg = '<unlinkable>';

const maxSymSize = 2e9;

/** Import path as it appears in symbol names. GOROOT: src/cmd/internal/objabi/path.go. */
export function pathToPrefix(path: string): string {
  const slash = path.lastIndexOf('/');
  let out = '';
  const bytes = utf8(path);
  const lastSlash = slash < 0 ? -1 : utf8(path.slice(0, slash)).length;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    const escape =
      c <= 0x20 || (c === 0x2e && i > lastSlash) || c === 0x25 || c === 0x22 || c >= 0x7f;
    out += escape ? `%${c.toString(16).padStart(2, '0')}` : String.fromCharCode(c);
  }
  return out;
}

const funcdataSuffixes = [
  '.opendefer',
  '.arginfo0',
  '.arginfo1',
  '.argliveinfo',
  '.wrapinfo',
  '.args_stackmap',
  '.stkobj',
];

/** Keeps symbols that go to different places from hashing alike; 0 for the rest. */
function hashSection(s: ObjSym): number {
  if (s.kind === STEXT) return 0x74; // t
  if (s.kind === STEXTFIPS) return 0x66; // f
  if (s.isPcdata) return 0x50; // P
  const { name } = s;
  if (
    name.startsWith('gclocals·') ||
    name.startsWith('gclocals.') ||
    name.startsWith('gcargs.') ||
    funcdataSuffixes.some((suffix) => name.endsWith(suffix))
  ) {
    return 0x46; // F
  }
  if (name.startsWith('type:')) return 0x54; // T
  return 0;
}

/** Where every symbol of one object is, while it is being written. */
class Numbering {
  readonly symdef: ObjSym[] = [];
  readonly hashed64: ObjSym[] = [];
  readonly hashed: ObjSym[] = [];
  readonly nonpkgdef: ObjSym[] = [];
  readonly nonpkgref: ObjSym[] = [];
  readonly packages: string[] = [''];
  readonly #packageIndex = new Map<string, number>();
  readonly isAsm: boolean;

  constructor(isAsm: boolean) {
    this.isAsm = isAsm;
  }

  define(s: ObjSym): void {
    if (s.isContentAddressable) {
      if (s.size <= 8 && s.relocs.length === 0 && hashSection(s) === 0) {
        this.#place(s, PkgIdxHashed64, this.hashed64);
      } else this.#place(s, PkgIdxHashed, this.hashed);
    } else if ((this.isAsm && !s.isStatic) || s.byName || (s.flags & SymFlagDupok) !== 0) {
      this.#place(s, PkgIdxNone, this.nonpkgdef);
    } else this.#place(s, PkgIdxSelf, this.symdef);
  }

  /**
   * Appends a nameless definition that only auxiliary links lead to. A DWARF fragment has been
   * counted as a reference before; the nameless entry it left there stays, as in upstream's objects.
   */
  defineAux(s: ObjSym): void {
    this.#place(s, PkgIdxSelf, this.symdef);
  }

  #place(s: ObjSym, pkgIdx: number, list: ObjSym[]): void {
    s.pkgIdx = pkgIdx;
    s.symIdx = list.length;
    list.push(s);
  }

  refer(s: ObjSym): void {
    if (s.pkgIdx !== PkgIdxInvalid) return;
    const builtin = (s.flags2 & SymFlagLinkname) === 0 ? builtinIndex(s.name, s.abi) : -1;
    if (builtin >= 0) {
      s.pkgIdx = PkgIdxBuiltin;
      s.symIdx = builtin;
      return;
    }
    if (s.isContentAddressable) {
      throw new InternalError(`content-addressable symbol ${s.name} is used but not defined`);
    }
    if (s.pkg === '') {
      s.pkgIdx = PkgIdxNone;
      s.symIdx = this.nonpkgdef.length + this.nonpkgref.length;
      this.nonpkgref.push(s);
      return;
    }
    let index = this.#packageIndex.get(s.pkg);
    if (index === undefined) {
      index = this.packages.length;
      this.packages.push(s.pkg);
      this.#packageIndex.set(s.pkg, index);
    }
    s.pkgIdx = index;
  }
}

/** The DWARF fragments of a function that have content, in the order in which they are numbered. */
function dwarfSyms(f: ObjFunc): ObjSym[] {
  return [f.dwarfRanges, f.dwarfLoc, f.dwarfLines, f.dwarfInfo].filter(
    (s): s is ObjSym => s !== null && s.size !== 0,
  );
}

function pcTables(f: ObjFunc): ObjSym[] {
  return [f.pcsp, f.pcfile, f.pcline, f.pcinline, ...f.pcdata].filter((s) => s !== null);
}

/**
 * Calls `visit` with what `s` mentions: relocation targets, then auxiliary symbols. Names of source
 * files count as mentioned: upstream's objects list them among the references, and ours are to be
 * the same bytes.
 */
function visitReferences(b: ObjectBuilder, s: ObjSym, visit: (ref: ObjSym) => void): void {
  for (const r of s.relocs) if (r.sym !== null) visit(r.sym);
  if (s.gotype !== null) visit(s.gotype);
  const f = s.func;
  if (f === null) {
    if (s.dwarfInfo !== null) visit(s.dwarfInfo);
    return;
  }
  for (const d of f.funcdata) if (d !== null) visit(d);
  for (const file of f.files) visit(b.lookup(b.files[file]!));
  for (const call of f.inlTree) visit(call.func);
  for (const d of dwarfSyms(f)) {
    visit(d);
    for (const r of d.relocs) if (r.sym !== null) visit(r.sym);
  }
  if (f.seh !== null) {
    visit(f.seh);
    for (const r of f.seh.relocs) if (r.sym !== null) visit(r.sym);
  }
}

export function writeObject(b: ObjectBuilder): Uint8Array {
  const constants = b.constants.toSorted((x, y) => compareStrings(x.name, y.name));
  const defs = [...b.text, ...b.data, ...constants];
  const n = number(b, defs);
  const out = new ByteWriter(1 << 16);
  const offsets = new Uint32Array(blockCount);
  writeHeader(out, b, offsets);
  const strings = new StringTable(out);
  addStrings(strings, b, n, defs);

  const all = [...n.symdef, ...n.hashed64, ...n.hashed, ...n.nonpkgdef];
  for (const s of all) {
    sortRelocs(s.relocs);
    // Fragments of compile units have data but no size of their own.
    if (s.size < s.data.length && s.kind !== SDWARFCUINFO) s.size = s.data.length;
  }
  const hasher = new ContentHasher(pathToPrefix(b.pkgPath));
  let block = 0;
  const begin = () => {
    offsets[block++] = out.length;
  };

  begin(); // Autolib
  for (const p of b.imports) {
    strings.refer(p.path);
    out.bytes(p.fingerprint);
  }
  begin(); // PkgIdx
  for (const p of n.packages) strings.refer(p);
  begin(); // File
  for (const f of b.files) strings.refer(f);
  for (const list of [n.symdef, n.hashed64, n.hashed, n.nonpkgdef, n.nonpkgref]) {
    begin(); // Symdef, Hashed64def, Hasheddef, Nonpkgdef, Nonpkgref
    for (const s of list) writeSym(out, strings, b, s);
  }
  begin(); // RefFlags: only ever carried UsedInIface, which the linker finds out by itself
  begin(); // Hash64
  for (const s of n.hashed64) out.bytes(hash64(s));
  begin(); // Hash
  for (const s of n.hashed) out.bytes(hasher.hash(s));
  begin(); // RelocIdx
  writeIndex(out, all, (s) => s.relocs.length);
  begin(); // AuxIdx
  const auxes = all.map(auxOf);
  writeIndex(out, auxes, (list) => list.length);
  begin(); // DataIdx
  writeIndex(out, all, (s) => s.data.length);
  begin(); // Reloc
  for (const s of all) for (const r of s.relocs) writeReloc(out, s, r);
  begin(); // Aux
  for (const list of auxes) {
    for (const aux of list) {
      out.u8(aux.type);
      writeRef(out, aux.sym);
    }
  }
  begin(); // Data
  for (const s of all) out.bytes(s.data.view());
  begin(); // RefName
  writeRefNames(out, strings, defs);
  begin(); // End
  for (let i = 0; i < blockCount; i++) out.patch32(20 + 4 * i, offsets[i]!);
  return out.take();
}

function number(b: ObjectBuilder, defs: readonly ObjSym[]): Numbering {
  const n = new Numbering(b.isAsm);
  for (const s of defs) {
    n.define(s);
    if (s.func !== null) for (const table of pcTables(s.func)) n.define(table);
  }
  for (const s of b.text) s.func!.files.sort((x, y) => x - y);
  for (const s of defs) visitReferences(b, s, (ref) => n.refer(ref));
  for (const s of b.text) {
    const info = funcInfoSym(b, s);
    s.func!.infoSym = info;
    n.defineAux(info);
    for (const d of dwarfSyms(s.func!)) n.defineAux(d);
  }
  return n;
}

function funcInfoSym(b: ObjectBuilder, s: ObjSym): ObjSym {
  const f = s.func!;
  const w = new ByteWriter(32 + 4 * f.files.length + 24 * f.inlTree.length);
  writeFuncInfo(w, {
    args: f.args,
    locals: f.locals,
    funcID: f.funcID,
    funcFlag: f.funcFlag,
    startLine: f.startLine,
    files: f.files,
    inlTree: f.inlTree,
  });
  const info = b.newAnonymous(SDATA);
  info.data = w;
  info.size = w.length;
  return info;
}

class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #lengths = new Map<string, number>();
  readonly #out: ByteWriter;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  add(s: string): void {
    if (this.#offsets.has(s)) return;
    const at = this.#out.length;
    this.#out.text(s);
    this.#offsets.set(s, at);
    if (this.#out.length - at !== s.length) this.#lengths.set(s, this.#out.length - at);
  }

  refer(s: string): void {
    const at = this.#offsets.get(s);
    if (at === undefined) throw new InternalError(`string ${JSON.stringify(s)} was not added`);
    this.#out.u32(this.#lengths.get(s) ?? s.length);
    this.#out.u32(at);
  }
}

function writeHeader(out: ByteWriter, b: ObjectBuilder, offsets: Uint32Array): void {
  let flags = 0;
  if (b.isShared) flags |= ObjFlagShared;
  if (b.pkgPath === unlinkablePkg) flags |= ObjFlagUnlinkable;
  if (b.isAsm) flags |= ObjFlagFromAssembly;
  if (b.isStd) flags |= ObjFlagStd;
  out.text(magic);
  out.bytes(b.fingerprint);
  out.u32(flags);
  for (const x of offsets) out.u32(x);
  if (out.length !== headerSize) throw new InternalError('bad object header');
}

/** Every string that a block will refer to, in upstream's order of first appearance. */
function addStrings(
  strings: StringTable,
  b: ObjectBuilder,
  n: Numbering,
  defs: readonly ObjSym[],
): void {
  strings.add('');
  for (const p of b.imports) strings.add(p.path);
  for (const p of n.packages) strings.add(p);
  const add = (s: ObjSym) => {
    if (s.pkgIdx !== PkgIdxBuiltin) strings.add(s.name);
  };
  for (const s of defs) {
    add(s);
    visitReferences(b, s, add);
    if (s.func !== null) for (const table of pcTables(s.func)) add(table);
  }
  for (const f of b.files) strings.add(f);
}

function writeSym(out: ByteWriter, strings: StringTable, b: ObjectBuilder, s: ObjSym): void {
  const { name, kind } = s;
  if (s.isContentAddressable && s.size !== 0 && s.align === 0 && !isTextKind(kind)) {
    throw new InternalError(`${name}: content-addressable without alignment (size ${s.size})`);
  }
  if (s.size > maxSymSize) throw new InternalError(`${name}: symbol too large (${s.size} bytes)`);
  let { flags, flags2 } = s;
  if (kind === SRODATA) {
    if (name.startsWith('type:') && name[5] !== '.') flags |= SymFlagGoType;
    if (name.startsWith('go:itab.')) flags2 |= SymFlagItab;
  }
  if (name.startsWith(`${b.pkgPath}..dict`)) flags2 |= SymFlagDict;
  if (name === 'main.main') flags2 |= SymFlagLinkname;
  strings.refer(name);
  out.u16(s.isStatic ? ABIStatic : s.abi);
  out.u8(kind);
  out.u8(flags);
  out.u8(flags2);
  out.u32(s.size);
  out.u32(s.align);
}

function writeIndex<T>(out: ByteWriter, list: readonly T[], count: (x: T) => number): void {
  let total = 0;
  for (const x of list) {
    out.u32(total);
    total += count(x);
  }
  out.u32(total);
}

function writeReloc(out: ByteWriter, s: ObjSym, r: ObjReloc): void {
  if (!Number.isSafeInteger(r.add)) throw new InternalError(`${s.name}: bad addend ${r.add}`);
  out.u32(r.off);
  out.u8(r.siz);
  out.u16(r.type);
  out.u64(r.add);
  writeRef(out, r.sym);
}

function writeRef(out: ByteWriter, s: ObjSym | null): void {
  if (s === null) {
    out.u32(0);
    out.u32(0);
    return;
  }
  if (s.pkgIdx === PkgIdxInvalid) throw new InternalError(`unnumbered symbol ${s.name}`);
  out.u32(s.pkgIdx);
  out.u32(s.symIdx);
}

/** Insertion keeps relocations at one offset in the order in which they were added. */
function sortRelocs(relocs: ObjReloc[]): void {
  for (let i = 1; i < relocs.length; i++) {
    if (relocs[i - 1]!.off > relocs[i]!.off) {
      relocs.sort((x, y) => x.off - y.off);
      return;
    }
  }
}

interface AuxLink {
  readonly type: number;
  readonly sym: ObjSym | null;
}

function auxOf(s: ObjSym): AuxLink[] {
  const list: AuxLink[] = [];
  const add = (type: number, sym: ObjSym | null) => {
    if (sym !== null && sym.size !== 0) list.push({ type, sym });
  };
  if (s.gotype !== null) list.push({ type: AuxGotype, sym: s.gotype });
  const f = s.func;
  if (f === null) {
    add(AuxDwarfInfo, s.dwarfInfo);
    return list;
  }
  list.push({ type: AuxFuncInfo, sym: f.infoSym });
  for (const sym of f.funcdata) list.push({ type: AuxFuncdata, sym });
  add(AuxDwarfInfo, f.dwarfInfo);
  add(AuxDwarfLoc, f.dwarfLoc);
  add(AuxDwarfRanges, f.dwarfRanges);
  add(AuxDwarfLines, f.dwarfLines);
  add(AuxPcsp, f.pcsp);
  add(AuxPcfile, f.pcfile);
  add(AuxPcline, f.pcline);
  add(AuxPcinline, f.pcinline);
  add(AuxSehUnwindInfo, f.seh);
  for (const sym of f.pcdata) list.push({ type: AuxPcdata, sym });
  return list;
}

function writeRefNames(out: ByteWriter, strings: StringTable, defs: readonly ObjSym[]): void {
  const seen = new Set<ObjSym>();
  const visit = (s: ObjSym) => {
    if (s.pkg === '' || s.pkgIdx >= PkgIdxSelf || seen.has(s)) return;
    seen.add(s);
    writeRef(out, s);
    strings.refer(s.name);
  };
  for (const s of defs) {
    for (const r of s.relocs) if (r.sym !== null) visit(r.sym);
  }
}

function hash64(s: ObjSym): Uint8Array {
  const hash = new Uint8Array(8);
  hash.set(s.data.view());
  return hash;
}

/** Content hashes of Hasheddef symbols; each is computed once. */
class ContentHasher {
  readonly #pkgPrefix: string;

  constructor(pkgPrefix: string) {
    this.#pkgPrefix = pkgPrefix;
  }

  hash(s: ObjSym): Uint8Array {
    if (s.contentHash !== null) return s.contentHash;
    const w = new ByteWriter(64 + s.data.length + 32 * s.relocs.length);
    w.u8(1); // separates these hashes from plain SHA-256
    w.u64(s.size);
    w.u8(hashSection(s));
    if (isTextKind(s.kind)) w.text(s.name);
    const data = s.data.view();
    let end = data.length;
    while (end > 0 && data[end - 1] === 0) end--;
    w.bytes(data.subarray(0, end));
    for (const r of s.relocs) {
      w.u32(r.off);
      w.u8(r.siz);
      w.u8(r.type);
      w.u64(r.add);
      this.#target(w, s, r.sym);
    }
    const sum = createHash('sha256').update(w.view()).digest();
    s.contentHash = new Uint8Array(sum.subarray(0, 16));
    return s.contentHash;
  }

  #target(w: ByteWriter, s: ObjSym, target: ObjSym | null): void {
    if (target === null) {
      w.text('nil symbol');
      return;
    }
    if (target === s) {
      w.text('self symbol');
      return;
    }
    switch (target.pkgIdx) {
      case PkgIdxHashed64:
        w.u8(0);
        w.bytes(hash64(target));
        return;
      case PkgIdxHashed:
        w.u8(1);
        w.bytes(this.hash(target));
        return;
      case PkgIdxNone:
        w.u8(2);
        w.text(target.name);
        return;
      case PkgIdxBuiltin:
        w.u8(3);
        w.u32(target.symIdx);
        return;
      default:
        w.text(target.pkgIdx === PkgIdxSelf ? this.#pkgPrefix : target.pkg);
        w.u32(target.symIdx);
    }
  }
}
