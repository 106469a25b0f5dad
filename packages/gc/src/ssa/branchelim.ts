/**
 * Replaces branches that only choose between values by selections (conditional moves).
 *
 *        b: If c              b:
 *        /    \               ⋮  what `s` computed
 *       s      |      →       x' = CondSelect x y c
 *        \    /               Plain → post
 *        post: x' = Phi x y
 *
 * and likewise where both sides have a block. What the blocks compute is then computed always: it must
 * be little, and free of effects and faults. Choices between constants and their neighbours become
 * arithmetic on the condition: `if c { n++ }` adds it.
 *
 * A branch that is predicted well beats a selection, which waits for both values. So branches that are
 * known to go one way mostly, values that addresses of loads are made of (the load would wait), and
 * loop headers are left alone.
 *
 * Blocks that are left with one predecessor, which goes nowhere else, join it: so the inner choice is
 * out of the way of the outer one.
 */
import { type Block, BlockIf, BlockPlain } from './block.ts';
import { DomTree } from './cfg.ts';
import { type Func } from './func.ts';
import * as ops from './op.ts';
import { type Rep, RepBool, isFloatRep, isGeneralRep, isIntRep } from './rep.ts';
import { type Value } from './value.ts';

/** Instructions that may be executed for nothing, selections that may replace one branch. */
const maxSpeculated = 3;
const maxSelections = 2;

export function branchelim(f: Func): void {
  const dom = new DomTree(f);
  const addresses = partsOfAddresses(f);
  const gone = new Set<Block>();
  // Inner branches first.
  for (let i = dom.order.length - 1; i >= 0; i--) {
    const b = dom.order[i]!;
    if (gone.has(b)) continue;
    while (eliminate(b, dom, addresses, gone) || join(b, f, gone));
  }
  if (gone.size === 0) return;
  let n = 0;
  for (const b of f.blocks) if (!gone.has(b)) f.blocks[n++] = b;
  f.blocks.length = n;
}

/** What loads compute their addresses from, as far as plain arithmetic goes. */
function partsOfAddresses(f: Func): Uint8Array {
  const marked = new Uint8Array(f.numValues);
  const work: Value[] = [];
  const mark = (v: Value): void => {
    if (marked[v.id] === 1) return;
    marked[v.id] = 1;
    work.push(v);
  };
  for (const b of f.blocks) for (const v of b.values) if (v.op === ops.OpLoad) mark(v.a0!);
  while (work.length > 0) {
    const v = work.pop()!;
    switch (v.op) {
      case ops.OpAdd:
      case ops.OpSub:
      case ops.OpMul:
      case ops.OpAnd:
      case ops.OpLsh:
      case ops.OpSignExt:
      case ops.OpZeroExt:
      case ops.OpOffPtr:
      case ops.OpPtrAdd:
      case ops.OpNilCheck:
        for (let i = 0; i < v.nargs; i++) if (v.arg(i).op !== ops.OpConst) mark(v.arg(i));
        break;
      default:
    }
  }
  return marked;
}

/** True if `b`'s branch was replaced. */
// oxlint-disable-next-line max-params -- the block, and what is known of the function.
function eliminate(b: Block, dom: DomTree, addresses: Uint8Array, gone: Set<Block>): boolean {
  if (b.kind !== BlockIf || b.likely !== 0) return false;
  const yes = sideOf(b, 0);
  const no = sideOf(b, 1);
  const post = yes?.post ?? no?.post;
  if (post === undefined || post === b || dom.dominates(post, b)) return false;
  // Without a block of its own a side goes to the meeting point at once.
  if ((yes?.post ?? b.succs[0]!.b) !== post || (no?.post ?? b.succs[1]!.b) !== post) return false;
  const sides = [yes?.block, no?.block].filter((s) => s !== undefined);
  let cost = 0;
  for (const s of sides) for (const v of s.values) cost += costOf(v);
  if (cost > maxSpeculated) return false;
  const fromYes = yes === null ? b.succs[0]!.i : yes.block.succs[0]!.i;
  const fromNo = no === null ? b.succs[1]!.i : no.block.succs[0]!.i;
  const phis = post.values.filter((v) => v.op === ops.OpPhi);
  if (!areSelectable(phis, { fromYes, fromNo, cond: b.c0!, addresses })) return false;
  const cond = b.c0!;
  for (const s of sides) moveValues(s, b);
  const chosen = phis.map((phi) => select(b, phi, cond, phi.arg(fromYes), phi.arg(fromNo)));
  phis.forEach((phi, i) => phi.setArg(fromYes, chosen[i]!));
  // One edge is left: the yes side's, from b itself.
  b.setControl(null);
  b.kind = BlockPlain;
  dropPredecessor(post, fromNo, phis);
  const at = fromYes === post.preds.length ? fromNo : fromYes;
  const e = post.preds[at]!;
  b.succs.length = 1;
  b.succs[0]!.b = post;
  b.succs[0]!.i = at;
  e.b = b;
  e.i = 0;
  for (const s of sides) {
    s.succs.length = 0;
    s.preds.length = 0;
    gone.add(s);
  }
  return true;
}

/** The block of its own that successor `i` is, with where it leads; null if it is not one. */
function sideOf(b: Block, i: number): { readonly block: Block; readonly post: Block } | null {
  const s = b.succs[i]!.b;
  if (s.preds.length !== 1 || s.kind !== BlockPlain) return null;
  return { block: s, post: s.succs[0]!.b };
}

