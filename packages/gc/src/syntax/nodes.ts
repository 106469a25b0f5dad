/**
 * The syntax tree.
 *
 * A node is a record of one of six classes, so that a load of `n.kind` sees few hidden classes:
 * leaves (names, literals), operations on operands, literals and types, simple statements, compound
 * statements and clauses, declarations (files and fields have their own, and are not mixed with
 * the others). The classes are private: the rest of the compiler sees the readonly interfaces below,
 * discriminated by `kind`, and makes nodes by the `newX` functions. After parsing nothing changes.
 *
 * Every node has an `id`, dense from 1 in its package (all its files share one `NodeIds`), so what
 * later phases know about a node lives beside the tree in arrays. One node may occur twice: in
 * `a, b int` both fields have the same type node.
 *
 * `pos` is that of the token which makes a node what it is: the operator of a binary operation, the
 * `(` of a call, the `.` of a selector, the `[` of an index, the `:` of a key-value pair; the first
 * token otherwise. `startPos` and `endPos` (positions.ts) give extents.
 * Parentheses are kept only where a later error depends on them.
 *
 * Spec: "Types" to "Packages".   GOROOT: src/cmd/compile/internal/syntax/nodes.go (node set and
 * positions, on which the positions of diagnostics depend).
 */
import { type Pos } from './pos.ts';
import { type Linkname, type Pragma } from './pragma.ts';
import { type LitKind, Operator, type Token } from './token.ts';

/** Hands out node ids: one counter for a package. */
export class NodeIds {
  /** The id that the next node will get; also the length for side tables. */
  next = 1;
}

export const NodeKind = {
  // leaves
  BadExpr: 1,
  Name: 2,
  BasicLit: 3,
  // operations on operands
  ParenExpr: 4,
  SelectorExpr: 5,
  IndexExpr: 6,
  SliceExpr: 7,
  AssertExpr: 8,
  TypeSwitchGuard: 9,
  Operation: 10,
  CallExpr: 11,
  // composite literals, lists, types
  CompositeLit: 12,
  KeyValueExpr: 13,
  FuncLit: 14,
  ListExpr: 15,
  ArrayType: 16,
  SliceType: 17,
  DotsType: 18,
  StructType: 19,
  InterfaceType: 20,
  FuncType: 21,
  MapType: 22,
  ChanType: 23,
  Field: 24,
  // simple statements
  EmptyStmt: 25,
  ExprStmt: 26,
  SendStmt: 27,
  AssignStmt: 28,
  RangeClause: 29,
  BranchStmt: 30,
  CallStmt: 31,
  ReturnStmt: 32,
  // compound statements and clauses
  LabeledStmt: 33,
  BlockStmt: 34,
  DeclStmt: 35,
  IfStmt: 36,
  ForStmt: 37,
  SwitchStmt: 38,
  SelectStmt: 39,
  CaseClause: 40,
  CommClause: 41,
  // declarations
  ImportDecl: 42,
  ConstDecl: 43,
  TypeDecl: 44,
  VarDecl: 45,
  FuncDecl: 46,
  File: 47,
} as const;
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];

/** By node kind: its name, for dumps and internal errors. */
export const nodeKindNames: readonly string[] = ['', ...Object.keys(NodeKind)];

type K = typeof NodeKind;

interface Base {
  readonly id: number;
  readonly pos: Pos;
}

// ---- expressions and types

