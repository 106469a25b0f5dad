/**
 * The grammar of serialised function bodies.
 *
 * A body is one top-level function with its literals, typed and generic: identifiers are resolved,
 * constants folded, implicit conversions and promoted-field paths explicit, variadic arguments
 * packed, range-over-func bodies and the calls of go and defer already closures. What depends on
 * type arguments is left to the reader: substituting types, finding methods of type parameters,
 * dereferencing pointers that a selector or index implies, representing constants.
 *
 *     body     = position table, function
 *     position = (line delta << 1 | other file):varint [file:string] column
 *     function = flags pos endpos  name-suffix  locals  #params #results  closures-in-order  stmts
 *     local    = name type pos class flags [outer local number, for captures]
 *     expr     = op:byte pos parts      stmt = op:byte pos parts
 *
 * `pos` is a number in the body's position table. Lists are preceded by their length; a null
 * expression is op 0. Types, strings and objects are references into the unit's sections. Locals are
 * numbered within their function.
 */

export const BodyFlag = {
  HasDefer: 1,
  HasRecover: 2,
  Wrapper: 4,
  RangeFuncDefer: 8,
  /** The body of a range-over-func loop. */
  RangeBody: 16,
} as const;

export const LocalFlag = { AddrTaken: 1, Reassigned: 2, Captured: 4 } as const;

export const X = {
  None: 0,
  /** type, value */
  Const: 1,
  /** type */
  Zero: 2,
  /** local */
  Local: 3,
  /** obj */
  Global: 4,
  /** obj, type arguments */
  Func: 5,
  /** type, name, package, type arguments: T.m */
  MethodExpr: 6,
  /** function */
  Closure: 7,
  /** ExprOp, x */
  Unary: 8,
  /** ExprOp, x, y */
  Binary: 9,
  /** ExprOp, type, x, y: comparisons, && and || */
  Compare: 10,
  /** type, list */
  Concat: 11,
  /** x */
  Addr: 12,
  /** x */
  Deref: 13,
  /** x, path of field numbers */
  Field: 14,
  /** x, index */
  Index: 15,
  /** x, key, comma-ok */
  MapIndex: 16,
  /** x, three expressions or None */
  Slice: 17,
  /** obj, type arguments, arguments */
  CallFunc: 18,
  /** receiver, path of field numbers, name, package, type arguments, arguments */
  CallMethod: 19,
  /** function value, arguments */
  CallValue: 20,
  /** Builtin, type, flags (1 spread), arguments */
  CallBuiltin: 21,
  /** type, flags (1 explicit), x */
  Convert: 22,
  /** type, flags (1 comma-ok), x */
  Assert: 23,
  /** type, keys by kind, values: the type's underlying kind decides how it is read */
  CompositeLit: 24,
  /** receiver, path, name, package */
  MethodValue: 25,
  /** flags (1 comma-ok), x */
  Recv: 26,
  /** statements, locals that hold the results: a call whose arguments are another call's results */
  Sequence: 27,
  /** type, list: the slice of a variadic parameter */
  Variadic: 28,
  /** 0 size 1 align, type T; the constant's type */
  SizeOf: 29,
  /** type of the struct, path, the constant's type */
  OffsetOf: 30,
  /** name of a runtime entry point, arguments */
  CallRuntime: 31,
} as const;

export const S = {
  None: 0,
  Expr: 1,
  Assign: 2,
  AssignOp: 3,
  Decl: 4,
  Block: 5,
  If: 6,
  For: 7,
  Range: 8,
  Switch: 9,
  TypeSwitch: 10,
  Select: 11,
  Return: 12,
  Break: 13,
  Continue: 14,
  Goto: 15,
  Label: 16,
  Fallthrough: 17,
  Go: 18,
  Defer: 19,
  Send: 20,
} as const;
