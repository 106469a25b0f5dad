/**
 * FUNCDATA 5: where tracebacks find the words of a function's arguments. FUNCDATA 7: which function a
 * wrapper stands for.
 *
 * A sequence of (offset from argp, size) for the leaves of the parameters in order, with brackets
 * around aggregates, limited in number and depth. Register parameters are described by their spill
 * slots.
 *
 * GOROOT: src/internal/abi/symtab.go (codes and limits), runtime/traceback.go (reader). Contract §6.2.
 */
import type { ObjectBuilder, ObjSym } from '@go-ts/objfile/builder';
import { R_ADDROFF } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagDupok, SymFlagLocal } from '@go-ts/objfile/sym';
import {
  TraceArgsDotdotdot,
  TraceArgsEndAgg,
  TraceArgsEndSeq,
  TraceArgsLimit,
  TraceArgsMaxDepth,
  TraceArgsOffsetTooLarge,
  TraceArgsSpecial,
  TraceArgsStartAgg,
} from '@go-ts/runtime/layout/funcdata';
import { Kind, type Type } from '../ir/type.ts';
import { type AbiInfo } from '../ssa/abi.ts';
import { type Func } from '../ssa/func.ts';

const PtrSize = 8;

function words(n: number, size = PtrSize): { offset: number; part: number }[] {
  return Array.from({ length: n }, (_, i) => ({ offset: i * size, part: size }));
}

/** The parts of an aggregate as (offset, size) or nested types; null for a single word. */
function partsOf(t: Type): { offset: number; part: Type | number }[] | null {
  switch (t.kind) {
    case Kind.Interface:
    case Kind.String:
      return words(2);
    case Kind.Slice:
      return words(3);
    case Kind.Complex64:
    case Kind.Complex128:
      return words(2, t.size / 2);
    case Kind.Array: {
      // No more than the limit can ever be shown.
      const n = Math.min(t.len, TraceArgsLimit + 1);
      return Array.from({ length: n }, (_, i) => ({ offset: i * t.elem!.size, part: t.elem! }));
    }
    case Kind.Struct:
      return t.fields.map((field) => ({ offset: field.offset, part: field.type }));
    default:
      return null;
  }
}

class ArgInfoWriter {
  readonly bytes: number[] = [];
  #count = 0;

  /** False when the limit is reached. */
  visit(offset: number, t: Type | number, depth: number): boolean {
    if (this.#count >= TraceArgsLimit) {
      this.bytes.push(TraceArgsDotdotdot);
      return false;
    }
    const parts = typeof t === 'number' ? null : partsOf(t);
    if (parts === null) {
      const size = typeof t === 'number' ? t : t.size;
      if (offset >= TraceArgsSpecial) this.bytes.push(TraceArgsOffsetTooLarge);
      else this.bytes.push(offset, size);
      this.#count++;
      return true;
    }
    this.bytes.push(TraceArgsStartAgg);
    if (depth + 1 >= TraceArgsMaxDepth) {
      this.bytes.push(TraceArgsDotdotdot, TraceArgsEndAgg);
      this.#count++;
      return true;
    }
    // `{}` counts as a component.
    if (parts.length === 0) this.#count++;
    parts.every(({ offset: at, part }) => this.visit(offset + at, part, depth + 1));
    this.bytes.push(TraceArgsEndAgg);
    return true;
  }
}

function argInfoBytes(abi: AbiInfo): Uint8Array {
  const w = new ArgInfoWriter();
  abi.params.every((param) => w.visit(param.offset, param.type, 0));
  w.bytes.push(TraceArgsEndSeq);
  return Uint8Array.from(w.bytes);
}

/** The symbol `F.arginfoN` of a function with code; null: it has no parameters. */
export function argInfo(f: Func): ObjSym | null {
  if (f.abi.params.length === 0) return null;
  const { obj } = f.env;
  const sym = obj.lookup(`${f.sym.name}.arginfo${f.sym.abi}`);
  sym.setData(argInfoBytes(f.abi));
  sym.kind = SRODATA;
  sym.flags |= SymFlagDupok;
  sym.align = 1;
  sym.isContentAddressable = true;
  if (!sym.isDefined) obj.defineData(sym);
  return sym;
}

/** Likewise of an assembly function, which refers to it by name. */
export function writeArgInfo(obj: ObjectBuilder, name: string, abi: AbiInfo): void {
  const sym = obj.lookup(`${name}.arginfo0`);
  sym.setData(argInfoBytes(abi));
  sym.kind = SRODATA;
  sym.flags |= SymFlagLocal;
  sym.align = 1;
  obj.defineData(sym);
}

/** FUNCDATA 7: the function that a go or defer wrapper calls, as the place of its code. */
export function wrapInfo(f: Func): ObjSym | null {
  const { wrapped } = f;
  if (wrapped === null) return null;
  const { obj } = f.env;
  const sym = obj.lookup(`${wrapped.name}.wrapinfo`);
  if (sym.isDefined) return sym;
  sym.setData(new Uint8Array(4));
  sym.addReloc(0, 4, R_ADDROFF, 0, wrapped);
  sym.kind = SRODATA;
  sym.flags |= SymFlagDupok;
  sym.align = 4;
  sym.isContentAddressable = true;
  obj.defineData(sym);
  return sym;
}
