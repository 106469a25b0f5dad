/**
 * Loops over functions.
 *
 * `for k, v := range f { body }` becomes a call of f with the body as a closure, and control leaving
 * the body becomes data. For each loop there is a state, which tells a body that is called when it
 * must not be (its loop has ended, or it is running or has panicked); for each outermost loop and
 * those inside it, a *nest*, there is one number `#next`, which says what to do after the iterator
 * has returned:
 *
 *     0        nothing: the loop ended by itself, or was left by its own break
 *     -1       return from the function; the results have been stored
 *     2d, 2d-1 break, continue the loop at depth d (1 is the outermost)
 *     < -1     a branch to a label or ordinary statement outside
 *
 * After the call of an iterator the frame that made it deals with the codes that concern it, and
 * returns false for those that concern a frame further out. What codes occur is known then, since a
 * body is encoded before the code behind its loop.
 *
 * Example, in Go's notation, for `for x := range f { if x == 0 { return x }; use(x) }`:
 *
 *     #next := 0; #state := READY
 *     f(func(x int) bool {
 *       old := #state; #state = PANIC; if old != READY { panicrangestate(old) }
 *       if x == 0 { result = x; #next = -1; #state = DONE; return false }
 *       use(x)
 *       #state = READY; return true
 *     })
 *     if #state == PANIC { panicrangestate(MISSING_PANIC) }
 *     #state = EXHAUSTED
 *     if #next == -1 { return result }
 *
 * GOROOT: src/internal/abi/rangefuncconsts.go (states); contract §7.6.
 */
import { InternalError } from '@go-ts/base';
import { ExprOp, LocalClass } from '../ir/node.ts';
import {
  type BranchStmt,
  type Expr,
  type ForStmt,
  NodeKind,
  type RangeClause,
  unpackList,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { Token } from '../syntax/token.ts';
import { identical } from '../types/predicates.ts';
import { boolType, emptyInterface, intType, type Type, TypeKind } from '../types/type.ts';
import { BodyFlag, LocalFlag, S, X } from './body-format.ts';
import { FuncWriter, type VarInfo } from './body-writer.ts';
import { declared, isBlank, resultTemps, tupleTypes } from './write-assign.ts';
import { convert, core, expr, exprTo, runtimeCall, typeOf } from './write-expr.ts';
import { syntheticClosure } from './write-literal.ts';
import { markAssigned } from './write-marks.ts';
import { stmtList } from './write-stmt.ts';

const State = { Done: 0, Ready: 1, Panic: 2, Exhausted: 3, MissingPanic: 4 } as const;

/** The loops over functions that are inside one another, outermost first. */
class Nest {
  readonly home: FuncWriter;
  /** `#next`, in the frame of the outermost loop. */
  readonly next: VarInfo;
  #token: VarInfo | null = null;
  readonly #codes = new Map<string, number>();

  constructor(home: FuncWriter, next: VarInfo) {
    this.home = home;
    this.next = next;
  }

  /** The variable with the token that defers in bodies need. */
  deferToken(): VarInfo {
    this.#token ??= this.home.temp(
      this.home.pkg.types.ref(emptyInterface),
      this.next.pos,
      '#defers',
    );
    return this.#token;
  }

  get usesDefer(): VarInfo | null {
    return this.#token;
  }

  /** The code of a branch that leaves all loops: by what it says and where it goes. */
  codeOf(tok: Token, label: string): number {
    const key = `${tok} ${label}`;
    let code = this.#codes.get(key);
    if (code === undefined) {
      code = -2 - this.#codes.size;
      this.#codes.set(key, code);
    }
    return code;
  }
}

/** A way out of a body other than its end. */
interface Exit {
  readonly code: number;
  /** The frame that acts on it. */
  readonly owner: FuncWriter;
  /** An ordinary branch of the owner; null: of the owner's own loop, or return. */
  readonly branch: { readonly tok: Token; readonly label: string } | null;
}