/** Instructions that `v` takes; more than is allowed if it must not be executed in vain. */
function costOf(v: Value): number {
  switch (v.op) {
    case ops.OpConst:
    case ops.OpConstBool:
    case ops.OpConstNil:
    case ops.OpTrunc:
      return 0;
    case ops.OpAdd:
    case ops.OpSub:
    case ops.OpAnd:
    case ops.OpOr:
    case ops.OpXor:
    case ops.OpCom:
    case ops.OpNeg:
    case ops.OpNot:
    case ops.OpSignExt:
    case ops.OpZeroExt:
      return isFloatRep(v.rep) ? Infinity : 1;
    case ops.OpLsh:
    case ops.OpRsh:
    case ops.OpRshU:
      return v.a1!.op === ops.OpConst ? 1 : Infinity;
    case ops.OpEq:
    case ops.OpNe:
    case ops.OpLt:
    case ops.OpLe:
    case ops.OpLtU:
    case ops.OpLeU:
      return 2;
    default:
      return Infinity;
  }
}

interface Choice {
  readonly fromYes: number;
  readonly fromNo: number;
  readonly cond: Value;
  readonly addresses: Uint8Array;
}

function areSelectable(phis: readonly Value[], choice: Choice): boolean {
  const { fromYes, fromNo, cond, addresses } = choice;
  let selections = 0;
  for (const phi of phis) {
    const x = phi.arg(fromYes);
    const y = phi.arg(fromNo);
    if (x === y) continue;
    if (!isGeneralRep(phi.rep) || addresses[phi.id] === 1) return false;
    if (!isArithmetic(phi.rep, x, y)) selections++;
  }
  if (selections > 0 && isFloatRep(cond.nargs > 0 ? cond.a0!.rep : RepBool)) return false;
  return selections <= maxSelections;
}

const isConst = (v: Value, n: number): boolean =>
  v.op === ops.OpConst && v.auxInt === n && v.aux === null;

/** v = base + 1. */
function isNext(v: Value, base: Value): boolean {
  if (v.op !== ops.OpAdd) return false;
  return (v.a0 === base && isConst(v.a1!, 1)) || (v.a1 === base && isConst(v.a0!, 1));
}

/** The choice is the condition itself, or arithmetic on it. */
function isArithmetic(rep: Rep, x: Value, y: Value): boolean {
  if (rep === RepBool) return x.op === ops.OpConstBool || y.op === ops.OpConstBool;
  if (!isIntRep(rep)) return false;
  if (isConst(x, 1) && isConst(y, 0)) return true;
  if (isConst(x, 0) && isConst(y, 1)) return true;
  return isNext(x, y) || isNext(y, x);
}

/** x if the condition holds, else y: in `b`. */
// oxlint-disable-next-line max-params -- what is chosen, and where.
function select(b: Block, phi: Value, cond: Value, x: Value, y: Value): Value {
  if (x === y) return x;
  const f = b.func;
  const { rep, pos } = phi;
  const not = (): Value => f.newValue1(b, pos, ops.OpNot, RepBool, cond);
  const number = (c: Value): Value => f.newValue1(b, pos, ops.OpZeroExt, rep, c);
  if (rep === RepBool) {
    if (x.op === ops.OpConstBool && y.op === ops.OpConstBool) return x.auxInt === 1 ? cond : not();
    if (x.op === ops.OpConstBool) {
      if (x.auxInt === 1) return f.newValue2(b, pos, ops.OpOr, RepBool, cond, y);
      return f.newValue2(b, pos, ops.OpAnd, RepBool, not(), y);
    }
    if (y.op === ops.OpConstBool) {
      if (y.auxInt === 0) return f.newValue2(b, pos, ops.OpAnd, RepBool, cond, x);
      return f.newValue2(b, pos, ops.OpOr, RepBool, not(), x);
    }
  } else if (isIntRep(rep)) {
    if (isConst(x, 1) && isConst(y, 0)) return number(cond);
    if (isConst(x, 0) && isConst(y, 1)) return number(not());
    if (isNext(x, y)) return f.newValue2(b, pos, ops.OpAdd, rep, y, number(cond));
    if (isNext(y, x)) return f.newValue2(b, pos, ops.OpAdd, rep, x, number(not()));
  }
  return f.newValue3(b, pos, ops.OpCondSelect, rep, x, y, cond);
}

function moveValues(from: Block, to: Block): void {
  for (const v of from.values) {
    v.block = to;
    to.values.push(v);
  }
  from.values.length = 0;
}

function dropPredecessor(post: Block, i: number, phis: readonly Value[]): void {
  post.removePred(i);
  for (const phi of phis) phi.removeArgSwap(i);
}

/** Joins the only successor of `b` to it, if nothing else leads there. */
function join(b: Block, f: Func, gone: Set<Block>): boolean {
  if (b.kind !== BlockPlain) return false;
  const next = b.succs[0]!.b;
  if (next.preds.length !== 1 || next === b || next === f.entry) return false;
  for (const v of next.values) {
    if (v.op === ops.OpPhi) v.copyOf(v.a0!);
  }
  moveValues(next, b);
  b.kind = next.kind;
  b.likely = next.likely;
  b.aux = next.aux;
  b.auxInt = next.auxInt;
  b.pos = next.pos;
  b.setControl(next.c0);
  b.setControl2(next.c1);
  next.setControl(null);
  next.setControl2(null);
  b.succs = next.succs;
  b.succs.forEach((e) => (e.b.preds[e.i]!.b = b));
  next.succs = [];
  next.preds = [];
  gone.add(next);
  return true;
}
