/**
 * The pc-value tables of a laid-out function: stack depth, file, line, inlined call, PCDATA.
 *
 * A table says which value holds from which PC on. It starts at value −1, PC 0, and is a sequence of
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

/** Value that holds at `p`, or after it, given what held before. */
type Rule = (p: Prog, before: number) => number;

const same: Rule = (_p, before) => before;

class TableWriter {
  readonly #size: number;
  readonly #minLC: number;
  readonly #first: Prog;

  constructor(first: Prog, size: number, minLC: number) {
    this.#first = first;
    this.#size = size;
    this.#minLC = minLC;
  }

  write(at: Rule, after: Rule): Uint8Array {
    const out = new ByteWriter(32);
    let value = -1;
    let written = -1;
    let pc = this.#first.pc;
    let started = false;
    for (let p: Prog | null = this.#first; p !== null; p = p.link) {
      value = at(p, value);
      const hasCode = p.link === null || p.link.pc !== p.pc;
      if (hasCode && (value !== written || !started)) {
        if (started) {
          out.uvarint((p.pc - pc) / this.#minLC);
          ({ pc } = p);
        }
        out.varint(value - written);
        written = value;
        started = true;
      }
      value = after(p, value);
    }
    if (started) {
      out.uvarint((this.#size - pc) / this.#minLC);
      out.u8(0);
    }
    return out.take();
  }
}

/** Whether the position of `p` counts. */
function hasPosition(p: Prog): boolean {
  return p.as !== ATEXT && p.as !== ANOP && p.line !== 0;
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
  const table = new TableWriter(text, size, minLC);
  const { posBases } = fn;
  const pcsp = table.write(
    (_p, before) => (before === -1 ? 0 : before),
    (p, before) => before + p.spadj,
  );
  const files = new Set<number>();
  const pcfile = table.write((p, before) => {
    if (!hasPosition(p)) return before;
    const { file } = posBases[p.base]!;
    files.add(file);
    return file;
  }, same);
  const pcline = table.write((p, before) => (hasPosition(p) ? p.line : before), same);
  const tree = new InlineTree(fn);
  const pcinline = table.write((p) => tree.local(posBases[p.base]!.inlined), same);
  tree.setParentPcs();
  return {
    pcsp,
    pcfile,
    pcline,
    pcinline,
    pcdata: pcdataTables(text, table),
    files: [...files].sort((a, b) => a - b),
    inlineTree: tree.nodes,
  };
}

function pcdataTables(text: Prog, table: TableWriter): Uint8Array[] {
  const used: boolean[] = [];
  for (let p: Prog | null = text; p !== null; p = p.link) {
    // Tables begin at −1, so one that only says that says nothing.
    if (p.as === APCDATA && p.to.offset !== -1) {
      while (used.length <= p.from.offset) used.push(false);
      used[p.from.offset] = true;
    }
  }
  return used.map((isUsed, index) => {
    if (!isUsed) return new Uint8Array(0);
    return table.write(same, (p, before) =>
      p.as === APCDATA && p.from.offset === index ? p.to.offset : before,
    );
  });
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