/** Stands for an expression that could not be parsed; the error has been reported. */
export interface BadExpr extends Base {
  readonly kind: K['BadExpr'];
}
export interface Name extends Base {
  readonly kind: K['Name'];
  readonly value: string;
}
export interface BasicLit extends Base {
  readonly kind: K['BasicLit'];
  /** The source text, quotes, underscores and all. */
  readonly value: string;
  readonly lit: LitKind;
  /** The text is malformed; the error has been reported. */
  readonly bad: boolean;
}
/** `(x)` */
export interface ParenExpr extends Base {
  readonly kind: K['ParenExpr'];
  readonly x: Expr;
}
/** `x.sel` */
export interface SelectorExpr extends Base {
  readonly kind: K['SelectorExpr'];
  readonly x: Expr;
  readonly sel: Name;
}
/** `x[index]`; for several type arguments the index is a ListExpr. */
export interface IndexExpr extends Base {
  readonly kind: K['IndexExpr'];
  readonly x: Expr;
  readonly index: Expr;
}
/** `x[i:j:k]`; always three entries. */
export interface SliceExpr extends Base {
  readonly kind: K['SliceExpr'];
  readonly x: Expr;
  readonly indices: readonly (Expr | null)[];
  /** Has a second colon. */
  readonly full: boolean;
}
/** `x.(type_)` */
export interface AssertExpr extends Base {
  readonly kind: K['AssertExpr'];
  readonly x: Expr;
  readonly type: Expr;
}
/** `x.(type)` or `lhs := x.(type)` */
export interface TypeSwitchGuard extends Base {
  readonly kind: K['TypeSwitchGuard'];
  readonly lhs: Name | null;
  readonly x: Expr;
}
/** `x op y`, or `op x` with y null. Pointer types `*x` and terms `~x` are unary operations. */
export interface Operation extends Base {
  readonly kind: K['Operation'];
  readonly op: Operator;
  readonly x: Expr;
  readonly y: Expr | null;
}
/** `fun(args...)` */
export interface CallExpr extends Base {
  readonly kind: K['CallExpr'];
  readonly fun: Expr;
  readonly args: readonly Expr[];
  /** The last argument is followed by `...`. */
  readonly hasDots: boolean;
}
/** `type{elems}`; type is null where it is elided. */
export interface CompositeLit extends Base {
  readonly kind: K['CompositeLit'];
  readonly type: Expr | null;
  readonly elems: readonly Expr[];
  /** How many elements are KeyValueExpr. */
  readonly nKeys: number;
  readonly rbrace: Pos;
}
/** `key: value` */
export interface KeyValueExpr extends Base {
  readonly kind: K['KeyValueExpr'];
  readonly key: Expr;
  readonly value: Expr;
}
/** `func type body` */
export interface FuncLit extends Base {
  readonly kind: K['FuncLit'];
  readonly type: FuncType;
  readonly body: BlockStmt;
}
/** `a, b, c`: at least two. */
export interface ListExpr extends Base {
  readonly kind: K['ListExpr'];
  readonly elems: readonly Expr[];
}
/** `[len]elem`; len is null for `[...]elem`. */
export interface ArrayType extends Base {
  readonly kind: K['ArrayType'];
  readonly len: Expr | null;
  readonly elem: Expr;
}
/** `[]elem` */
export interface SliceType extends Base {
  readonly kind: K['SliceType'];
  readonly elem: Expr;
}
/** `...elem` */
export interface DotsType extends Base {
  readonly kind: K['DotsType'];
  readonly elem: Expr;
}
export interface StructType extends Base {
  readonly kind: K['StructType'];
  readonly fields: readonly Field[];
  /** Tag of the field with the same index; shorter than `fields` when the last ones have none. */
  readonly tags: readonly (BasicLit | null)[];
}
/** Methods (name and FuncType) and embedded elements (name null), in source order. */
export interface InterfaceType extends Base {
  readonly kind: K['InterfaceType'];
  readonly methods: readonly Field[];
}
export interface FuncType extends Base {
  readonly kind: K['FuncType'];
  readonly params: readonly Field[];
  readonly results: readonly Field[];
}
/** `map[key]value` */
export interface MapType extends Base {
  readonly kind: K['MapType'];
  readonly key: Expr;
  readonly value: Expr;
}
export interface ChanType extends Base {
  readonly kind: K['ChanType'];
  readonly dir: ChanDir;
  readonly elem: Expr;
}
/** One name of a field, parameter, result, type parameter or interface element list. */
export interface Field extends Base {
  readonly kind: K['Field'];
  /** null: unnamed parameter, embedded field or element. */
  readonly name: Name | null;
  /** The same node for all names declared together. */
  readonly type: Expr;
}

export const ChanDir = { Both: 0, SendOnly: 1, RecvOnly: 2 } as const;
export type ChanDir = (typeof ChanDir)[keyof typeof ChanDir];

export type TypeExpr =
  | ArrayType
  | SliceType
  | DotsType
  | StructType
  | InterfaceType
  | FuncType
  | MapType
  | ChanType;

