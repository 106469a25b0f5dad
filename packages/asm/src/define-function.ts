/** Puts an assembled function into the object that is being built. */
import { ObjFunc, type ObjectBuilder } from '@go-ts/objfile/builder';
import { fipsKind } from '@go-ts/objfile/fips';
import {
  STEXT,
  SymFlagABIWrapper,
  SymFlagDupok,
  SymFlagNoSplit,
  SymFlagPkgInit,
  SymFlagReflectMethod,
} from '@go-ts/objfile/sym';
import { ABIWRAPPER, DUPOK, type FuncCode, NOSPLIT, PKGINIT, REFLECTMETHOD } from './func.ts';

/**
 * Defines `f.sym` as text with the code, relocations and tables of `f`. Marker relocations that the
 * symbol has already stay in front. Debug information is for the caller to add to `f.sym.func`.
 */
export function defineFunction(builder: ObjectBuilder, f: FuncCode): void {
  const { sym, flags } = f;
  const func = sym.func ?? new ObjFunc();
  func.args = f.args;
  func.locals = f.locals;
  func.funcID = f.funcId;
  func.funcFlag = f.funcFlag;
  func.startLine = f.startLine;
  func.files = [...f.files];
  func.inlTree = [...f.inlineTree];
  func.pcsp = builder.pcTable(f.pcsp);
  func.pcfile = builder.pcTable(f.pcfile);
  func.pcline = builder.pcTable(f.pcline);
  func.pcinline = builder.pcTable(f.pcinline);
  func.pcdata = f.pcdata.map((table) => builder.pcTable(table));
  func.funcdata = [...f.funcdata];
  sym.func = func;
  sym.kind = fipsKind(sym.name, STEXT, builder.pkgPath, sym.isStatic);
  sym.align = f.align;
  sym.setData(f.code);
  for (const reloc of f.relocs) sym.relocs.push(reloc);
  if ((flags & DUPOK) !== 0) sym.flags |= SymFlagDupok;
  if ((flags & NOSPLIT) !== 0) sym.flags |= SymFlagNoSplit;
  if ((flags & REFLECTMETHOD) !== 0) sym.flags |= SymFlagReflectMethod;
  if ((flags & ABIWRAPPER) !== 0) sym.flags2 |= SymFlagABIWrapper;
  if ((flags & PKGINIT) !== 0) sym.flags2 |= SymFlagPkgInit;
  builder.defineText(sym);
}
