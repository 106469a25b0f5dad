/**
 * Turns an object that was read back into an `ObjectBuilder`, so that tests can write it again.
 *
 * Functions were defined in the order of their FuncInfo records. The order of data is known within
 * each list of the object, not between lists; names were added to the string heap in order of first
 * mention, so the lists are merged by that.
 */
import { ObjectBuilder, ObjFunc, ObjSym } from '../src/builder.ts';
import { builtins } from '../src/builtins.ts';
import { readFuncInfo } from '../src/funcinfo.ts';
import { ObjReader } from '../src/reader.ts';
import * as S from '../src/sym.ts';

export function rebuild(bytes: Uint8Array, pkgPath: string): ObjectBuilder {
  const r = new ObjReader(bytes);
  const b = new ObjectBuilder({
    pkgPath,
    isAsm: (r.flags & S.ObjFlagFromAssembly) !== 0,
    isShared: (r.flags & S.ObjFlagShared) !== 0,
    isStd: (r.flags & S.ObjFlagStd) !== 0,
    fingerprint: r.fingerprint,
  });
  for (const lib of r.autolib()) b.imports.push(lib);
  for (const file of r.files()) b.fileIndex(file);
  const packages = r.packages();
  const foreignNames = new Map(r.refNames().map((n) => [key(n.ref), n.name]));
  const syms = new Map<string, ObjSym>();

  const symOf = (ref: S.SymRef): ObjSym | null => {
    if (ref.pkgIdx === 0) return null;
    const known = syms.get(key(ref));
    if (known !== undefined) return known;
    let sym: ObjSym;
    const local = r.localIndex(ref);
    if (ref.pkgIdx === S.PkgIdxBuiltin) {
      const builtin = builtins[ref.symIdx]!;
      sym = new ObjSym(builtin.name, builtin.abi);
    } else if (local < 0) {
      sym = new ObjSym(foreignNames.get(key(ref)) ?? '', 0);
      b.referTo(sym, packages[ref.pkgIdx]!, ref.symIdx);
    } else sym = newLocal(local, ref);
    syms.set(key(ref), sym);
    return sym;
  };
  const newLocal = (i: number, ref: S.SymRef): ObjSym => {
    const sym = new ObjSym(r.name(i), r.abi(i));
    sym.kind = r.kind(i);
    sym.flags = r.flag(i) & ~S.SymFlagGoType;
    sym.flags2 = r.flag2(i) & ~(S.SymFlagItab | S.SymFlagDict);
    sym.size = r.size(i);
    sym.align = r.align(i);
    sym.isContentAddressable = ref.pkgIdx === S.PkgIdxHashed || ref.pkgIdx === S.PkgIdxHashed64;
    sym.byName = ref.pkgIdx === S.PkgIdxNone && i < r.ndef;
    return sym;
  };

  const text: { sym: ObjSym; at: number }[] = [];
  const queues: { sym: ObjSym; at: number }[][] = [[], [], [], []];
  for (let i = 0; i < r.ndef; i++) {
    const sym = symOf(refOf(r, i))!;
    if (r.dataLength(i) > 0) {
      const { size } = sym;
      sym.setData(r.data(i));
      sym.size = size;
    }
    for (let k = r.relocStart(i); k < r.relocStart(i + 1); k++) {
      sym.addReloc(
        r.relocOff(k),
        r.relocSiz(k),
        r.relocType(k),
        r.relocAdd(k),
        symOf(r.relocSym(k)),
      );
    }
    readAux(r, i, sym, symOf);
    const queue = queues[listOf(r, i)]!;
    if (S.isTextKind(sym.kind)) text.push({ sym, at: funcInfoIndex(r, i) });
    else if (sym.name !== '') {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      queue.push({ sym, at: view.getUint32(r.symAt(i) + 4, true) });
    } else if (i < r.nsymdef && (sym.kind === S.SDWARFVAR || sym.kind === S.SRODATA)) {
      queue.push({ sym, at: queue.at(-1)?.at ?? 0 });
    }
  }
  text.sort((x, y) => x.at - y.at);
  for (const { sym } of text) b.defineText(sym);
  for (;;) {
    const heads = queues.filter((queue) => queue.length > 0);
    if (heads.length === 0) return b;
    b.defineData(heads.reduce((x, y) => (x[0]!.at <= y[0]!.at ? x : y)).shift()!.sym);
  }
}

