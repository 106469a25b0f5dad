/**
 * Debug information of functions: line programs, entries with the calls inlined into them, and the
 * abstract entries that those refer to.
 *
 * An entry's address is an index into the unit's `.debug_addr`, as wide as the number of functions
 * needs; so entries are written when all functions are known, from what `add` has noted. A function that
 * was inlined anywhere has an abstract entry `go:info.F$abstract`, the same in every object; each
 * inlined call refers to it, and lies below the call that it is in. Its ranges are those of the
 * instructions that come from it or from what was inlined into it.
 *
 * DWARF 5 §3.3.8, §7.25.  GOROOT: src/cmd/internal/dwarf/dwarf.go (abbreviations, order of attributes).
 */
import { writeLineProgram } from '@go-ts/asm/dwarf';
import { type FuncCode, type InlinedCall, type PosBase, WRAPPER } from '@go-ts/asm/func';
import { type Prog } from '@go-ts/asm/prog';
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile/builder';
import { type ByteWriter } from '@go-ts/objfile/bytes';
import {
  DW_ABRV_FUNCTION,
  DW_ABRV_FUNCTION_ABSTRACT,
  DW_ABRV_INLINED_SUBROUTINE_RANGES,
  DW_ABRV_WRAPPER,
  DW_RLE_base_addressx,
  DW_RLE_end_of_list,
  DW_RLE_offset_pair,
} from '@go-ts/objfile/dwarf';
import { dwTxtAddrType, R_DWARFSECREF } from '@go-ts/objfile/reloc';
import {
  SDWARFABSFCN,
  SDWARFCUINFO,
  SDWARFFCN,
  SDWARFLINES,
  SDWARFRANGE,
  SymFlagDupok,
} from '@go-ts/objfile/sym';

const DW_INL_inlined = 1;
const DW_OP_call_frame_cfa = 0x9c;

interface Range {
  readonly from: number;
  to: number;
}

interface Inlined {
  readonly func: ObjSym;
  readonly file: number;
  readonly line: number;
  readonly ranges: Range[];
  readonly children: Inlined[];
}

interface DebugFunc {
  readonly sym: ObjSym;
  readonly size: number;
  readonly isWrapper: boolean;
  readonly file: number;
  readonly line: number;
  readonly lines: ObjSym;
  readonly inlined: readonly Inlined[];
}

/** What the debug information of a function is made from, besides its code. */
export interface DebugSource {
  readonly startBase: number;
  readonly posBases: readonly PosBase[];
  readonly inlinedCalls: readonly InlinedCall[];
}

export class DebugInfo {
  readonly #obj: ObjectBuilder;
  readonly #funcs: DebugFunc[] = [];

  constructor(obj: ObjectBuilder) {
    this.#obj = obj;
  }

