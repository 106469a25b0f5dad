/**
 * Typed function bodies after decoding: what inlining and escape analysis work on and what ssa/build
 * lowers.
 *
 * Concrete: every type is canonical, generics are instantiated, identifiers are resolved, constants
 * folded, implicit conversions, dereferences, promoted-field paths and variadic slices explicit,
 * range-over-func bodies already closures. Not yet lowered: control statements, maps, channels,
 * strings, interfaces and defers stay whole, because escape analysis wants to see them and ssa/build
 * can choose the lowering by context.
 *
 * Expressions are one class, statements another, so a walk reads `n.op` from two shapes only. Which
 * fields an op uses is written beside its number; the others keep their defaults. Operand order in
 * the record is evaluation order.
 */
import type { FuncSym, GlobalSym } from './sym.ts';
import type { Type } from './type.ts';

export const ExprOp = {
  /** `value`: boolean, bigint (integers), number (floats), Complex, or string of bytes (latin1). */
  Const: 1,
  /** Zero value of `type`; nil is the Zero of its type. */
  Zero: 2,
  /** `local` */
  Local: 3,
  /** `global` */
  Global: 4,
  /** `func` used as a value, also method expressions (receiver is the first parameter). */
  FuncRef: 5,
  /** `closure`: a function literal; captures are closure.captures. `esc` */
  Closure: 6,

  /** x; integers, floats, complex. */
  Neg: 10,
  /** ^x */
  Com: 11,
  /** !x */
  Not: 12,
  Add: 13,
  Sub: 14,
  Mul: 15,
  Div: 16,
  Mod: 17,
  And: 18,
  Or: 19,
  Xor: 20,
  AndNot: 21,
  /** x << y; y is of any integer type, a negative one panics. */
  Shl: 22,
  Shr: 23,
  /** String concatenation of `list` (two or more). `esc` of the result's bytes. */
  Concat: 24,
  /** Comparisons of x and y of one type, result bool; one of them may be a Zero (nil). */
  Eq: 25,
  Ne: 26,
  Lt: 27,
  Le: 28,
  Gt: 29,
  Ge: 30,
  AndAnd: 31,
  OrOr: 32,

  /** &x, x addressable. `esc` if x is a composite literal: where the literal is allocated. */
  Addr: 40,
  /** *x */
  Deref: 41,
  /** x.fields[index]; x is a struct value or an addressable struct. */
  Field: 42,
  /** x[y]: array (value or addressable), slice or string. `bounded` if y is known in range. */
  Index: 43,
  /** x[y] of a map; with `commaOk` the type is the tuple (elem, bool). */
  MapIndex: 44,
  /** x[list[0]:list[1]:list[2]], null where absent; x is a string, slice or pointer to array. */
  Slice: 45,

  /** Call of `func` with `list`; variadic arguments already packed. */
  CallStatic: 50,
  /** Call of the func value x with `list`. */
  CallFunc: 51,
  /** Call of method `index` (of x.type.methods) of interface x with `list`. */
  CallInter: 52,
  /** Call of a builtin: `builtin`, `list`; see Builtin. `esc` where it allocates. */
  CallBuiltin: 53,
  /**
   * `stmts`, then the results in `results` (locals): an inlined call, `index` being its node in
   * Func.inlTree, or a mere sequence, `index` −1.
   */
  InlinedCall: 54,

  /** T(x) between any convertible types, interface conversions included. `esc` if it may allocate. */
  Convert: 60,
  /** x.(type), known to hold if `bounded`; with `commaOk` the type is the tuple (T, bool) and `target` is T. */
  TypeAssert: 61,
  /** Struct literal: `list[i]` is the value of field `indices[i]`, the others are zero. */
  StructLit: 62,
  /** Array literal: `list[i]` is the value at `indices[i]`. */
  ArrayLit: 63,
  /** Slice literal of length `index`: elements as in ArrayLit. `spread`: of a variadic call. `esc`: the array. */
  SliceLit: 64,
  /** Map literal: `list` alternates keys and values. `esc` */
  MapLit: 65,
  /** x.m as a value: bound method `func` of a concrete x, whose receiver it is. `esc` */
  MethodValue: 66,
  /** x.m of interface x, method `index`. `esc` */
  MethodValueInter: 67,
  /** <-x; with `commaOk` the type is the tuple (elem, bool). */
  Recv: 68,
} as const;
export type ExprOp = (typeof ExprOp)[keyof typeof ExprOp];

