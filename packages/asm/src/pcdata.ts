/**
 * The pc-value tables of a laid-out function: stack depth, file, line, inlined call, PCDATA.
 *
 * All are written in one walk. A table says which value holds from which PC on. It starts at value −1, PC 0, and is a sequence of
 * steps: zig-zag varint of the change in value, then varint of the number of PC units for which it
 * holds; a zero byte ends it. Instructions without code (PCDATA, NOP, TEXT) can change a value, but a
 * step is only made at an instruction that has code, so that no step is empty.
 *
 * When a value takes effect differs: a position or inlined call holds from its instruction on, a
 * change of SP or a PCDATA from the one after.
 *
 * GOROOT: src/cmd/internal/obj/pcln.go.
 */
import { ByteWriter } from '@go-ts/objfile/bytes';
import { ANOP, APCDATA, ATEXT } from './as.ts';
import { type FuncInput, type InlinedNode } from './func.ts';
import { type Prog } from './prog.ts';

/** One table being written. */
class Table {
  readonly #out = new ByteWriter(16);
  /** What holds where the walk is. */
  value = -1;
  #written = -1;
  #pc = 0;
  #started = false;

  /** The value holds from `pc` on, where an instruction with code is. */
  step(pc: number, minLC: number): void {
    const { value } = this;
    if (value === this.#written && this.#started) return;
    if (this.#started) {
      this.#out.uvarint((pc - this.#pc) / minLC);
      this.#pc = pc;
    }
    this.#out.varint(value - this.#written);
    this.#written = value;
    this.#started = true;
  }

  finish(size: number, minLC: number): Uint8Array {
    if (this.#started) {
      this.#out.uvarint((size - this.#pc) / minLC);
      this.#out.u8(0);
    }
    return this.#out.take();
  }
}

export interface PcTables {
  readonly pcsp: Uint8Array;
  readonly pcfile: Uint8Array;
  readonly pcline: Uint8Array;
  readonly pcinline: Uint8Array;
  readonly pcdata: Uint8Array[];
  readonly files: number[];
  readonly inlineTree: InlinedNode[];
}

export function pcTables(fn: FuncInput, text: Prog, size: number, minLC: number): PcTables {
  const { posBases } = fn;
  const sp = new Table();
  sp.value = 0;
  const file = new Table();
  const line = new Table();
  const inlined = new Table();
  const tree = new InlineTree(fn);
  const files = new Set<number>();
  const pcdata = newPcdataTables(text);
  let base = -1;
  for (let p: Prog | null = text; p !== null; p = p.link) {
    const { as } = p;
    if (p.line !== 0 && as !== ANOP && as !== ATEXT) {
      line.value = p.line;
      if (p.base !== base) {
        file.value = posBases[p.base]!.file;
        files.add(file.value);
        ({ base } = p);
      }
    }
    inlined.value = tree.local(posBases[p.base]!.inlined);
    if (p.link === null || p.link.pc !== p.pc) {
      const { pc } = p;
      sp.step(pc, minLC);
      file.step(pc, minLC);
      line.step(pc, minLC);
      inlined.step(pc, minLC);
      for (const table of pcdata) table?.step(pc, minLC);
    }
    sp.value += p.spadj;
    if (as === APCDATA) {
      const table = pcdata[p.from.offset];
      if (table) table.value = p.to.offset;
    }
  }
  tree.setParentPcs();
  return {
    pcsp: sp.finish(size, minLC),
    pcfile: file.finish(size, minLC),
    pcline: line.finish(size, minLC),
    pcinline: inlined.finish(size, minLC),
    pcdata: pcdata.map((table) => table?.finish(size, minLC) ?? new Uint8Array(0)),
    files: [...files].sort((a, b) => a - b),
    inlineTree: tree.nodes,
  };
}

/** Tables by PCDATA number, null where a function does not use one. */
function newPcdataTables(text: Prog): (Table | null)[] {
  const tables: (Table | null)[] = [];
  for (let p: Prog | null = text; p !== null; p = p.link) {
    // Tables begin at −1, so one that only says that says nothing.
    if (p.as !== APCDATA || p.to.offset === -1) continue;
    while (tables.length <= p.from.offset) tables.push(null);
    tables[p.from.offset] ??= new Table();
  }
  return tables;
}

/** The part of a function's inlined calls that its code mentions, in order of first mention. */
class InlineTree {
  readonly nodes: InlinedNode[] = [];
  readonly #local = new Map<number, number>();
  readonly #fn: FuncInput;

  constructor(fn: FuncInput) {
    this.#fn = fn;
  }

  local(call: number): number {
    if (call < 0) return -1;
    const known = this.#local.get(call);
    if (known !== undefined) return known;
    const { parent, file, line, func } = this.#fn.inlinedCalls[call]!;
    const localParent = this.local(parent);
    const index = this.nodes.length;
    this.nodes.push({ parent: localParent, file, line, func, parentPC: 0 });
    this.#local.set(call, index);
    return index;
  }

  setParentPcs(): void {
    for (const [call, { mark }] of this.#fn.inlinedCalls.entries()) {
      const local = this.#local.get(call);
      if (local !== undefined && mark !== null) this.nodes[local]!.parentPC = mark.pc;
    }
  }
}
