/**
 * What describing types at run time needs from its surroundings.
 */
import type { ObjectBuilder, ObjSym } from '@go-ts/objfile';
import type { Func } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import type { TypeTable } from '../ir/type-table.ts';
import type { Type } from '../ir/type.ts';

/** A method in the method set of a type, with the functions that its table slots name. */
export interface MethodEntry {
  readonly name: string;
  /** Import path that qualifies an unexported name; '' if exported. */
  readonly pkgPath: string;
  /** Signature without receiver. */
  readonly type: Type;
  /** Takes the receiver as a pointer-shaped word (interface calls). */
  readonly ifn: FuncSym;
  /** Takes the receiver as it is (reflection). */
  readonly tfn: FuncSym;
}

export interface TypeDataEnv {
  readonly builder: ObjectBuilder;
  readonly types: TypeTable;
  /** Import path of the package being compiled. */
  readonly pkgPath: string;
  /** The method set of a non-interface type, sorted: exported first, then by name, then by path. */
  methodSet(t: Type): readonly MethodEntry[];
  /** The ABIInternal symbol of a function; the function is compiled if this package must define it. */
  textSym(f: FuncSym): ObjSym;
  runtimeFunc(name: string): FuncSym;
  /** Creates the symbol of a function made here (dup-ok, without source). */
  newFuncSym(name: string, type: Type): FuncSym;
  /** Hands over the body of a function made here, to be compiled. */
  addFunc(f: Func): void;
}