function funcInfoIndex(r: ObjReader, i: number): number {
  for (let k = r.auxStart(i); k < r.auxStart(i + 1); k++) {
    if (r.auxType(k) === S.AuxFuncInfo) return r.auxSym(k).symIdx;
  }
  throw new Error(`${r.name(i)}: text without FuncInfo`);
}

function listOf(r: ObjReader, i: number): number {
  if (i < r.nsymdef) return 0;
  if (i < r.nsymdef + r.nhashed64) return 1;
  return i < r.nsymdef + r.nhashed64 + r.nhashed ? 2 : 3;
}

function key(ref: S.SymRef): string {
  return `${ref.pkgIdx}:${ref.symIdx}`;
}

function refOf(r: ObjReader, i: number): S.SymRef {
  if (i < r.nsymdef) return { pkgIdx: S.PkgIdxSelf, symIdx: i };
  let at = i - r.nsymdef;
  if (at < r.nhashed64) return { pkgIdx: S.PkgIdxHashed64, symIdx: at };
  at -= r.nhashed64;
  if (at < r.nhashed) return { pkgIdx: S.PkgIdxHashed, symIdx: at };
  return { pkgIdx: S.PkgIdxNone, symIdx: at - r.nhashed };
}

function readAux(
  r: ObjReader,
  i: number,
  sym: ObjSym,
  symOf: (ref: S.SymRef) => ObjSym | null,
): void {
  for (let k = r.auxStart(i); k < r.auxStart(i + 1); k++) {
    const target = symOf(r.auxSym(k));
    const type = r.auxType(k);
    if (type === S.AuxGotype) {
      sym.gotype = target;
      continue;
    }
    if (type === S.AuxFuncInfo) {
      const info = readFuncInfo(r.data(r.localIndex(r.auxSym(k))));
      const f = new ObjFunc();
      f.args = info.args;
      f.locals = info.locals;
      f.funcID = info.funcID;
      f.funcFlag = info.funcFlag;
      f.startLine = info.startLine;
      f.files = [...info.files];
      f.inlTree = info.inlTree.map((c) => ({ ...c, func: symOf(c.func)! }));
      sym.func = f;
      continue;
    }
    const f = sym.func;
    if (f === null) {
      if (type === S.AuxDwarfInfo) sym.dwarfInfo = target;
      continue;
    }
    switch (type) {
      case S.AuxFuncdata:
        f.funcdata.push(target);
        break;
      case S.AuxDwarfInfo:
        f.dwarfInfo = target;
        break;
      case S.AuxDwarfLoc:
        f.dwarfLoc = target;
        break;
      case S.AuxDwarfRanges:
        f.dwarfRanges = target;
        break;
      case S.AuxDwarfLines:
        f.dwarfLines = target;
        break;
      case S.AuxPcsp:
        f.pcsp = asPc(target);
        break;
      case S.AuxPcfile:
        f.pcfile = asPc(target);
        break;
      case S.AuxPcline:
        f.pcline = asPc(target);
        break;
      case S.AuxPcinline:
        f.pcinline = asPc(target);
        break;
      case S.AuxPcdata:
        f.pcdata.push(asPc(target)!);
        break;
      case S.AuxSehUnwindInfo:
        f.seh = target;
        break;
      default:
        throw new Error(`auxiliary of type ${type}`);
    }
  }
}

function asPc(sym: ObjSym | null): ObjSym | null {
  if (sym !== null) sym.isPcdata = true;
  return sym;
}