export type Expr =
  | BadExpr
  | Name
  | BasicLit
  | ParenExpr
  | SelectorExpr
  | IndexExpr
  | SliceExpr
  | AssertExpr
  | TypeSwitchGuard
  | Operation
  | CallExpr
  | CompositeLit
  | KeyValueExpr
  | FuncLit
  | ListExpr
  | TypeExpr;

// ---- statements

export interface EmptyStmt extends Base {
  readonly kind: K['EmptyStmt'];
}
export interface ExprStmt extends Base {
  readonly kind: K['ExprStmt'];
  readonly x: Expr;
}
/** `chan <- value` */
export interface SendStmt extends Base {
  readonly kind: K['SendStmt'];
  readonly chan: Expr;
  readonly value: Expr;
}
/** `lhs op= rhs`; op Def is `:=`; rhs null is `lhs++` (op Add) or `lhs--` (op Sub). */
export interface AssignStmt extends Base {
  readonly kind: K['AssignStmt'];
  readonly op: Operator;
  readonly lhs: Expr;
  readonly rhs: Expr | null;
}
/** `lhs := range x`; only as the init of a ForStmt. */
export interface RangeClause extends Base {
  readonly kind: K['RangeClause'];
  readonly lhs: Expr | null;
  readonly def: boolean;
  readonly x: Expr;
}
/** break, continue, goto, fallthrough */
export interface BranchStmt extends Base {
  readonly kind: K['BranchStmt'];
  readonly tok: Token;
  readonly label: Name | null;
  /**
   * Where control goes: the labeled statement of a goto, the for, switch or select statement of a
   * break or continue. null for fallthrough, where it is wrong, and unless branches were checked.
   */
  readonly target: LabeledStmt | ForStmt | SwitchStmt | SelectStmt | null;
}
/** go, defer */
export interface CallStmt extends Base {
  readonly kind: K['CallStmt'];
  readonly tok: Token;
  /** Need not be a CallExpr if the program is wrong. */
  readonly call: Expr;
}
export interface ReturnStmt extends Base {
  readonly kind: K['ReturnStmt'];
  readonly results: Expr | null;
}
export interface LabeledStmt extends Base {
  readonly kind: K['LabeledStmt'];
  readonly label: Name;
  readonly stmt: Stmt;
}
export interface BlockStmt extends Base {
  readonly kind: K['BlockStmt'];
  readonly list: readonly Stmt[];
  readonly rbrace: Pos;
}
export interface DeclStmt extends Base {
  readonly kind: K['DeclStmt'];
  readonly decls: readonly Decl[];
}
export interface IfStmt extends Base {
  readonly kind: K['IfStmt'];
  readonly init: SimpleStmt | null;
  readonly cond: Expr;
  readonly body: BlockStmt;
  readonly else: IfStmt | BlockStmt | null;
}
export interface ForStmt extends Base {
  readonly kind: K['ForStmt'];
  readonly init: SimpleStmt | null;
  readonly cond: Expr | null;
  readonly post: SimpleStmt | null;
  readonly body: BlockStmt;
}
export interface SwitchStmt extends Base {
  readonly kind: K['SwitchStmt'];
  readonly init: SimpleStmt | null;
  readonly tag: Expr | null;
  readonly clauses: readonly CaseClause[];
  readonly rbrace: Pos;
}
export interface SelectStmt extends Base {
  readonly kind: K['SelectStmt'];
  readonly clauses: readonly CommClause[];
  readonly rbrace: Pos;
}
export interface CaseClause extends Base {
  readonly kind: K['CaseClause'];
  /** null for default. */
  readonly cases: Expr | null;
  readonly body: readonly Stmt[];
  readonly colon: Pos;
}
export interface CommClause extends Base {
  readonly kind: K['CommClause'];
  /** A send or receive statement (else an error for the checker); null for default. */
  readonly comm: SimpleStmt | null;
  readonly body: readonly Stmt[];
  readonly colon: Pos;
}

export type SimpleStmt = EmptyStmt | ExprStmt | SendStmt | AssignStmt | RangeClause;

export type Stmt =
  | SimpleStmt
  | BranchStmt
  | CallStmt
  | ReturnStmt
  | LabeledStmt
  | BlockStmt
  | DeclStmt
  | IfStmt
  | ForStmt
  | SwitchStmt
  | SelectStmt;