  /** Notes a function while its instructions are at hand. */
  add(code: FuncCode, source: DebugSource): void {
    const lines = this.#obj.newAnonymous(SDWARFLINES);
    writeLineProgram(lines, code, source.posBases);
    this.#funcs.push({
      sym: code.sym,
      size: code.code.length,
      isWrapper: (code.flags & WRAPPER) !== 0,
      file: source.posBases[source.startBase]!.file,
      line: code.startLine,
      lines,
      inlined: inlinedTree(code, source),
    });
  }

  /** Writes the entries. `inlinedLines` has the first lines of functions that were inlined. */
  finish(packageName: string, inlinedLines: ReadonlyMap<string, number>): void {
    const addr = dwTxtAddrType(2 * this.#funcs.length);
    for (const f of this.#funcs) this.#writeFunc(f, addr);
    for (const [name, line] of inlinedLines) this.#writeAbstract(name, line);
    const unit = this.#obj.lookup(`go:cuinfo.packagename.${this.#obj.pkgPath}`);
    unit.setData(new TextEncoder().encode(packageName));
    unit.kind = SDWARFCUINFO;
    unit.flags |= SymFlagDupok;
    this.#obj.defineData(unit);
  }

  #writeFunc(f: DebugFunc, addr: AddrForm): void {
    const info = this.#obj.newAnonymous(SDWARFFCN);
    const ranges = this.#obj.newAnonymous(SDWARFRANGE);
    const w = info.writer();
    w.uvarint(f.isWrapper ? DW_ABRV_WRAPPER : DW_ABRV_FUNCTION);
    w.text(f.sym.name);
    w.u8(0);
    putAddr(info, w, f.sym, addr);
    w.uvarint(f.size);
    w.u8(1);
    w.u8(DW_OP_call_frame_cfa);
    if (f.isWrapper) w.u8(1);
    else {
      w.u32(f.file + 1);
      w.uvarint(f.line);
      w.u8(f.sym.isStatic ? 0 : 1);
    }
    const entry = { info, ranges, func: f.sym, addr };
    for (const call of f.inlined) this.#writeInlined(entry, call);
    w.uvarint(0);
    info.size = w.length;
    const { func } = f.sym;
    func!.dwarfInfo = info;
    func!.dwarfLines = f.lines;
    if (f.inlined.length > 0) func!.dwarfRanges = ranges;
  }

  #writeInlined(entry: Entry, call: Inlined): void {
    const { info, ranges } = entry;
    const w = info.writer();
    w.uvarint(DW_ABRV_INLINED_SUBROUTINE_RANGES);
    putReference(info, w, this.#abstractSym(call.func.name), 0);
    const r = ranges.writer();
    putReference(info, w, ranges, r.length);
    r.u8(DW_RLE_base_addressx);
    putAddr(ranges, r, entry.func, entry.addr);
    for (const { from, to } of call.ranges) {
      r.u8(DW_RLE_offset_pair);
      r.uvarint(from);
      r.uvarint(to);
    }
    r.u8(DW_RLE_end_of_list);
    ranges.size = r.length;
    w.u32(call.file + 1);
    w.uvarint(call.line);
    for (const child of call.children) this.#writeInlined(entry, child);
    w.uvarint(0);
  }

  #abstractSym(name: string): ObjSym {
    return this.#obj.lookup(`go:info.${name}$abstract`);
  }

  #writeAbstract(name: string, line: number): void {
    const sym = this.#abstractSym(name);
    const w = sym.writer();
    w.uvarint(DW_ABRV_FUNCTION_ABSTRACT);
    w.text(name);
    w.u8(0);
    w.u8(DW_INL_inlined);
    w.uvarint(line);
    w.u8(1);
    w.uvarint(0);
    sym.size = w.length;
    sym.kind = SDWARFABSFCN;
    sym.flags |= SymFlagDupok;
    this.#obj.defineData(sym);
  }
}

type AddrForm = ReturnType<typeof dwTxtAddrType>;

interface Entry {
  readonly info: ObjSym;
  readonly ranges: ObjSym;
  readonly func: ObjSym;
  readonly addr: AddrForm;
}

function putAddr(sym: ObjSym, w: ByteWriter, func: ObjSym, { type, width }: AddrForm): void {
  sym.addReloc(w.length, width, type, 0, func);
  w.zeros(width);
}

/** An offset in the section of `target`. */
function putReference(sym: ObjSym, w: ByteWriter, target: ObjSym, offset: number): void {
  sym.addReloc(w.length, 4, R_DWARFSECREF, offset, target);
  w.zeros(4);
}

/** The inlined calls of which code is left, outermost first. */
function inlinedTree(code: FuncCode, source: DebugSource): Inlined[] {
  const { posBases, inlinedCalls } = source;
  const roots: Inlined[] = [];
  if (inlinedCalls.length === 0) return roots;
  const nodes = new Map<number, Inlined>();
  const nodeOf = (index: number): Inlined => {
    const known = nodes.get(index);
    if (known !== undefined) return known;
    const { func, file, line, parent } = inlinedCalls[index]!;
    const node: Inlined = { func, file, line, ranges: [], children: [] };
    nodes.set(index, node);
    (parent < 0 ? roots : nodeOf(parent).children).push(node);
    return node;
  };
  for (let p: Prog | null = code.first; p !== null; p = p.link) {
    const to = p.link === null ? code.code.length : p.link.pc;
    if (to === p.pc) continue;
    for (let c = posBases[p.base]!.inlined; c >= 0; c = inlinedCalls[c]!.parent) {
      const { ranges } = nodeOf(c);
      const last = ranges.at(-1);
      if (last !== undefined && last.to === p.pc) last.to = to;
      else ranges.push({ from: p.pc, to });
    }
  }
  return roots;
}
