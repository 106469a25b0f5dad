/**
 * Encoding of statements.
 *
 * A statement of the source may become several here: an initial statement opens a block, values that a
 * return or a range converts go through temporaries. An Assign with its define flag declares the
 * variables on its left; there is no Decl for those (write-assign.ts).
 *
 * Spec: "Statements".
 */
import { InternalError } from '@go-ts/base';
import { boolOf } from '../constant/value.ts';
import {
  type AssignStmt,
  type BranchStmt,
  type CallExpr,
  type CaseClause,
  type CommClause,
  type DeclStmt,
  type Expr,
  type ForStmt,
  type IfStmt,
  NodeKind,
  type Operation,
  type RangeClause,
  type ReturnStmt,
  type SelectStmt,
  type SimpleStmt,
  type Stmt,
  type SwitchStmt,
  type TypeSwitchGuard,
  unpackList,
  unparen,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { Operator, Token } from '../syntax/token.ts';
import { ObjKind } from '../types/object.ts';
import { identical, isNonTypeParamInterface, isUntyped } from '../types/predicates.ts';
import { boolType, intType, runeType, type Type, TypeKind } from '../types/type.ts';
import { LocalFlag, S } from './body-format.ts';
import { type FuncWriter, type VarInfo } from './body-writer.ts';
import {
  assign,
  declared,
  fromTemps,
  isBlank,
  leftSide,
  resultTemps,
  tupleTypes,
  varDecl,
} from './write-assign.ts';
import { commaOkExpr, convert, core, expr, exprTo, isNil, typeOf } from './write-expr.ts';
import { goDefer } from './write-godefer.ts';
import { markAssigned } from './write-marks.ts';
import { branchOut, rangeFunc, returnOut } from './write-rangefunc.ts';

/** Statements that contain what is being written, innermost last. */
export type BranchTargets = (ForStmt | SwitchStmt | SelectStmt)[];

export function stmtList(f: FuncWriter, list: readonly Stmt[]): void {
  for (const s of list) stmt(f, s, '');
}

function block(f: FuncWriter, list: readonly Stmt[]): void {
  f.list(() => stmtList(f, list));
}

/** `label`: of the statement itself, '' without one. */
function stmt(f: FuncWriter, s: Stmt, label: string): void {
  switch (s.kind) {
    case NodeKind.EmptyStmt:
      return;
    case NodeKind.ExprStmt:
      f.stmt(S.Expr, s.pos);
      expr(f, s.x);
      return;
    case NodeKind.SendStmt:
      f.stmt(S.Send, s.pos);
      expr(f, s.chan);
      exprTo(f, s.value, chanElem(f, s.chan));
      return;
    case NodeKind.AssignStmt:
      assign(f, s);
      return;
    case NodeKind.BranchStmt:
      branch(f, s);
      return;
    case NodeKind.CallStmt:
      goDefer(f, s.pos, unparen(s.call) as CallExpr, s.tok === Token.Go ? 'go' : 'defer');
      return;
    case NodeKind.ReturnStmt:
      returnStmt(f, s);
      return;
    case NodeKind.LabeledStmt:
      // Nothing leads to a blank label, and there may be many.
      if (s.label.value === '_') {
        stmt(f, s.stmt, '');
        return;
      }
      f.stmt(S.Label, s.pos);
      f.string(s.label.value);
      stmt(f, s.stmt, s.label.value);
      return;
    case NodeKind.BlockStmt:
      f.stmt(S.Block, s.pos);
      block(f, s.list);
      return;
    case NodeKind.DeclStmt:
      declStmt(f, s);
      return;
    default:
      compound(f, s, label);
  }
}

function compound(f: FuncWriter, s: Stmt, label: string): void {
  switch (s.kind) {
    case NodeKind.IfStmt:
      withInit(f, s.pos, s.init, () => ifStmt(f, s));
      return;
    case NodeKind.ForStmt:
      forStmt(f, s, label);
      return;
    case NodeKind.SwitchStmt:
      withInit(f, s.pos, s.init, () => {
        f.targets.push(s);
        if (s.tag?.kind === NodeKind.TypeSwitchGuard) typeSwitch(f, s, s.tag, label);
        else exprSwitch(f, s, label);
        f.targets.pop();
      });
      return;
    case NodeKind.SelectStmt:
      f.targets.push(s);
      select(f, s, label);
      f.targets.pop();
      return;
    default:
      throw new InternalError(`statement of kind ${s.kind}`);
  }
}

/** A statement with an initial one is a block of both. */
function withInit(f: FuncWriter, pos: Pos, init: SimpleStmt | null, emit: () => void): void {
  if (init === null || init.kind === NodeKind.EmptyStmt) {
    emit();
    return;
  }
  f.stmt(S.Block, pos);
  f.list(() => {
    stmt(f, init, '');
    emit();
  });
}

function chanElem(f: FuncWriter, x: Expr): Type {
  const c = core(f.typeOf(x));
  if (c.kind !== TypeKind.Chan) throw new InternalError('send on something else');
  return c.elem;
}

function declStmt(f: FuncWriter, s: DeclStmt): void {
  for (const d of s.decls) {
    if (d.kind === NodeKind.TypeDecl) {
      if (d.name.value === '_') continue;
      const obj = f.info.defs[d.name.id];
      if (obj?.kind === ObjKind.TypeName) f.pkg.localType(obj, f.cx.params);
    } else if (d.kind === NodeKind.VarDecl) varDecl(f, d);
  }
}

// ---- branches and returns

function branch(f: FuncWriter, s: BranchStmt): void {
  const label = s.label?.value ?? '';
  if (s.tok === Token.Fallthrough) {
    f.stmt(S.Fallthrough, s.pos);
    return;
  }
  if (branchOut(f, s)) return;
  const op = s.tok === Token.Break ? S.Break : s.tok === Token.Continue ? S.Continue : S.Goto;
  f.stmt(op, s.pos);
  f.string(label);
}

function returnStmt(f: FuncWriter, s: ReturnStmt): void {
  const results = unpackList(s.results);
  if (f.rangeLoop !== null) {
    returnOut(f, s.pos, results);
    return;
  }
  const types = f.resultTypes;
  if (results.length === 1 && types.length > 1) {
    const given = tupleTypes(f, results[0]!);
    if (given.every((t, i) => identical(t, types[i]!))) {
      f.stmt(S.Return, s.pos).uvarint(1);
      expr(f, results[0]!);
      return;
    }
    const temps = resultTemps(f, s.pos, results[0]!);
    f.stmt(S.Return, s.pos).uvarint(temps.length);
    temps.forEach((v, i) => {
      if (identical(given[i]!, types[i]!)) f.local(v, s.pos);
      else convert(f, s.pos, types[i]!, () => f.local(v, s.pos));
    });
    return;
  }
  f.stmt(S.Return, s.pos).uvarint(results.length);
  results.forEach((x, i) => exprTo(f, x, types[i]!));
}

// ---- if, for

function ifStmt(f: FuncWriter, s: IfStmt): void {
  const known = staticBool(f, s.cond);
  if (known !== null) {
    // What is never executed must not count: its calls may not exist, what it leaks does not escape.
    const taken = known ? s.body : s.else;
    if (taken !== null) stmt(f, taken, '');
    return;
  }
  f.stmt(S.If, s.pos);
  exprTo(f, s.cond, typeOf(f, s.cond));
  block(f, s.body.list);
  f.list(() => {
    if (s.else === null) return;
    if (s.else.kind === NodeKind.IfStmt) stmt(f, s.else, '');
    else stmtList(f, s.else.list);
  });
}

/** What a condition always is, if nothing has to be evaluated to know it; else null. */
function staticBool(f: FuncWriter, cond: Expr): boolean | null {
  const value = f.info.valueOf(cond);
  if (value !== null) return boolOf(value);
  const x = unparen(cond);
  if (x.kind !== NodeKind.Operation) return null;
  // Other operators have operands that are no bools.
  const { op } = x;
  if (op !== Operator.Not && op !== Operator.AndAnd && op !== Operator.OrOr) return null;
  const left = staticBool(f, x.x);
  if (left === null) return null;
  if (op === Operator.Not) return !left;
  return left === (op === Operator.AndAnd) ? staticBool(f, x.y!) : left;
}

function forStmt(f: FuncWriter, s: ForStmt, label: string): void {
  const { init } = s;
  if (init?.kind === NodeKind.RangeClause) {
    if (core(f.typeOf(init.x)).kind === TypeKind.Signature) {
      rangeFunc(f, s, init);
      return;
    }
    f.targets.push(s);
    range(f, s, init, label);
    f.targets.pop();
    return;
  }
  f.targets.push(s);
  f.stmt(S.For, s.pos);
  f.string(label);
  // The loop variables are known once the initial statement has been written.
  const w = f.w;
  const rest = f.cx.takeBuffer();
  f.w = rest;
  const first = f.locals.length;
  f.list(() => {
    if (init !== null) stmt(f, init, '');
  });
  const loopVars = init?.kind === NodeKind.AssignStmt && init.op === Operator.Def;
  const vars = loopVars && f.cx.perIteration ? declaredBy(f, init, first) : [];
  if (s.cond === null) f.none();
  else exprTo(f, s.cond, typeOf(f, s.cond));
  f.list(() => {
    if (s.post !== null) stmt(f, s.post, '');
  });
  block(f, s.body.list);
  f.w = w;
  w.uvarint(vars.length);
  for (const v of vars) w.uvarint(v.index);
  w.bytes(rest.view());
  f.cx.giveBuffer(rest);
  f.targets.pop();
}

function declaredBy(f: FuncWriter, init: AssignStmt, first: number): VarInfo[] {
  const vars: VarInfo[] = [];
  for (const x of unpackList(init.lhs)) {
    const v = declared(f, x);
    if (v !== null && v.name !== '_') vars.push(f.variable(v));
  }
  return vars.filter((v) => v.index >= first);
}

/** The types of key and value that ranging over `x` yields. */
function rangeTypes(f: FuncWriter, x: Expr): readonly [Type, Type | null] {
  const t = core(f.typeOf(x));
  switch (t.kind) {
    case TypeKind.Basic:
      if (t.info & 32) return [intType, runeType];
      return [typeOf(f, x), null];
    case TypeKind.Array:
    case TypeKind.Slice:
      return [intType, t.elem];
    case TypeKind.Pointer: {
      const a = core(t.elem);
      if (a.kind === TypeKind.Array) return [intType, a.elem];
      break;
    }
    case TypeKind.Map:
      return [t.key, t.elem];
    case TypeKind.Chan:
      return [t.elem, null];
    default:
  }
  if (f.info.valueOf(x) !== null || isInteger(t)) return [typeOf(f, x), null];
  throw new InternalError('range over something else');
}

function isInteger(t: Type): boolean {
  return t.kind === TypeKind.Basic && (t.info & 2) !== 0;
}

function range(f: FuncWriter, s: ForStmt, r: RangeClause, label: string): void {
  const lhs = unpackList(r.lhs);
  let [keyType, valueTypeOf] = rangeTypes(f, r.x);
  // Over an untyped constant: the variable decides.
  const untyped = isUntyped(f.typeOf(r.x)) && core(f.typeOf(r.x)).kind === TypeKind.Basic;
  const [key] = lhs;
  if (untyped && key !== undefined && !isBlank(key) && valueTypeOf === null) {
    keyType = (r.def ? declared(f, key)?.type : null) ?? typeOf(f, key);
  }
  const overString = valueTypeOf !== null;
  valueTypeOf ??= keyType;
  const types = [keyType, valueTypeOf];
  f.stmt(S.Range, s.pos);
  f.string(label);
  const same = r.def || lhs.every((x, i) => isBlank(x) || identical(typeOf(f, x), types[i]!));
  const define = r.def || !same;
  f.w.u8(define ? 1 : 0);
  f.w.u8(define && f.cx.perIteration ? 1 : 0);
  exprTo(f, r.x, untyped && !overString && isInteger(keyType) ? keyType : typeOf(f, r.x));
  if (same) {
    rangeLeft(f, lhs, r.def);
    block(f, s.body.list);
    return;
  }
  const temps = types.slice(0, lhs.length).map((t) => f.temp(f.pkg.types.ref(t), s.pos));
  f.w.uvarint(temps.length);
  temps.forEach((v, i) => (isBlank(lhs[i]!) ? f.none() : f.local(v, s.pos)));
  f.list(() => {
    lhs.forEach((x, i) => {
      if (isBlank(x)) return;
      f.stmt(S.Assign, x.pos).u8(0);
      f.w.uvarint(1);
      markAssigned(f, x);
      expr(f, x);
      f.w.uvarint(1);
      const want = typeOf(f, x);
      if (identical(want, types[i]!)) f.local(temps[i]!, x.pos);
      else convert(f, x.pos, want, () => f.local(temps[i]!, x.pos));
    });
    stmtList(f, s.body.list);
  });
}

function rangeLeft(f: FuncWriter, lhs: readonly Expr[], def: boolean): void {
  f.w.uvarint(lhs.length);
  for (const x of lhs) {
    const v = def ? declared(f, x) : null;
    if (isBlank(x)) f.none();
    else if (v !== null) {
      const info = f.declare(v);
      // Without a new variable for each iteration, every iteration assigns it again.
      if (!f.cx.perIteration) info.mark(LocalFlag.Reassigned);
      f.local(info, x.pos);
    } else {
      markAssigned(f, x);
      expr(f, x);
    }
  }
}

// ---- switch, select

function exprSwitch(f: FuncWriter, s: SwitchStmt, label: string): void {
  f.stmt(S.Switch, s.pos);
  f.string(label);
  const { tag } = s;
  const t = tag === null ? boolType : tagType(f, s, tag);
  if (tag === null) f.none();
  else exprTo(f, tag, t);
  f.w.uvarint(s.clauses.length);
  for (const c of s.clauses) {
    clauseHead(f, c);
    const values = unpackList(c.cases);
    f.w.uvarint(values.length);
    for (const x of values) {
      // A concrete value compared with an interface tag stays concrete: the reader converts.
      const vt = f.typeOf(x);
      exprTo(f, x, isUntyped(vt) || isNil(f, x) || !isNonTypeParamInterface(t) ? t : vt);
    }
    block(f, c.body);
  }
}

/** The tag's type, or that of an interface among the cases: values are compared as that. */
function tagType(f: FuncWriter, s: SwitchStmt, tag: Expr): Type {
  const t = typeOf(f, tag);
  if (isNonTypeParamInterface(t)) return t;
  for (const c of s.clauses) {
    for (const x of unpackList(c.cases)) {
      if (!isNil(f, x) && isNonTypeParamInterface(f.typeOf(x))) return f.typeOf(x);
    }
  }
  return t;
}

function clauseHead(f: FuncWriter, c: CaseClause): void {
  f.w.uvarint(f.cx.posIndex(c.pos));
  f.w.u8(c.cases === null ? 1 : 0);
}

function typeSwitch(f: FuncWriter, s: SwitchStmt, guard: TypeSwitchGuard, label: string): void {
  f.stmt(S.TypeSwitch, s.pos);
  f.string(label);
  expr(f, guard.x);
  f.w.uvarint(s.clauses.length);
  for (const c of s.clauses) {
    clauseHead(f, c);
    const cases = unpackList(c.cases);
    f.w.uvarint(cases.length);
    for (const x of cases) {
      if (isNil(f, x)) f.w.uvarint(0);
      else f.type(f.typeOf(x));
    }
    const v = f.info.implicits.get(c.id);
    f.w.uvarint(v?.kind === ObjKind.Var ? f.declare(v).index + 1 : 0);
    block(f, c.body);
  }
}

function select(f: FuncWriter, s: SelectStmt, label: string): void {
  f.stmt(S.Select, s.pos);
  f.string(label);
  f.w.uvarint(s.clauses.length);
  for (const c of s.clauses) {
    f.w.uvarint(f.cx.posIndex(c.pos));
    f.w.u8(c.comm === null ? 1 : 0);
    commClause(f, c);
  }
}

function commClause(f: FuncWriter, c: CommClause): void {
  const { comm } = c;
  // The communication is written as one statement without a list around it.
  const { count } = f;
  if (comm === null) {
    f.w.u8(S.None);
    block(f, c.body);
    return;
  }
  if (comm.kind !== NodeKind.AssignStmt) {
    stmt(f, comm, '');
    f.count = count;
    block(f, c.body);
    return;
  }
  const after = recvAssign(f, comm);
  f.count = count;
  f.list(() => {
    after();
    stmtList(f, c.body);
  });
}

/** `v, ok := <-c` of a select; what is returned writes the rest of the assignment. */
function recvAssign(f: FuncWriter, s: AssignStmt): () => void {
  const lhs = unpackList(s.lhs);
  const rhs = unparen(s.rhs!) as Operation;
  const types = [chanElem(f, rhs.x), boolType];
  const news = lhs.map((x) => (s.op === Operator.Def ? declared(f, x) : null));
  const all = lhs.every((x, i) => news[i] !== null || isBlank(x));
  // Operands of the left side are evaluated only if this case is chosen: through temporaries, but
  // for plain variables.
  const simple = lhs.every(
    (x, i) =>
      isBlank(x) ||
      (news[i] !== null && identical(news[i]!.type!, types[i]!)) ||
      (isLocalName(f, x) && identical(typeOf(f, x), types[i]!)),
  );
  const value = () => {
    f.w.uvarint(1);
    if (lhs.length > 1) commaOkExpr(f, rhs);
    else expr(f, rhs);
  };
  if (simple) {
    const emitLeft = leftSide(f, lhs, news, true);
    f.stmt(S.Assign, s.pos).u8(all && news.some((v) => v !== null) ? 1 : 0);
    emitLeft();
    value();
    return () => {};
  }
  const temps = lhs.map((_, i) => f.temp(f.pkg.types.ref(types[i]!), s.pos));
  f.stmt(S.Assign, s.pos).u8(1);
  f.w.uvarint(temps.length);
  for (const v of temps) f.local(v, s.pos);
  value();
  return () => fromTemps(f, s.pos, lhs, news, temps, types);
}

function isLocalName(f: FuncWriter, x: Expr): boolean {
  const e = unparen(x);
  if (e.kind !== NodeKind.Name) return false;
  const obj = f.info.uses[e.id];
  return obj?.kind === ObjKind.Var && !f.isGlobal(obj);
}