// ---- declarations

/** Shared by the declarations in one pair of parentheses. */
export class Group {
  readonly pos: Pos;

  constructor(pos: Pos) {
    this.pos = pos;
  }
}

export interface ImportDecl extends Base {
  readonly kind: K['ImportDecl'];
  readonly group: Group | null;
  readonly pragma: Pragma | null;
  /** A name, `_` or `.`; null without one. */
  readonly localName: Name | null;
  /** null only where the program is wrong. */
  readonly path: BasicLit | null;
}
export interface ConstDecl extends Base {
  readonly kind: K['ConstDecl'];
  readonly group: Group | null;
  readonly pragma: Pragma | null;
  readonly names: readonly Name[];
  readonly type: Expr | null;
  readonly values: Expr | null;
}
export interface TypeDecl extends Base {
  readonly kind: K['TypeDecl'];
  readonly group: Group | null;
  readonly pragma: Pragma | null;
  readonly name: Name;
  readonly tparams: readonly Field[];
  readonly alias: boolean;
  readonly type: Expr;
}
export interface VarDecl extends Base {
  readonly kind: K['VarDecl'];
  readonly group: Group | null;
  readonly pragma: Pragma | null;
  readonly names: readonly Name[];
  readonly type: Expr | null;
  readonly values: Expr | null;
}
export interface FuncDecl extends Base {
  readonly kind: K['FuncDecl'];
  readonly pragma: Pragma | null;
  readonly recv: Field | null;
  readonly name: Name;
  /** Also of a method: generic methods. */
  readonly tparams: readonly Field[];
  readonly type: FuncType;
  /** null: implemented elsewhere. */
  readonly body: BlockStmt | null;
}
export type Decl = ImportDecl | ConstDecl | TypeDecl | VarDecl | FuncDecl;

export interface File extends Base {
  readonly kind: K['File'];
  readonly pragma: Pragma | null;
  readonly pkgName: Name;
  readonly decls: readonly Decl[];
  readonly eof: Pos;
  /** Position of the first byte. */
  readonly start: Pos;
  /** "go1.N" of the file's `//go:build` line; '' without one. */
  readonly goVersion: string;
  readonly linknames: readonly Linkname[];
  /** `//go:cgo_*` lines, as they are passed to the linker: words after `//go:`. */
  readonly cgoDirectives: readonly (readonly string[])[];
}

export type Node = Expr | Field | Stmt | CaseClause | CommClause | Decl | File;

// ---- records

class LeafRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  readonly value: string;
  lit: LitKind = 0;
  bad = false;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos, value: string) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
    this.value = value;
  }
}

class OperandRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  op: Operator = Operator.None;
  x: Expr | null = null;
  y: Expr | null = null;
  sel: Name | null = null;
  lhs: Name | null = null;
  index: Expr | null = null;
  indices: readonly (Expr | null)[] | null = null;
  full = false;
  type: Expr | null = null;
  fun: Expr | null = null;
  args: readonly Expr[] | null = null;
  hasDots = false;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
  }
}

class TypeRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  type: Expr | null = null;
  elems: readonly Expr[] | null = null;
  nKeys = 0;
  rbrace: Pos = 0;
  key: Expr | null = null;
  value: Expr | null = null;
  body: BlockStmt | null = null;
  len: Expr | null = null;
  elem: Expr | null = null;
  fields: readonly Field[] | null = null;
  tags: readonly (BasicLit | null)[] | null = null;
  methods: readonly Field[] | null = null;
  params: readonly Field[] | null = null;
  results: readonly Field[] | null = null;
  dir: ChanDir = 0;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
  }
}

class FieldRecord {
  readonly kind: NodeKind = NodeKind.Field;
  readonly id: number;
  readonly pos: Pos;
  readonly name: Name | null;
  readonly type: Expr;

  constructor(ids: NodeIds, pos: Pos, name: Name | null, type: Expr) {
    this.id = ids.next++;
    this.pos = pos;
    this.name = name;
    this.type = type;
  }
}

class SimpleRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  op: Operator = Operator.None;
  x: Expr | null = null;
  lhs: Expr | null = null;
  rhs: Expr | null = null;
  def = false;
  chan: Expr | null = null;
  value: Expr | null = null;
  tok: Token = 0;
  label: Name | null = null;
  target: Stmt | null = null;
  call: Expr | null = null;
  results: Expr | null = null;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
  }
}

class CompoundRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  label: Name | null = null;
  stmt: Stmt | null = null;
  list: readonly Stmt[] | null = null;
  rbrace: Pos = 0;
  decls: readonly Decl[] | null = null;
  init: SimpleStmt | null = null;
  cond: Expr | null = null;
  post: SimpleStmt | null = null;
  else: IfStmt | BlockStmt | null = null;
  body: BlockStmt | readonly Stmt[] | null = null;
  tag: Expr | null = null;
  clauses: readonly (CaseClause | CommClause)[] | null = null;
  cases: Expr | null = null;
  comm: SimpleStmt | null = null;
  colon: Pos = 0;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
  }
}

class DeclRecord {
  readonly kind: NodeKind;
  readonly id: number;
  readonly pos: Pos;
  group: Group | null = null;
  pragma: Pragma | null = null;
  localName: Name | null = null;
  path: BasicLit | null = null;
  names: readonly Name[] | null = null;
  type: Expr | null = null;
  values: Expr | null = null;
  name: Name | null = null;
  tparams: readonly Field[] | null = null;
  alias = false;
  recv: Field | null = null;
  body: BlockStmt | null = null;

  constructor(ids: NodeIds, kind: NodeKind, pos: Pos) {
    this.kind = kind;
    this.id = ids.next++;
    this.pos = pos;
  }
}

// ---- constructors: the only writers, and the only casts

export function newBadExpr(ids: NodeIds, pos: Pos): BadExpr {
  return new LeafRecord(ids, NodeKind.BadExpr, pos, '') as unknown as BadExpr;
}

export function newName(ids: NodeIds, pos: Pos, value: string): Name {
  return new LeafRecord(ids, NodeKind.Name, pos, value) as unknown as Name;
}

export function newBasicLit(
  ids: NodeIds,
  pos: Pos,
  value: string,
  lit: LitKind,
  bad: boolean,
): BasicLit {
  const n = new LeafRecord(ids, NodeKind.BasicLit, pos, value);
  n.lit = lit;
  n.bad = bad;
  return n as unknown as BasicLit;
}

export function newParenExpr(ids: NodeIds, pos: Pos, x: Expr): ParenExpr {
  const n = new OperandRecord(ids, NodeKind.ParenExpr, pos);
  n.x = x;
  return n as unknown as ParenExpr;
}

export function newSelectorExpr(ids: NodeIds, pos: Pos, x: Expr, sel: Name): SelectorExpr {
  const n = new OperandRecord(ids, NodeKind.SelectorExpr, pos);
  n.x = x;
  n.sel = sel;
  return n as unknown as SelectorExpr;
}

export function newIndexExpr(ids: NodeIds, pos: Pos, x: Expr, index: Expr): IndexExpr {
  const n = new OperandRecord(ids, NodeKind.IndexExpr, pos);
  n.x = x;
  n.index = index;
  return n as unknown as IndexExpr;
}

export function newSliceExpr(
  ids: NodeIds,
  pos: Pos,
  x: Expr,
  indices: readonly (Expr | null)[],
  full: boolean,
): SliceExpr {
  const n = new OperandRecord(ids, NodeKind.SliceExpr, pos);
  n.x = x;
  n.indices = indices;
  n.full = full;
  return n as unknown as SliceExpr;
}

export function newAssertExpr(ids: NodeIds, pos: Pos, x: Expr, type: Expr): AssertExpr {
  const n = new OperandRecord(ids, NodeKind.AssertExpr, pos);
  n.x = x;
  n.type = type;
  return n as unknown as AssertExpr;
}

export function newTypeSwitchGuard(
  ids: NodeIds,
  pos: Pos,
  lhs: Name | null,
  x: Expr,
): TypeSwitchGuard {
  const n = new OperandRecord(ids, NodeKind.TypeSwitchGuard, pos);
  n.lhs = lhs;
  n.x = x;
  return n as unknown as TypeSwitchGuard;
}

export function newOperation(
  ids: NodeIds,
  pos: Pos,
  op: Operator,
  x: Expr,
  y: Expr | null,
): Operation {
  const n = new OperandRecord(ids, NodeKind.Operation, pos);
  n.op = op;
  n.x = x;
  n.y = y;
  return n as unknown as Operation;
}

