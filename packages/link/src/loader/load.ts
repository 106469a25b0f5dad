/**
 * Reads the program's packages and gives every symbol its number.
 *
 * Packages are discovered from main's imports, breadth first, then from runtime's; each archive is
 * read once. Then symbols are numbered in three rounds (see loader.ts): package symbols of all
 * objects, shared ones (by content or name), references by name.
 *
 * Rules for a name defined twice: of two dup-ok definitions the larger counts, else the first; a
 * dup-ok one yields to one that is not; content beats bss, text beats bss, of two bss the larger;
 * anything else is an error. Equal content is one symbol, of the larger size.
 *
 * GOROOT: src/cmd/link/internal/ld/{lib,ld,go}.go, loader/loader.go; contract 2.7.
 */
import { quoteString } from '@go-ts/base/quote';
import { readArchive, readObjMember, isArchive } from '@go-ts/objfile/archive';
import { builtins } from '@go-ts/objfile/builtins';
import { textAt, u32At, u16At, equalBytes, utf8 } from '@go-ts/objfile/bytes';
import { isZeroFingerprint, zeroFingerprint } from '@go-ts/objfile/fingerprint';
import { ObjReader } from '@go-ts/objfile/reader';
import {
  ABIStatic,
  ObjFlagUnlinkable,
  SymFlagDupok,
  SymFlagLinkname,
  SymFlagLinknameStd,
} from '@go-ts/objfile/sym';
import { pathToPrefix } from '@go-ts/objfile/writer';
import { isData, isText, kindName, kindOfObjKind, Sxxx } from '../kind.ts';
import { LinkFailure, type LinkOptions, type PackageFile } from '../options.ts';
import { checkLinkname } from './linkname.ts';
import { AttrHashed, Library, Loader, Obj, type Sym } from './loader.ts';
import { HashTable, NameTable, Span } from './names.ts';

export function loadProgram(options: LinkOptions, wantHeader: string): Loader {
  const ldr = new Loader();
  new PackageReader(ldr, options, wantHeader).readAll();
  new Numberer(ldr, options.checkLinkname ?? true).run();
  return ldr;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

class PackageReader {
  readonly #ldr: Loader;
  readonly #options: LinkOptions;
  readonly #wantHeader: string;
  readonly #byPath = new Map<string, Library>();
  readonly #bytes = new Map<Library, Uint8Array>();

  constructor(ldr: Loader, options: LinkOptions, wantHeader: string) {
    this.#ldr = ldr;
    this.#options = options;
    this.#wantHeader = wantHeader;
  }

  readAll(): void {
    const { libs } = this.#ldr;
    this.#add('main', this.#options.main, 'command line', zeroFingerprint);
    let next = 0;
    for (; next < libs.length; next++) this.#readLibrary(libs[next]!);
    if (!this.#byPath.has('runtime')) this.#import('runtime', 'runtime', zeroFingerprint);
    for (; next < libs.length; next++) this.#readLibrary(libs[next]!);
  }

  #add(path: string, from: PackageFile, srcref: string, fingerprint: Uint8Array): Library {
    const lib = new Library(path, from.file, srcref, fingerprint);
    this.#byPath.set(path, lib);
    // A Buffer's views are slow to make, plain ones are not.
    const { buffer, byteOffset, length } = from.bytes;
    this.#bytes.set(lib, new Uint8Array(buffer, byteOffset, length));
    this.#ldr.libs.push(lib);
    return lib;
  }

  #import(path: string, srcref: string, fingerprint: Uint8Array): Library {
    const known = this.#byPath.get(path);
    if (known !== undefined) {
      if (!isZeroFingerprint(known.fingerprint)) {
        checkFingerprint(known, known.fingerprint, srcref, fingerprint);
      }
      return known;
    }
    const from = this.#options.packageFile(path);
    if (from === undefined) {
      throw new LinkFailure(`cannot find package ${path} (using -importcfg)`);
    }
    return this.#add(path, from, srcref, fingerprint);
  }

  #readLibrary(lib: Library): void {
    const bytes = this.#bytes.get(lib)!;
    this.#bytes.delete(lib);
    if (isArchive(bytes)) {
      for (const { name, data } of readArchive(bytes)) {
        if (name === '__.PKGDEF') continue;
        const isShort = utf8(name).length < 16;
        if (isShort && !name.endsWith('.o') && !name.endsWith('.syso')) continue;
        this.#readObject(lib, data, `${lib.file}(${name})`);
      }
    } else this.#readObject(lib, bytes, lib.file);
    if (lib.path === 'main' && !lib.isMain) throw new LinkFailure(`${lib.file}: not package main`);
  }

  #readObject(lib: Library, data: Uint8Array, where: string): void {
    const member = readObjMember(data);
    if (member === undefined) {
      throw new LinkFailure(
        `${where}: not an object file, and linking host objects needs a host linker`,
      );
    }
    if (member.headerLine !== this.#wantHeader && this.#options.ignoreHeader !== true) {
      throw new LinkFailure(
        `${where}: linked object header mismatch:\nhave ${quoteString(member.headerLine)}\nwant ${quoteString(this.#wantHeader)}\n`,
      );
    }
    const [header = ''] = member.text.split('\n\n', 1);
    if (header.split('\n').includes('main')) lib.isMain = true;
    const r = new ObjReader(member.object);
    if ((r.flags & ObjFlagUnlinkable) !== 0) {
      throw new LinkFailure(
        `link: unlinkable object (from package ${lib.path}) - compiler requires -p flag`,
      );
    }
    const ldr = this.#ldr;
    ldr.objs.push(new Obj(r, lib, ldr.objs.length));
    if (!isZeroFingerprint(r.fingerprint)) {
      if (isZeroFingerprint(lib.fingerprint)) lib.fingerprint = r.fingerprint;
      checkFingerprint(lib, r.fingerprint, lib.srcref, lib.fingerprint);
    }
    const prefix = pathToPrefix(lib.path);
    for (const { path, fingerprint } of r.autolib()) {
      lib.imports.push(this.#import(path, prefix, fingerprint));
    }
  }
}

