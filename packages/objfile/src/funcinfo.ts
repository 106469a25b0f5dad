/**
 * The FuncInfo record: what the linker must know of a function besides its code.
 *
 * | offset | field |
 * | 0 u32 | argument bytes, 0x80000000 if unknown | 4 u32 | bytes of locals |
 * | 8 u8 | FuncID | 9 u8 | FuncFlag | 10 | two zero bytes | 12 i32 | line of the `func` |
 * | 16 u32 | number of files, then so many u32 indices in the object's file table |
 * | … u32 | number of inlined calls, then per call 24 bytes: parent i32, file u32, line i32, symbol
 * | | reference 8, parent pc i32 |
 *
 * GOROOT: src/cmd/internal/goobj/funcinfo.go.
 */
import { type ByteWriter, u32At } from './bytes.ts';
import { type SymRef } from './sym.ts';

export const ArgsSizeUnknown = 0x8000_0000;

export const FuncFlagTopFrame = 1;
export const FuncFlagSPWrite = 2;
export const FuncFlagAsm = 4;

export interface InlTreeNode {
  /** Index of the enclosing inlined call, or -1. */
  readonly parent: number;
  readonly file: number;
  readonly line: number;
  readonly func: SymRef;
  /** Offset in the outermost function of an instruction at the place of the call. */
  readonly parentPC: number;
}

export interface FuncInfo {
  readonly args: number;
  readonly locals: number;
  readonly funcID: number;
  readonly funcFlag: number;
  readonly startLine: number;
  readonly files: readonly number[];
  readonly inlTree: readonly InlTreeNode[];
}

export function writeFuncInfo(w: ByteWriter, info: FuncInfo): void {
  w.u32(info.args);
  w.u32(info.locals);
  w.u8(info.funcID);
  w.u8(info.funcFlag);
  w.u16(0);
  w.u32(info.startLine);
  w.u32(info.files.length);
  for (const file of info.files) w.u32(file);
  w.u32(info.inlTree.length);
  for (const call of info.inlTree) {
    w.u32(call.parent);
    w.u32(call.file);
    w.u32(call.line);
    w.u32(call.func.pkgIdx);
    w.u32(call.func.symIdx);
    w.u32(call.parentPC);
  }
}

export function readFuncInfo(data: Uint8Array): FuncInfo {
  const files: number[] = [];
  const nfile = u32At(data, 16);
  let at = 20;
  for (let i = 0; i < nfile; i++, at += 4) files.push(u32At(data, at));
  const ninl = u32At(data, at);
  at += 4;
  const inlTree: InlTreeNode[] = [];
  for (let i = 0; i < ninl; i++, at += 24) {
    inlTree.push({
      parent: u32At(data, at) | 0,
      file: u32At(data, at + 4),
      line: u32At(data, at + 8) | 0,
      func: { pkgIdx: u32At(data, at + 12), symIdx: u32At(data, at + 16) },
      parentPC: u32At(data, at + 20) | 0,
    });
  }
  return {
    args: u32At(data, 0),
    locals: u32At(data, 4),
    funcID: data[8]!,
    funcFlag: data[9]!,
    startLine: u32At(data, 12) | 0,
    files,
    inlTree,
  };
}
