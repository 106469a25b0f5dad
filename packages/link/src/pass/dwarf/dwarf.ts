/**
 * Debug information of the whole program: which entries there are, and the sections they go to.
 *
 * Made in two steps. `makeDwarf` runs when text has addresses: it visits every unit, makes entries
 * for the types mentioned and lists the symbols of each section. `writeDwarf` runs when everything
 * has an address: it concatenates, relocates and compresses.
 *
 * GOROOT: src/cmd/link/internal/ld/dwarf.go; contract 11.11.
 */
import { deflateSync } from 'node:zlib';
import { ByteWriter, putU64, textAt } from '@go-ts/objfile/bytes';
import { encodeAbbrevs } from '@go-ts/objfile/dwarf';
import { R_USEIFACE } from '@go-ts/objfile/reloc';
import { ABIStatic, AuxDwarfInfo } from '@go-ts/objfile/sym';
import * as K from '../../kind.ts';
import {
  AttrDict,
  AttrNotInSymbolTable,
  AttrReachable,
  type Library,
  type Loader,
  RelocCursor,
  type Sym,
} from '../../loader/loader.ts';
import { type Segments } from '../../section.ts';
import { type ArchTarget } from '../../target/target.ts';
import { type Relocator } from '../reloc.ts';
import { addSection, postorder } from '../text.ts';
import { type DiePlace } from './die.ts';
import { makeFrames } from './frames.ts';
import { DwarfTypes } from './types.ts';
import { Unit } from './unit.ts';

interface DebugSection {
  readonly name: string;
  readonly syms: readonly Sym[];
}

export interface Dwarf {
  readonly sections: readonly DebugSection[];
  /** Index of each function in its unit's part of `.debug_addr`. */
  readonly addrIndex: ReadonlyMap<Sym, number>;
  /** Entries of types, and the symbol in whose bytes they are. */
  readonly types: { readonly host: Sym; readonly places: readonly DiePlace[] };
}

/** Python script that teaches gdb about Go, as an entry of `.debug_gdb_scripts`. */
const gdbScriptPythonFile = 1;

export function makeDwarf(
  ldr: Loader,
  text: readonly Sym[],
  expand: (file: string) => string,
  version: string,
  arch: ArchTarget,
): Dwarf {
  const types = new DwarfTypes(ldr);
  const units = makeUnits(ldr, types, version);
  visitVariables(ldr, types, units);
  types.synthesize();
  findRanges(ldr, text, units);
  // The types go into a unit of the runtime, which every program has.
  const runtime = units.findLast((unit) => unit.obj.lib.path === 'runtime')!;
  runtime.children = types.dies;

  const abbrev = section(ldr, encodeAbbrevs());
  const addrIndex = new Map<Sym, number>();
  const withText = units.filter((unit) => unit.obj.text.length > 0);
  const firstAddr = (unit: Unit) => ldr.value[unit.obj.text[0]!]!;
  withText.sort((a, b) => firstAddr(a) - firstAddr(b));
  const ordered = [...withText, ...units.filter((unit) => unit.obj.text.length === 0)];
  for (const unit of ordered) unit.build(abbrev, addrIndex, expand);

  const gather = (pick: (unit: Unit) => readonly Sym[]) => ordered.flatMap(pick);
  const lists = (name: string, syms: Sym[], hasOffsetCount: boolean): DebugSection => ({
    name,
    syms: [listHeader(ldr, syms, hasOffsetCount), ...syms],
  });
  const locs = gather((unit) => unit.locSyms);
  const ranges = gather((unit) => unit.rangeSyms);
  const addrs = gather((unit) => (unit.addrSym === 0 ? [] : [unit.addrSym]));
  const script = gdbScript(units, expand);
  return {
    addrIndex,
    types: { host: runtime.infoSyms.at(-1)!, places: runtime.places },
    sections: [
      { name: '.debug_abbrev', syms: [abbrev] },
      { name: '.debug_line', syms: gather((unit) => unit.lineSyms) },
      { name: '.debug_frame', syms: [makeFrames(ldr, text, arch)] },
      ...(script === undefined
        ? []
        : [{ name: '.debug_gdb_scripts', syms: [section(ldr, script)] }]),
      { name: '.debug_info', syms: gather((unit) => unit.infoSyms) },
      lists('.debug_loclists', locs, true),
      lists('.debug_rnglists', ranges, true),
      lists('.debug_addr', addrs, false),
    ],
  };
}

function section(ldr: Loader, bytes: Uint8Array): Sym {
  const s = ldr.newAnonymous(K.SDWARFSECT);
  ldr.setData(s, bytes);
  return s;
}

function makeUnits(ldr: Loader, types: DwarfTypes, version: string): Unit[] {
  const units: Unit[] = [];
  const seenAbstract = new Set<Sym>();
  const objsOf = new Map<Library, Unit['obj'][]>(ldr.libs.map((lib) => [lib, []]));
  for (const obj of ldr.objs) if (obj !== null) objsOf.get(obj.lib)!.push(obj);
  const textOf = (s: Sym) => {
    const data = ldr.data(s);
    return textAt(data, 0, data.length);
  };
  for (const lib of postorder(ldr.libs)) {
    let consts = ldr.lookup(`go:constinfo.${lib.path}`);
    const extra = ldr.lookup(`go:cuinfo.producer.${lib.path}`);
    const flags = extra === 0 ? '' : textOf(extra);
    const producer = `Go cmd/compile ${version}${flags === '' ? '' : `; ${flags}`}`;
    const nameSym = ldr.lookup(`go:cuinfo.packagename.${lib.path}`);
    const packageName = nameSym === 0 ? '' : textOf(nameSym);
    for (const obj of objsOf.get(lib)!) {
      const unit = new Unit(ldr, obj, units.length + 1, producer, packageName);
      units.push(unit);
      if (consts !== 0) {
        unit.consts = consts;
        unit.importInfo(types, consts);
        consts = 0;
      }
      unit.visitFunctions(types, seenAbstract);
    }
  }
  return units;
}