export const Builtin = {
  /** list: slice, then values. `spread`: the last one is a slice (or string) to append whole. */
  Append: 1,
  Cap: 2,
  Clear: 3,
  Close: 4,
  Complex: 5,
  Copy: 6,
  Delete: 7,
  Imag: 8,
  Len: 9,
  /** type is what is made; list: sizes (none, one or two). */
  Make: 10,
  Max: 11,
  Min: 12,
  /** type is the pointer type; list: initial value or nothing. */
  New: 13,
  Panic: 14,
  Print: 15,
  Println: 16,
  Real: 17,
  Recover: 18,
  /** unsafe.Add(ptr, n) and so on. */
  UnsafeAdd: 19,
  UnsafeSlice: 20,
  UnsafeSliceData: 21,
  UnsafeString: 22,
  UnsafeStringData: 23,
} as const;
export type Builtin = (typeof Builtin)[keyof typeof Builtin];

/** Where escape analysis puts what an expression allocates. Heap until it has said otherwise. */
export const Esc = {
  Heap: 0,
  Stack: 1,
  /** A slice made of a string that is only read: it may be the string's own memory. */
  Alias: 2,
} as const;
export type Esc = (typeof Esc)[keyof typeof Esc];

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export type ConstValue = boolean | bigint | number | string | Complex;

export class Expr {
  op: ExprOp;
  /** Index into the function's position table (`Func.positions`). */
  pos: number;
  type: Type;
  x: Expr | null = null;
  y: Expr | null = null;
  list: (Expr | null)[] = noExprs;
  value: ConstValue | null = null;
  local: LocalVar | null = null;
  global: GlobalSym | null = null;
  func: FuncSym | null = null;
  closure: Func | null = null;
  /** Type asserted by a comma-ok TypeAssert. */
  target: Type | null = null;
  index = 0;
  indices: readonly number[] = noNumbers;
  builtin: Builtin | 0 = 0;
  esc: Esc = Esc.Heap;
  commaOk: boolean = false;
  spread: boolean = false;
  bounded: boolean = false;
  /**
   * Convert, Addr, Deref: in the source, and so in messages; the others come from the compiler. A
   * conversion that the user wrote blocks FMA fusion.
   */
  explicit: boolean = false;
  stmts: Stmt[] = noStmts;
  results: LocalVar[] = noLocals;

  constructor(op: ExprOp, pos: number, type: Type) {
    this.op = op;
    this.pos = pos;
    this.type = type;
  }
}

export const StmtOp = {
  /** x for its effects. */
  Expr: 1,
  /** lhs = rhs, in parallel if several; one rhs of tuple type may fill several lhs. null lhs is `_`. */
  Assign: 2,
  /** lhs[0] `arith`= rhs[0], the operand of lhs evaluated once. */
  AssignOp: 3,
  /** Declares `local`, zero unless followed by an Assign; starts a new instance in loops. */
  Decl: 4,
  /** `body` in a scope of its own. */
  Block: 5,
  /** x, body, orelse */
  If: 6,
  /** init, x (null: for ever), post, body; `label`; `perIteration` variables of a 3-clause loop. */
  For: 7,
  /** Over x (int, array, pointer to array, slice, string, map, chan); lhs: key, value or null. */
  Range: 8,
  /** Expression switch: x (null: true), `cases`. */
  Switch: 9,
  /** Type switch on interface x; `cases` have types. */
  TypeSwitch: 10,
  Select: 11,
  /**
   * rhs are the results; none with named results means as they stand. One call of tuple type may
   * stand for several.
   */
  Return: 12,
  /** `label` '' is the innermost. */
  Break: 13,
  Continue: 14,
  Goto: 15,
  /** `label`: a jump target; labelled loops and switches carry the label themselves too. */
  Label: 16,
  Fallthrough: 17,
  /** x is a call. */
  Go: 18,
  Defer: 19,
  /** x <- y (lhs[0] <- rhs[0]). */
  Send: 20,
} as const;
export type StmtOp = (typeof StmtOp)[keyof typeof StmtOp];

/** A clause of switch, type switch or select. */
export class Case {
  pos: number;
  /** Switch: the values (none: default). */
  exprs: Expr[] = noExprs as Expr[];
  /** TypeSwitch: types of the clause; null is `case nil`. */
  types: (Type | null)[] = [];
  isDefault: boolean = false;
  /** TypeSwitch: the clause's own variable, if the switch binds one and it is used. */
  local: LocalVar | null = null;
  /** Select: a Send statement, an Expr statement or Assign whose rhs is a Recv; null for default. */
  comm: Stmt | null = null;
  body: Stmt[] = noStmts;

  constructor(pos: number) {
    this.pos = pos;
  }
}