/** What a frame that is the body of a loop knows of its loop. */
export interface RangeLoop {
  readonly nest: Nest;
  readonly stmt: ForStmt;
  /** 1 for the outermost. */
  readonly depth: number;
  /** In the frame that contains the loop. */
  readonly state: VarInfo;
  readonly exits: Map<number, Exit>;
}

const RETURN = -1;

export function rangeFunc(f: FuncWriter, s: ForStmt, r: RangeClause): void {
  const int = f.pkg.types.ref(intType);
  f.stmt(S.Block, s.pos);
  f.list(() => {
    const nest = f.rangeLoop?.nest ?? newNest(f, s.pos);
    const depth = (f.rangeLoop?.depth ?? 0) + 1;
    const state = f.newLocal(`#state${depth}`, int, s.pos);
    f.assignLocal(state, s.pos, true, () => f.intConst(int, State.Ready, s.pos));
    const loop: RangeLoop = { nest, stmt: s, depth, state, exits: new Map() };
    // The body is encoded first: whether it defers decides what comes before the call.
    const body = loopBody(f, loop, r);
    if (depth === 1 && nest.usesDefer !== null) {
      const token = nest.usesDefer;
      f.assignLocal(token, s.pos, true, () => runtimeCall(f, 'deferrangefunc', s.pos, []));
    }
    f.stmt(S.Expr, s.pos);
    f.op(X.CallValue, s.pos);
    expr(f, r.x);
    f.w.uvarint(1);
    syntheticClosure(f, body, s.pos, s.body.rbrace);
    checkState(f, s.pos, loop);
    dispatch(f, s.pos, loop);
  });
}

function newNest(f: FuncWriter, pos: Pos): Nest {
  const int = f.pkg.types.ref(intType);
  const next = f.newLocal('#next', int, pos);
  f.assignLocal(next, pos, true, () => f.intConst(int, 0, pos));
  return new Nest(f, next);
}

// ---- the body

function loopBody(f: FuncWriter, loop: RangeLoop, r: RangeClause): FuncWriter {
  const s = loop.stmt;
  const body = new FuncWriter(f.cx, f, f.rangeSuffix());
  body.rangeLoop = loop;
  body.setFlag(BodyFlag.RangeBody);
  const yieldSig = yieldSignature(f, r.x);
  const { pkg } = f;
  const bool = pkg.types.ref(boolType);
  body.typeRef = pkg.types.func(
    yieldSig.map((t) => pkg.types.ref(t)),
    [bool],
  );
  const lhs = unpackList(r.lhs);
  const params = yieldSig.map((t, i) => parameter(body, r, lhs[i], t, i));
  body.results.push(body.newLocal('~r0', bool, s.pos, LocalClass.Result));
  body.body(() => {
    enter(body, s.pos, loop);
    if (!r.def) assignParams(body, lhs, params, yieldSig);
    stmtList(body, s.body.list);
    leave(body, s.body.rbrace, State.Ready, true);
  });
  return body;
}

/** The types of the values that the iterator passes. */
function yieldSignature(f: FuncWriter, x: Expr): readonly Type[] {
  const iter = core(f.typeOf(x));
  if (iter.kind !== TypeKind.Signature) throw new InternalError('range over something else');
  const yieldFunc = core(iter.params.vars[0]!.type!);
  if (yieldFunc.kind !== TypeKind.Signature) throw new InternalError('iterator without yield');
  return yieldFunc.params.vars.map((v) => v.type!);
}

function parameter(
  body: FuncWriter,
  r: RangeClause,
  x: Expr | undefined,
  t: Type,
  i: number,
): VarInfo {
  if (r.def && x !== undefined) {
    const v = declared(body, x);
    if (v !== null && v.name !== '_') return body.declare(v, LocalClass.Param);
  }
  return body.newLocal(`#p${i}`, body.pkg.types.ref(t), r.pos, LocalClass.Param);
}