export function newCallExpr(
  ids: NodeIds,
  pos: Pos,
  fun: Expr,
  args: readonly Expr[],
  hasDots: boolean,
): CallExpr {
  const n = new OperandRecord(ids, NodeKind.CallExpr, pos);
  n.fun = fun;
  n.args = args;
  n.hasDots = hasDots;
  return n as unknown as CallExpr;
}

export function newCompositeLit(
  ids: NodeIds,
  pos: Pos,
  type: Expr | null,
  body: { readonly elems: readonly Expr[]; readonly nKeys: number; readonly rbrace: Pos },
): CompositeLit {
  const n = new TypeRecord(ids, NodeKind.CompositeLit, pos);
  n.type = type;
  n.elems = body.elems;
  n.nKeys = body.nKeys;
  n.rbrace = body.rbrace;
  return n as unknown as CompositeLit;
}

export function newKeyValueExpr(ids: NodeIds, pos: Pos, key: Expr, value: Expr): KeyValueExpr {
  const n = new TypeRecord(ids, NodeKind.KeyValueExpr, pos);
  n.key = key;
  n.value = value;
  return n as unknown as KeyValueExpr;
}

export function newFuncLit(ids: NodeIds, pos: Pos, type: FuncType, body: BlockStmt): FuncLit {
  const n = new TypeRecord(ids, NodeKind.FuncLit, pos);
  n.type = type;
  n.body = body;
  return n as unknown as FuncLit;
}

export function newListExpr(ids: NodeIds, pos: Pos, elems: readonly Expr[]): ListExpr {
  const n = new TypeRecord(ids, NodeKind.ListExpr, pos);
  n.elems = elems;
  return n as unknown as ListExpr;
}

export function newArrayType(ids: NodeIds, pos: Pos, len: Expr | null, elem: Expr): ArrayType {
  const n = new TypeRecord(ids, NodeKind.ArrayType, pos);
  n.len = len;
  n.elem = elem;
  return n as unknown as ArrayType;
}

export function newSliceType(ids: NodeIds, pos: Pos, elem: Expr): SliceType {
  const n = new TypeRecord(ids, NodeKind.SliceType, pos);
  n.elem = elem;
  return n as unknown as SliceType;
}

export function newDotsType(ids: NodeIds, pos: Pos, elem: Expr): DotsType {
  const n = new TypeRecord(ids, NodeKind.DotsType, pos);
  n.elem = elem;
  return n as unknown as DotsType;
}

export function newStructType(
  ids: NodeIds,
  pos: Pos,
  fields: readonly Field[],
  tags: readonly (BasicLit | null)[],
): StructType {
  const n = new TypeRecord(ids, NodeKind.StructType, pos);
  n.fields = fields;
  n.tags = tags;
  return n as unknown as StructType;
}

export function newInterfaceType(ids: NodeIds, pos: Pos, methods: readonly Field[]): InterfaceType {
  const n = new TypeRecord(ids, NodeKind.InterfaceType, pos);
  n.methods = methods;
  return n as unknown as InterfaceType;
}

export function newFuncType(
  ids: NodeIds,
  pos: Pos,
  params: readonly Field[],
  results: readonly Field[],
): FuncType {
  const n = new TypeRecord(ids, NodeKind.FuncType, pos);
  n.params = params;
  n.results = results;
  return n as unknown as FuncType;
}

export function newMapType(ids: NodeIds, pos: Pos, key: Expr, value: Expr): MapType {
  const n = new TypeRecord(ids, NodeKind.MapType, pos);
  n.key = key;
  n.value = value;
  return n as unknown as MapType;
}

export function newChanType(ids: NodeIds, pos: Pos, dir: ChanDir, elem: Expr): ChanType {
  const n = new TypeRecord(ids, NodeKind.ChanType, pos);
  n.dir = dir;
  n.elem = elem;
  return n as unknown as ChanType;
}

export function newField(ids: NodeIds, pos: Pos, name: Name | null, type: Expr): Field {
  return new FieldRecord(ids, pos, name, type) as unknown as Field;
}