export class Stmt {
  op: StmtOp;
  pos: number;
  x: Expr | null = null;
  lhs: (Expr | null)[] = noExprs;
  rhs: Expr[] = noExprs as Expr[];
  arith: ExprOp | 0 = 0;
  local: LocalVar | null = null;
  label: string = '';
  init: Stmt[] = noStmts;
  post: Stmt[] = noStmts;
  body: Stmt[] = noStmts;
  orelse: Stmt[] = noStmts;
  cases: Case[] = noCases;
  perIteration: LocalVar[] = noLocals;
  /** Assign and Range: the variables on the left are declared by this statement. */
  define: boolean = false;
  /** Range: key and value variables are new in each iteration (go ≥ 1.22). */
  distinct: boolean = false;
  /** Defer: pushed on the frame of an enclosing function: this is the token (range-over-func). */
  token: LocalVar | null = null;
  /** Defer: may be open-coded or on the stack (escape analysis: not in a loop). */
  esc: Esc = Esc.Heap;

  constructor(op: StmtOp, pos: number) {
    this.op = op;
    this.pos = pos;
  }
}

export const LocalClass = { Param: 1, Result: 2, Auto: 3, Capture: 4 } as const;
export type LocalClass = (typeof LocalClass)[keyof typeof LocalClass];

export class LocalVar {
  name: string;
  type: Type;
  pos: number;
  class: LocalClass;
  /** Dense within its function. */
  index = 0;
  /** Its address is taken explicitly, or by a method call, slicing or capture by reference. */
  addrTaken: boolean = false;
  /** Assigned anywhere but at its declaration. */
  reassigned: boolean = false;
  /** Captured by some function literal. */
  captured: boolean = false;
  /** Capture: the variable of the enclosing function that this one stands for. */
  outer: LocalVar | null = null;
  /** Capture: held by value in the closure object (contract §4.6); else a pointer to the variable. */
  byValue: boolean = false;
  /** Set by escape analysis: lives in the heap (`moved to heap`). */
  onHeap: boolean = false;
  used: boolean = true;
  /** Package in which it is declared, for messages. */
  pkgPath: string = '';

  constructor(name: string, type: Type, pos: number, cls: LocalClass) {
    this.name = name;
    this.type = type;
    this.pos = pos;
    this.class = cls;
  }
}

/** One entry of a function's position table. `inl` is an index into Func.inlTree, −1 for none. */
export interface SourcePos {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly inl: number;
}

/** One inlined call: which function, called from where (a position index of the caller). */
export interface InlinedCallSite {
  readonly parent: number;
  readonly func: FuncSym;
  readonly pos: number;
  /** First line of what is called. */
  readonly startLine: number;
}

/** A function body, decoded; owned by one compilation and rewritten in place by ir passes. */
export class Func {
  sym: FuncSym;
  /** Receiver first. A parameter `_` or without a name is present, with name '' or '_'. */
  params: LocalVar[] = [];
  results: LocalVar[] = [];
  /** All variables: parameters, results, captures and the others; `index` is the place here. */
  locals: LocalVar[] = [];
  /** Variables taken from the enclosing function, in closure layout order. */
  captures: LocalVar[] = [];
  body: Stmt[] = [];
  /** The function whose literal this is. */
  outer: Func | null = null;
  closures: Func[] = [];
  positions: SourcePos[] = [];
  inlTree: InlinedCallSite[] = [];
  /** First line of the declaration. */
  pos = 0;
  endPos = 0;
  hasDefer: boolean = false;
  hasRecover: boolean = false;
  /** Made by the compiler: FuncID Wrapper, invisible to recover and tracebacks. */
  isWrapper: boolean = false;
  /** The function that a go or defer wrapper calls, if it is known: what execution traces show. */
  wrapped: FuncSym | null = null;
  /** Package initialiser (attribute PKGINIT). */
  isPkgInit: boolean = false;
  /** Uses the closure context register. */
  needCtxt: boolean = false;
  /** ABI (0, 1) of whose entry this is, if it is a wrapper around the other's; else -1. */
  abiWrapper: -1 | 0 | 1 = -1;
  /** The body of a range-over-func loop, called by the iterator. */
  isRangeBody: boolean = false;
  /** Contains deferrangefunc: defers are run by deferreturn, never open-coded. */
  hasRangeFuncDefer: boolean = false;

  constructor(sym: FuncSym) {
    this.sym = sym;
  }
}

const noExprs: (Expr | null)[] = [];
const noNumbers: readonly number[] = [];
const noStmts: Stmt[] = [];
const noLocals: LocalVar[] = [];
const noCases: Case[] = [];