function checkFingerprint(lib: Library, have: Uint8Array, src: string, want: Uint8Array): void {
  if (equalBytes(have, want)) return;
  throw new LinkFailure(
    `fingerprint mismatch: ${lib.path} has ${hex(have)}, import from ${src} expecting ${hex(want)}`,
  );
}

/** A variable that a linkname declares without content: a reference in the form of a definition. */
interface LinknameVar {
  readonly obj: Obj;
  readonly name: string;
  readonly sym: Sym;
}

/** Gives symbols their numbers and decides between definitions. */
class Numberer {
  readonly #ldr: Loader;
  readonly #checkLinkname: boolean;
  readonly #objs: readonly Obj[];
  readonly #hashed64: HashTable;
  readonly #hashed: HashTable;
  readonly #span = new Span();
  readonly #linknameVars: LinknameVar[] = [];
  /** Symbols whose chosen definition is smaller than another one: the size to have in the end. */
  readonly #sizes = new Map<Sym, number>();

  constructor(ldr: Loader, check: boolean) {
    this.#ldr = ldr;
    this.#checkLinkname = check;
    this.#objs = ldr.objs.filter((obj) => obj !== null);
    let own = 0;
    let named = 0;
    let hashed64 = 0;
    let hashed = 0;
    for (const { r } of this.#objs) {
      own += r.nsymdef;
      named += r.nnonpkgdef + (r.nnonpkgref >> 2);
      hashed64 += r.nhashed64;
      hashed += r.nhashed;
    }
    ldr.reserve(own + named + (hashed64 >> 1) + (hashed >> 1) + 8192);
    ldr.names = new NameTable(ldr, (own >> 1) + named);
    this.#hashed64 = new HashTable(2, hashed64 >> 1);
    this.#hashed = new HashTable(4, hashed >> 1);
  }