export function newEmptyStmt(ids: NodeIds, pos: Pos): EmptyStmt {
  return new SimpleRecord(ids, NodeKind.EmptyStmt, pos) as unknown as EmptyStmt;
}

export function newExprStmt(ids: NodeIds, pos: Pos, x: Expr): ExprStmt {
  const n = new SimpleRecord(ids, NodeKind.ExprStmt, pos);
  n.x = x;
  return n as unknown as ExprStmt;
}

export function newSendStmt(ids: NodeIds, pos: Pos, chan: Expr, value: Expr): SendStmt {
  const n = new SimpleRecord(ids, NodeKind.SendStmt, pos);
  n.chan = chan;
  n.value = value;
  return n as unknown as SendStmt;
}

export function newAssignStmt(
  ids: NodeIds,
  pos: Pos,
  op: Operator,
  lhs: Expr,
  rhs: Expr | null,
): AssignStmt {
  const n = new SimpleRecord(ids, NodeKind.AssignStmt, pos);
  n.op = op;
  n.lhs = lhs;
  n.rhs = rhs;
  return n as unknown as AssignStmt;
}

export function newRangeClause(
  ids: NodeIds,
  pos: Pos,
  lhs: Expr | null,
  def: boolean,
  x: Expr,
): RangeClause {
  const n = new SimpleRecord(ids, NodeKind.RangeClause, pos);
  n.lhs = lhs;
  n.def = def;
  n.x = x;
  return n as unknown as RangeClause;
}

export function newBranchStmt(ids: NodeIds, pos: Pos, tok: Token, label: Name | null): BranchStmt {
  const n = new SimpleRecord(ids, NodeKind.BranchStmt, pos);
  n.tok = tok;
  n.label = label;
  return n as unknown as BranchStmt;
}

/** Completes a branch, once its function has been parsed (branches.ts). */
export function setBranchTarget(branch: BranchStmt, target: BranchStmt['target']): void {
  (branch as unknown as SimpleRecord).target = target;
}

export function newCallStmt(ids: NodeIds, pos: Pos, tok: Token, call: Expr): CallStmt {
  const n = new SimpleRecord(ids, NodeKind.CallStmt, pos);
  n.tok = tok;
  n.call = call;
  return n as unknown as CallStmt;
}

export function newReturnStmt(ids: NodeIds, pos: Pos, results: Expr | null): ReturnStmt {
  const n = new SimpleRecord(ids, NodeKind.ReturnStmt, pos);
  n.results = results;
  return n as unknown as ReturnStmt;
}

export function newLabeledStmt(ids: NodeIds, pos: Pos, label: Name, stmt: Stmt): LabeledStmt {
  const n = new CompoundRecord(ids, NodeKind.LabeledStmt, pos);
  n.label = label;
  n.stmt = stmt;
  return n as unknown as LabeledStmt;
}

export function newBlockStmt(
  ids: NodeIds,
  pos: Pos,
  list: readonly Stmt[],
  rbrace: Pos,
): BlockStmt {
  const n = new CompoundRecord(ids, NodeKind.BlockStmt, pos);
  n.list = list;
  n.rbrace = rbrace;
  return n as unknown as BlockStmt;
}

export function newDeclStmt(ids: NodeIds, pos: Pos, decls: readonly Decl[]): DeclStmt {
  const n = new CompoundRecord(ids, NodeKind.DeclStmt, pos);
  n.decls = decls;
  return n as unknown as DeclStmt;
}

export function newIfStmt(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<IfStmt, 'init' | 'cond' | 'body' | 'else'>,
): IfStmt {
  const n = new CompoundRecord(ids, NodeKind.IfStmt, pos);
  n.init = parts.init;
  n.cond = parts.cond;
  n.body = parts.body;
  n.else = parts.else;
  return n as unknown as IfStmt;
}

export function newForStmt(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<ForStmt, 'init' | 'cond' | 'post' | 'body'>,
): ForStmt {
  const n = new CompoundRecord(ids, NodeKind.ForStmt, pos);
  n.init = parts.init;
  n.cond = parts.cond;
  n.post = parts.post;
  n.body = parts.body;
  return n as unknown as ForStmt;
}

