/**
 * What the checker found out, beside the tree: side tables by node id.
 *
 * `types`, `modes` and `values` describe expressions (modes by `Mode`; 0 where nothing is recorded).
 * A comma-ok expression used as such has a tuple type. Calls of built-in functions have a signature
 * made for the call as type of their `fun`, unless they are constant.
 * `defs` and `uses` hold what names declare and denote. The name of an embedded field does both, and
 * so do a method's receiver type parameters.
 */
import type { Value } from '../constant/value.ts';
import type { Expr, FuncLit, Name, Node, SelectorExpr } from '../syntax/nodes.ts';
import type { FuncObj, Obj, VarObj } from './object.ts';
import type { Mode } from './operand.ts';
import type { SignatureType, Type } from './type.ts';

export const SelectionKind = { Field: 0, MethodValue: 1, MethodExpr: 2 } as const;
export type SelectionKind = (typeof SelectionKind)[keyof typeof SelectionKind];

/** What a selector (other than a qualified name) selects. */
export interface Selection {
  readonly kind: SelectionKind;
  /** Type of the operand. */
  readonly recv: Type;
  readonly obj: VarObj | FuncObj;
  /** Embedded fields on the way, then the field, or the method in its type's list or set. */
  readonly index: readonly number[];
  /** A pointer is followed on the way. */
  readonly indirect: boolean;
}

/** An instantiation, given or inferred, of what a name denotes. */
export interface Instance {
  readonly targs: readonly Type[];
  readonly type: Type;
}

/** A variable, or several with one multi-valued expression, to be initialised. */
export interface Initializer {
  readonly lhs: readonly VarObj[];
  readonly rhs: Expr;
}

function nulls<T>(size: number): (T | null)[] {
  const list: (T | null)[] = [];
  list.length = size;
  return list.fill(null);
}

export class Info {
  readonly types: (Type | null)[];
  readonly modes: Uint8Array;
  readonly values: (Value | null)[];
  readonly defs: (Obj | null)[];
  readonly uses: (Obj | null)[];
  readonly selections: (Selection | null)[];
  /** By id of the name of the generic type or function. */
  readonly instances = new Map<number, Instance>();
  /** By id: packages of unnamed imports, variables of type switch clauses, unnamed parameters. */
  readonly implicits = new Map<number, Obj>();
  /** Package-level variables with initial values, in the order of initialisation. */
  initOrder: Initializer[] = [];
  /** By index of the file in the position table: its language version (`versionString`), or -1. */
  readonly fileVersions: number[] = [];

  /** For nodes with ids below `size`. */
  constructor(size: number) {
    this.types = nulls(size);
    this.modes = new Uint8Array(size);
    this.values = nulls(size);
    this.defs = nulls(size);
    this.uses = nulls(size);
    this.selections = nulls(size);
  }

  /** Nodes that the checker makes itself have higher ids and are not recorded. */
  has(node: Node): boolean {
    return node.id < this.modes.length;
  }

  typeOf(x: Expr): Type | null {
    return this.types[x.id] ?? this.objectOf(x as Name)?.type ?? null;
  }

  modeOf(x: Expr): Mode {
    return (this.modes[x.id] ?? 0) as Mode;
  }

  valueOf(x: Expr): Value | null {
    return this.values[x.id] ?? null;
  }

  /** What a name declares or denotes. */
  objectOf(name: Name): Obj | null {
    return this.defs[name.id] ?? this.uses[name.id] ?? null;
  }

  selectionOf(x: SelectorExpr): Selection | null {
    return this.selections[x.id] ?? null;
  }

  signatureOfLiteral(x: FuncLit): SignatureType {
    return this.types[x.id] as SignatureType;
  }
}