/** Global variables with a type, and the types that generic functions' dictionaries mention. */
function visitVariables(ldr: Loader, types: DwarfTypes, units: readonly Unit[]): void {
  const unitOf = new Map(units.map((unit) => [unit.obj, unit]));
  const c = new RelocCursor(ldr);
  const { attr, kind } = ldr;
  for (let s = 1; s < ldr.count; s++) {
    const a = attr[s]!;
    if ((a & (AttrReachable | AttrNotInSymbolTable)) !== AttrReachable) continue;
    const k = kind[s]!;
    const isVariable =
      (k >= K.SRODATA && k <= K.SRODATAEND) ||
      (k >= K.SMODULEDATA && k <= K.SNOPTRBSS) ||
      k === K.STLSBSS;
    const obj = ldr.obj(s);
    if (!isVariable || obj === null || ldr.abi(s) === ABIStatic) continue;
    const type = ldr.gotype(s);
    if (type === 0) {
      if ((a & AttrDict) === 0) continue;
      for (c.start(s); c.next();) if (c.type === R_USEIFACE) types.entry(c.sym);
      continue;
    }
    const info = ldr.aux(s, AuxDwarfInfo);
    if (info === 0) continue;
    types.entry(type);
    ldr.set(info, AttrReachable | AttrNotInSymbolTable);
    unitOf.get(obj)!.vars.push(info);
  }
}

function findRanges(ldr: Loader, text: readonly Sym[], units: readonly Unit[]): void {
  const unitOf = new Map(units.map((unit) => [unit.obj, unit]));
  let last: Unit | undefined;
  for (const s of text) {
    const obj = ldr.obj(s);
    if (obj === null || ldr.funcInfo(s).length === 0) continue;
    const unit = unitOf.get(obj)!;
    const from = ldr.value[s]! - ldr.value[obj.text[0]!]!;
    const to = from + ldr.dataLength(s);
    if (unit === last) unit.ranges.at(-1)!.to = to;
    else unit.ranges.push({ from, to });
    last = unit;
  }
}

/** Header of the lists of DWARF 5 (§7.27-29), one for the whole section. */
function listHeader(ldr: Loader, syms: readonly Sym[], hasOffsetCount: boolean): Sym {
  const w = new ByteWriter(16);
  w.u32(0);
  w.u16(5); // version
  w.u8(8); // address size
  w.u8(0); // segment selector size
  if (hasOffsetCount) w.u32(0);
  const length = syms.reduce((n, s) => n + ldr.size[s]!, w.length - 4);
  w.patch32(0, length);
  return section(ldr, w.take());
}

function gdbScript(
  units: readonly Unit[],
  expand: (file: string) => string,
): Uint8Array | undefined {
  const marker = 'runtime/proc.go';
  const file = units
    .filter((unit) => unit.obj.lib.path === 'runtime')
    .flatMap((unit) => unit.obj.files)
    .find((name) => name.includes(marker));
  if (file === undefined) return undefined;
  const full = expand(file);
  const w = new ByteWriter(128);
  w.u8(gdbScriptPythonFile);
  w.text(`${full.slice(0, full.indexOf(marker))}runtime/runtime-gdb.py\0`);
  return w.take();
}

/** Bytes of each debug section; sets the sections' places in the debug segment. */
export function writeDwarf(
  ldr: Loader,
  dwarf: Dwarf,
  segments: Segments,
  relocator: Relocator,
  compress: boolean,
): Uint8Array[] {
  // References between sections are offsets, so any addresses do while relocating.
  const sections = dwarf.sections.map(({ name, syms }) => {
    const out = addSection(ldr, segments.dwarf, name, 4);
    let at = 0;
    for (const s of syms) {
      ldr.sect[s] = out.index;
      ldr.value[s] = at;
      at += ldr.size[s]!;
    }
    out.length = at;
    return out;
  });
  const { host, places } = dwarf.types;
  for (const { sym, off } of places) {
    ldr.sect[sym] = ldr.sect[host]!;
    ldr.value[sym] = ldr.value[host]! + off;
  }
  return dwarf.sections.map(({ syms }, i) => {
    const out = sections[i]!;
    const bytes = new Uint8Array(out.length);
    for (const s of syms) {
      const at = ldr.value[s]!;
      ldr.copyData(s, bytes, at);
      relocator.apply(s, bytes, at, ldr.size[s]!);
    }
    const packed = compress ? compressed(bytes) : undefined;
    if (packed === undefined || packed.length >= bytes.length) return bytes;
    out.isCompressed = true;
    out.length = packed.length;
    return packed;
  });
}

const ELFCOMPRESS_ZLIB = 1;
const chdrSize = 24;

/** With the header of a compressed ELF section (gABI ch. 4). */
function compressed(bytes: Uint8Array): Uint8Array {
  const body = deflateSync(bytes, { level: 1 });
  const out = new Uint8Array(chdrSize + body.length);
  out[0] = ELFCOMPRESS_ZLIB;
  putU64(out, 8, bytes.length);
  putU64(out, 16, 1); // alignment
  out.set(body, chdrSize);
  return out;
}