/** `k, v = #p0, #p1` for a loop that assigns to variables that exist. */
function assignParams(
  body: FuncWriter,
  lhs: readonly Expr[],
  params: readonly VarInfo[],
  types: readonly Type[],
): void {
  lhs.forEach((x, i) => {
    if (isBlank(x)) return;
    body.stmt(S.Assign, x.pos).u8(0);
    body.w.uvarint(1);
    markAssigned(body, x);
    expr(body, x);
    body.w.uvarint(1);
    const want = typeOf(body, x);
    const value = () => body.local(params[i]!, x.pos);
    if (identical(want, types[i]!)) value();
    else convert(body, x.pos, want, value);
  });
}

/** A body may run only while its loop is ready; while it runs, the loop is not. */
function enter(body: FuncWriter, pos: Pos, loop: RangeLoop): void {
  const int = body.pkg.types.ref(intType);
  const state = body.reach(loop.state);
  const old = body.newLocal('#old', int, pos);
  body.assignLocal(old, pos, true, () => body.local(state, pos));
  setState(body, pos, State.Panic);
  body.stmt(S.If, pos);
  body.compare(ExprOp.Ne, body.pkg.types.ref(boolType), pos);
  body.local(old, pos);
  body.intConst(int, State.Ready, pos);
  body.list(() => {
    body.stmt(S.Expr, pos);
    runtimeCall(body, 'panicrangestate', pos, [() => body.local(old, pos)]);
  });
  body.list(() => {});
}

function setState(f: FuncWriter, pos: Pos, value: number, loop = f.rangeLoop!): void {
  const int = f.pkg.types.ref(intType);
  f.assignLocal(f.reach(loop.state), pos, false, () => f.intConst(int, value, pos));
}

/** Ends this call of the body: `#state = …; return …`. */
function leave(body: FuncWriter, pos: Pos, state: number, result: boolean): void {
  setState(body, pos, state);
  body.stmt(S.Return, pos).uvarint(1);
  body.boolConst(body.pkg.types.ref(boolType), result, pos);
}

function setNext(f: FuncWriter, pos: Pos, code: number): void {
  const { next } = f.rangeLoop!.nest;
  const int = f.pkg.types.ref(intType);
  f.assignLocal(f.reach(next), pos, false, () => f.intConst(int, code, pos));
}

/** A return statement of the source, in a body. */
export function returnOut(f: FuncWriter, pos: Pos, results: readonly Expr[]): void {
  const home = f.home();
  const types = home.resultTypes;
  if (results.length > 0) {
    if (results.length === 1 && types.length > 1) {
      const given = tupleTypes(f, results[0]!);
      const temps = resultTemps(f, pos, results[0]!);
      storeResults(f, pos, home, (i) => {
        const value = () => f.local(temps[i]!, pos);
        if (identical(given[i]!, types[i]!)) value();
        else convert(f, pos, types[i]!, value);
      });
    } else storeResults(f, pos, home, (i) => exprTo(f, results[i]!, types[i]!));
  }
  exitWith(f, pos, { code: RETURN, owner: home, branch: null });
}

function storeResults(f: FuncWriter, pos: Pos, home: FuncWriter, value: (i: number) => void): void {
  f.stmt(S.Assign, pos).u8(0);
  f.w.uvarint(home.results.length);
  for (const v of home.results) {
    const here = f.reach(v);
    here.mark(LocalFlag.Reassigned);
    f.local(here, pos);
  }
  f.w.uvarint(home.results.length);
  home.results.forEach((_, i) => value(i));
}

function exitWith(f: FuncWriter, pos: Pos, exit: Exit): void {
  setNext(f, pos, exit.code);
  f.rangeLoop!.exits.set(exit.code, exit);
  leave(f, pos, State.Done, false);
}