  run(): void {
    for (const obj of this.#objs) this.#packageSyms(obj);
    for (const obj of this.#objs) {
      const { r } = obj;
      let from = r.nsymdef;
      this.#contentSyms(obj, from, from + r.nhashed64, this.#hashed64);
      from += r.nhashed64;
      this.#contentSyms(obj, from, from + r.nhashed, this.#hashed);
      this.#namedSyms(obj);
    }
    if (this.#checkLinkname) {
      for (const v of this.#linknameVars) checkLinkname(this.#ldr, v.obj, v.name, v.sym);
    }
    this.#findBuiltins();
    const firstObj = new Map<string, number>();
    for (const obj of this.#objs) {
      const prefix = pathToPrefix(obj.lib.path);
      if (!firstObj.has(prefix)) firstObj.set(prefix, obj.index);
    }
    for (const obj of this.#objs) this.#references(obj, firstObj);
    for (const [s, size] of this.#sizes) this.#ldr.size[s] = size;
  }

  /** Makes `obj`'s local symbol `li` the definition of `s`. */
  #assign(s: Sym, obj: Obj, li: number): void {
    const ldr = this.#ldr;
    const { bytes } = obj.r;
    const at = obj.r.symAt(li);
    ldr.objOf[s] = obj.index;
    ldr.localOf[s] = li;
    ldr.kind[s] = kindOfObjKind[bytes[at + 10]!]!;
    ldr.attr[s] = bytes[at + 11]! | (bytes[at + 12]! << 8);
    ldr.size[s] = u32At(bytes, at + 13);
  }

  #newSym(obj: Obj, li: number): Sym {
    const ldr = this.#ldr;
    const s = ldr.count++;
    if (s >= ldr.objOf.length) ldr.reserve(s + (s >> 1) + 4096);
    this.#assign(s, obj, li);
    return s;
  }

  /** Alignment and the exported-from-module bit are joined over all definitions. */
  #join(s: Sym, obj: Obj, li: number): void {
    const ldr = this.#ldr;
    const align = obj.r.align(li);
    if (align > ldr.align[s]!) ldr.align[s] = align;
  }

  #packageSyms(obj: Obj): void {
    const ldr = this.#ldr;
    const { r, syms } = obj;
    const { bytes } = r;
    const span = this.#span;
    for (let li = 0; li < r.nsymdef; li++) {
      const s = this.#newSym(obj, li);
      syms[li] = s;
      this.#join(s, obj, li);
      const at = r.symAt(li);
      span.length = u32At(bytes, at);
      if (span.length === 0) continue;
      span.at = u32At(bytes, at + 4);
      const abi = u16At(bytes, at + 8);
      if (abi === ABIStatic) continue;
      // A second one of the same name stays reachable by index only, as upstream has it.
      ldr.names.findOrAdd(bytes, span, abi, s);
    }
  }

