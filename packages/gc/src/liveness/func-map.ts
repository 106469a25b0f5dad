/**
 * `F.args_stackmap`: which words of the arguments of an assembly function are pointers.
 *
 * Assembly has no stack maps of its own; the Go declaration gives them. The first bitmap holds at
 * entry, the second once the function has said GO_RESULTS_INITIALIZED.
 *
 * GOROOT: src/cmd/compile/internal/liveness/plive.go (WriteFuncMap: layout). Contract §6.1.
 */
import type { ObjectBuilder } from '@go-ts/objfile';
import { SRODATA, SymFlagLinkname, SymFlagLocal } from '@go-ts/objfile/sym';
import { forEachPointer } from '../reflectdata/gcmask.ts';
import type { AbiInfo } from '../ssa/abi.ts';

const PtrSize = 8;

/** `abi` is that of the assembly code, usually ABI0. */
export function writeFuncMap(obj: ObjectBuilder, name: string, abi: AbiInfo): void {
  const sym = obj.lookup(`${name}.args_stackmap`);
  const words = abi.argWidth / PtrSize;
  const map = new Uint8Array(Math.ceil(words / 8));
  const mark = (off: number): void => {
    const word = off / PtrSize;
    map[word >>> 3] = map[word >>> 3]! | (1 << (word & 7));
  };
  const w = sym.writer();
  w.u32(abi.results.length > 0 ? 2 : 1);
  w.u32(words);
  for (const param of abi.params) forEachPointer(param.type, param.offset, mark);
  w.bytes(map);
  if (abi.results.length > 0) {
    for (const result of abi.results) {
      if (result.regs.length === 0) forEachPointer(result.type, result.offset, mark);
    }
    w.bytes(map);
  }
  sym.size = w.length;
  sym.kind = SRODATA;
  sym.flags |= SymFlagLocal;
  // Assembly of this package refers to it by name.
  sym.flags2 |= SymFlagLinkname;
  obj.defineData(sym);
}