export function newSwitchStmt(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<SwitchStmt, 'init' | 'tag' | 'clauses' | 'rbrace'>,
): SwitchStmt {
  const n = new CompoundRecord(ids, NodeKind.SwitchStmt, pos);
  n.init = parts.init;
  n.tag = parts.tag;
  n.clauses = parts.clauses;
  n.rbrace = parts.rbrace;
  return n as unknown as SwitchStmt;
}

export function newSelectStmt(
  ids: NodeIds,
  pos: Pos,
  clauses: readonly CommClause[],
  rbrace: Pos,
): SelectStmt {
  const n = new CompoundRecord(ids, NodeKind.SelectStmt, pos);
  n.clauses = clauses;
  n.rbrace = rbrace;
  return n as unknown as SelectStmt;
}

export function newCaseClause(
  ids: NodeIds,
  pos: Pos,
  cases: Expr | null,
  body: readonly Stmt[],
  colon: Pos,
): CaseClause {
  const n = new CompoundRecord(ids, NodeKind.CaseClause, pos);
  n.cases = cases;
  n.body = body;
  n.colon = colon;
  return n as unknown as CaseClause;
}

export function newCommClause(
  ids: NodeIds,
  pos: Pos,
  comm: SimpleStmt | null,
  body: readonly Stmt[],
  colon: Pos,
): CommClause {
  const n = new CompoundRecord(ids, NodeKind.CommClause, pos);
  n.comm = comm;
  n.body = body;
  n.colon = colon;
  return n as unknown as CommClause;
}

export function newImportDecl(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<ImportDecl, 'group' | 'pragma' | 'localName' | 'path'>,
): ImportDecl {
  const n = new DeclRecord(ids, NodeKind.ImportDecl, pos);
  n.group = parts.group;
  n.pragma = parts.pragma;
  n.localName = parts.localName;
  n.path = parts.path;
  return n as unknown as ImportDecl;
}

export function newConstDecl(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<ConstDecl, 'group' | 'pragma' | 'names' | 'type' | 'values'>,
): ConstDecl {
  const n = new DeclRecord(ids, NodeKind.ConstDecl, pos);
  n.group = parts.group;
  n.pragma = parts.pragma;
  n.names = parts.names;
  n.type = parts.type;
  n.values = parts.values;
  return n as unknown as ConstDecl;
}

export function newTypeDecl(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<TypeDecl, 'group' | 'pragma' | 'name' | 'tparams' | 'alias' | 'type'>,
): TypeDecl {
  const n = new DeclRecord(ids, NodeKind.TypeDecl, pos);
  n.group = parts.group;
  n.pragma = parts.pragma;
  n.name = parts.name;
  n.tparams = parts.tparams;
  n.alias = parts.alias;
  n.type = parts.type;
  return n as unknown as TypeDecl;
}

export function newVarDecl(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<VarDecl, 'group' | 'pragma' | 'names' | 'type' | 'values'>,
): VarDecl {
  const n = new DeclRecord(ids, NodeKind.VarDecl, pos);
  n.group = parts.group;
  n.pragma = parts.pragma;
  n.names = parts.names;
  n.type = parts.type;
  n.values = parts.values;
  return n as unknown as VarDecl;
}

export function newFuncDecl(
  ids: NodeIds,
  pos: Pos,
  parts: Pick<FuncDecl, 'pragma' | 'recv' | 'name' | 'tparams' | 'type' | 'body'>,
): FuncDecl {
  const n = new DeclRecord(ids, NodeKind.FuncDecl, pos);
  n.pragma = parts.pragma;
  n.recv = parts.recv;
  n.name = parts.name;
  n.tparams = parts.tparams;
  n.type = parts.type;
  n.body = parts.body;
  return n as unknown as FuncDecl;
}

export function newFile(ids: NodeIds, pos: Pos, parts: Omit<File, 'kind' | 'id' | 'pos'>): File {
  return { kind: NodeKind.File, id: ids.next++, pos, ...parts };
}

// ---- small questions about nodes

/** `x` without the parentheses around it. */
export function unparen(x: Expr): Expr {
  let inner = x;
  while (inner.kind === NodeKind.ParenExpr) inner = inner.x;
  return inner;
}

/** The expressions of a list, of one expression, or of none. */
export function unpackList(x: Expr | null): readonly Expr[] {
  if (x === null) return [];
  return x.kind === NodeKind.ListExpr ? x.elems : [x];
}