  /** Where the symbols are that objects refer to by a number of the format. */
  #findBuiltins(): void {
    const ldr = this.#ldr;
    builtins.forEach(({ name, abi }, i) => {
      ldr.builtinSyms[i] = ldr.lookup(name, abi);
    });
  }

  #contentSyms(obj: Obj, from: number, to: number, table: HashTable): void {
    const ldr = this.#ldr;
    const { r, syms } = obj;
    const isLong = table === this.#hashed;
    for (let li = from; li < to; li++) {
      const at = isLong ? r.hashAt(li - from) : r.hash64At(li - from);
      const old = table.findOrAdd(r.bytes, at, ldr.count);
      let s = old;
      if (old === 0) s = this.#newSym(obj, li);
      else if (r.size(li) > ldr.size[old]!) this.#assign(old, obj, li);
      if (isLong) ldr.attr[s] = ldr.attr[s]! | AttrHashed;
      syms[li] = s;
      this.#join(s, obj, li);
    }
  }

  #namedSyms(obj: Obj): void {
    const ldr = this.#ldr;
    const { r, syms } = obj;
    const { bytes } = r;
    const span = this.#span;
    for (let li = r.ndef - r.nnonpkgdef; li < r.ndef; li++) {
      const at = r.symAt(li);
      span.length = u32At(bytes, at);
      span.at = u32At(bytes, at + 4);
      const abi = u16At(bytes, at + 8);
      const flag2 = bytes[at + 12]!;
      const isLocal = span.length === 0 || abi === ABIStatic;
      let s = isLocal ? 0 : ldr.names.findOrAdd(bytes, span, abi, ldr.count);
      if (s === 0) s = this.#newSym(obj, li);
      else this.#decide(s, obj, li);
      syms[li] = s;
      this.#join(s, obj, li);
      const isPull =
        (flag2 & (SymFlagLinkname | SymFlagLinknameStd)) !== 0 && r.dataLength(li) === 0;
      if (isPull) {
        const name = r.name(li);
        if (name.includes('.')) this.#linknameVars.push({ obj, name, sym: s });
      }
    }
  }

  /** `old` has a definition; `obj` brings another. */
  #decide(old: Sym, obj: Obj, li: number): void {
    const ldr = this.#ldr;
    const { r } = obj;
    const oldSize = ldr.size[old]!;
    const size = r.size(li);
    const oldIsDupok = (ldr.attr[old]! & SymFlagDupok) !== 0;
    if ((r.flag(li) & SymFlagDupok) !== 0) {
      if (oldIsDupok && oldSize < size) this.#assign(old, obj, li);
      return;
    }
    if (oldIsDupok) {
      this.#assign(old, obj, li);
      return;
    }
    const oldKind = ldr.kind[old]!;
    const kind = kindOfObjKind[r.kind(li)]!;
    const hasContent = r.dataLength(li) !== 0;
    const oldIsBSS = isData(oldKind) && ldr.dataLength(old) === 0;
    const isBSS = isData(kind) && !hasContent;
    if (oldIsBSS && (isText(kind) || hasContent || (isBSS && size > oldSize))) {
      this.#assign(old, obj, li);
      if (oldSize > size) this.#sizes.set(old, oldSize);
    } else if (isBSS) {
      if (size > oldSize) this.#sizes.set(old, size);
    } else {
      throw new LinkFailure(
        `duplicated definition of symbol ${r.name(li)}, from ${obj.lib.path} (type ${kindName(kind)} size ${size}) and ${ldr.obj(old)!.lib.path} (type ${kindName(oldKind)} size ${oldSize})`,
      );
    }
  }

  #references(obj: Obj, firstObj: ReadonlyMap<string, number>): void {
    const ldr = this.#ldr;
    const { r, syms } = obj;
    const { bytes } = r;
    const span = this.#span;
    for (let li = r.ndef; li < r.nsym; li++) {
      const at = r.symAt(li);
      span.length = u32At(bytes, at);
      // What DWARF fragments left behind, see objfile's writer.
      if (span.length === 0) continue;
      span.at = u32At(bytes, at + 4);
      const abi = u16At(bytes, at + 8);
      const flag2 = bytes[at + 12]!;
      let s = ldr.names.find(bytes, span, abi);
      if (s === 0) {
        s = this.#newSym(obj, li);
        ldr.kind[s] = Sxxx;
        ldr.attr[s] = 0;
        ldr.size[s] = 0;
        ldr.names.findOrAdd(bytes, span, abi, s);
      }
      syms[li] = s;
      if (
        this.#checkLinkname &&
        (obj.isAssembly || (flag2 & (SymFlagLinkname | SymFlagLinknameStd)) !== 0)
      ) {
        checkLinkname(ldr, obj, textAt(bytes, span.at, span.length), s);
      }
    }
    const packages = r.packages();
    obj.pkgObj = new Int32Array(packages.length);
    for (let i = 1; i < packages.length; i++) {
      const index = firstObj.get(packages[i]!);
      if (index === undefined) {
        throw new LinkFailure(`${obj.lib.path}: reference to nonexistent package ${packages[i]}`);
      }
      obj.pkgObj[i] = index;
    }
  }
}