/** Writes a branch that leaves the body of a loop over a function; false if it does not. */
export function branchOut(f: FuncWriter, s: BranchStmt): boolean {
  const loop = f.rangeLoop;
  if (loop === null || staysInside(f, s)) return false;
  const isContinue = s.tok === Token.Continue;
  if (s.tok !== Token.Goto && s.target === loop.stmt) {
    leave(f, s.pos, isContinue ? State.Ready : State.Done, isContinue);
    return true;
  }
  for (let g = f.outer!; ; g = g.outer!) {
    const inner = g.rangeLoop;
    if (inner !== null && s.tok !== Token.Goto && s.target === inner.stmt) {
      const code = 2 * inner.depth - (isContinue ? 1 : 0);
      exitWith(f, s.pos, { code, owner: g, branch: null });
      return true;
    }
    if (inner === null || staysInside(g, s)) {
      const label = s.label?.value ?? '';
      const code = loop.nest.codeOf(s.tok, label);
      exitWith(f, s.pos, { code, owner: g, branch: { tok: s.tok, label } });
      return true;
    }
  }
}

/** Whether the target of a branch is in the frame itself. */
function staysInside(f: FuncWriter, s: BranchStmt): boolean {
  const { target } = s;
  if (target === null) return true;
  if (target.kind === NodeKind.LabeledStmt) return f.rangeLoop === null || contains(f, target.pos);
  return f.targets.includes(target);
}

/** Whether a position is inside the loop body that the frame is. */
function contains(f: FuncWriter, pos: Pos): boolean {
  const { body } = f.rangeLoop!.stmt;
  return pos >= body.pos && pos <= body.rbrace;
}

// ---- behind the loop

/** The iterator has returned: a body that panicked must not have been silenced. */
function checkState(f: FuncWriter, pos: Pos, loop: RangeLoop): void {
  const int = f.pkg.types.ref(intType);
  f.stmt(S.If, pos);
  f.compare(ExprOp.Eq, f.pkg.types.ref(boolType), pos);
  f.local(loop.state, pos);
  f.intConst(int, State.Panic, pos);
  f.list(() => {
    f.stmt(S.Expr, pos);
    runtimeCall(f, 'panicrangestate', pos, [() => f.intConst(int, State.MissingPanic, pos)]);
  });
  f.list(() => {});
  setState(f, pos, State.Exhausted, loop);
}

function dispatch(f: FuncWriter, pos: Pos, loop: RangeLoop): void {
  const outer = f.rangeLoop;
  let passOn = false;
  for (const exit of loop.exits.values()) {
    if (exit.owner !== f) {
      // Only frames that are loop bodies pass anything on.
      outer!.exits.set(exit.code, exit);
      passOn = true;
      continue;
    }
    ifNext(f, pos, loop, ExprOp.Eq, exit.code, () => act(f, pos, loop, exit));
  }
  if (passOn) ifNext(f, pos, loop, ExprOp.Ne, 0, () => leave(f, pos, State.Done, false));
}

function ifNext(
  f: FuncWriter,
  pos: Pos,
  loop: RangeLoop,
  op: ExprOp,
  code: number,
  then: () => void,
): void {
  f.stmt(S.If, pos);
  f.compare(op, f.pkg.types.ref(boolType), pos);
  f.local(f.reach(loop.nest.next), pos);
  f.intConst(f.pkg.types.ref(intType), code, pos);
  f.list(then);
  f.list(() => {});
}

/** What a frame does about an exit that concerns it. */
function act(f: FuncWriter, pos: Pos, loop: RangeLoop, exit: Exit): void {
  if (exit.code === RETURN) {
    f.stmt(S.Return, pos).uvarint(f.results.length);
    for (const v of f.results) f.local(v, pos);
    return;
  }
  const int = f.pkg.types.ref(intType);
  f.assignLocal(f.reach(loop.nest.next), pos, false, () => f.intConst(int, 0, pos));
  if (exit.branch === null) {
    const isContinue = exit.code % 2 !== 0;
    leave(f, pos, isContinue ? State.Ready : State.Done, isContinue);
    return;
  }
  const { tok, label } = exit.branch;
  f.stmt(tok === Token.Break ? S.Break : tok === Token.Continue ? S.Continue : S.Goto, pos);
  f.string(label);
}
