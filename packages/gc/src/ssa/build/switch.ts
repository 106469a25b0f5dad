/**
 * Expression switches.
 *
 * Constant integer and string cases are found by binary search (strings by length first), many integers
 * that lie close together by a table of addresses; all others are tried in order, their expressions
 * evaluated only then.
 *
 * Spec: "Expression switches".  Contract §7.7.
 */
import { type Case, type Expr, ExprOp, type Stmt } from '../../ir/node.ts';
import { isInteger, isSigned, Kind } from '../../ir/type.ts';
import { type Block, BlockJumpTable } from '../block.ts';
import { OpEq, OpLeU, OpLt, OpLtU, OpSub } from '../op.ts';
import { RepBool, RepI64 } from '../rep.ts';
import { type Value } from '../value.ts';
import { resizeInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { equalBytes, equalsExpr } from './compare.ts';
import { branchOn } from './cond.ts';
import { type Operand } from './operand.ts';
import { transient } from './strings.ts';

/** Fewer cases are compared one after the other. */
const minBinary = 5;
/** A jump table has at least so many ranges, and one range for so many entries. */
const minTable = 8;
const minDensity = 4n;

interface Target {
  readonly value: bigint | string;
  readonly block: Block;
}

export function switchStmt(b: Builder, s: Stmt): void {
  const next = b.newBlock();
  const bodies = s.cases.map(() => b.newBlock());
  const fallback = s.cases.findIndex((c) => c.isDefault);
  const otherwise = fallback >= 0 ? bodies[fallback]! : next;
  if (s.x === null) conditions(b, s.cases, bodies, otherwise);
  else {
    b.order(s.x);
    // Bytes need not be copied if nothing can change them before the last comparison.
    const isFixed = s.cases.every((c) => c.exprs.every((e) => e.op === ExprOp.Const));
    const x = isFixed ? transient(b, s.x) : b.copyToTemp(b.expr(s.x));
    dispatch(b, s, x, bodies, otherwise);
  }
  runBodies(b, s, bodies, next);
}

/** The bodies, each ending at `next` unless it falls through. */
function runBodies(b: Builder, s: Stmt, bodies: readonly Block[], next: Block): void {
  const outer = b.fallthroughTo;
  b.targets.push({ label: s.label, breakTo: next, continueTo: null });
  s.cases.forEach((c, i) => {
    b.start(bodies[i]!);
    b.fallthroughTo = bodies[i + 1] ?? null;
    b.stmts(c.body);
    b.jump(next);
  });
  b.targets.pop();
  b.fallthroughTo = outer;
  b.start(next);
}

function conditions(
  b: Builder,
  cases: readonly Case[],
  bodies: readonly Block[],
  otherwise: Block,
): void {
  cases.forEach((c, i) => {
    for (const e of c.exprs) {
      const more = b.newBlock();
      branchOn(b, e, bodies[i]!, more);
      b.start(more);
    }
  });
  b.jump(otherwise);
}

// oxlint-disable-next-line max-params -- the switch, its value, and where to go.
function dispatch(
  b: Builder,
  s: Stmt,
  x: Operand,
  bodies: readonly Block[],
  otherwise: Block,
): void {
  const t = x.type;
  const exprs = s.cases.flatMap((c) => c.exprs);
  const allConstant = exprs.length > 0 && exprs.every((e) => e.op === ExprOp.Const);
  if (allConstant && (isInteger(t) || t.kind === Kind.String)) {
    const targets = constantTargets(s.cases, bodies);
    if (isInteger(t)) searchInts(b, x, targets, otherwise);
    else searchStrings(b, x, targets, otherwise);
    return;
  }
  s.cases.forEach((c, i) => {
    for (const e of c.exprs) {
      const more = b.newBlock();
      b.pos = e.pos;
      b.branch(matches(b, x, e), bodies[i]!, more);
      b.start(more);
    }
  });
  b.jump(otherwise);
}

function matches(b: Builder, x: Operand, e: Expr): Value {
  if (e.op === ExprOp.Convert || e.op === ExprOp.Zero || e.op === ExprOp.Const) {
    if (e.x !== null) b.order(e.x);
    return equalsExpr(b, x, e);
  }
  b.order(e);
  return equalsExpr(b, x, e);
}

/** Instances of generic functions may repeat a constant: the first one counts. */
function constantTargets(cases: readonly Case[], bodies: readonly Block[]): Target[] {
  const seen = new Set<bigint | string>();
  const targets: Target[] = [];
  cases.forEach((c, i) => {
    for (const e of c.exprs) {
      const value = e.value as bigint | string;
      if (!seen.has(value)) targets.push({ value, block: bodies[i]! });
      seen.add(value);
    }
  });
  return targets;
}

/** Numbers that lead to the same place. */
interface IntRange {
  readonly low: bigint;
  readonly high: bigint;
  readonly block: Block;
}

function searchInts(b: Builder, x: Operand, targets: Target[], otherwise: Block): void {
  const v = x.scalar;
  const signed = isSigned(x.type);
  const constant = (value: bigint): Value => b.constInt(v.rep, value);
  search(b, intRanges(targets), otherwise, {
    isLess: (t) => b.v2(signed ? OpLt : OpLtU, RepBool, v, constant(t.low)),
    isEqual: ({ low, high }) => {
      if (low === high) return b.v2(OpEq, RepBool, v, constant(low));
      const distance = b.v2(OpSub, v.rep, v, constant(low));
      return b.v2(OpLeU, RepBool, distance, constant(high - low));
    },
    tryAll: (ranges) => tryTable(b, x, ranges, otherwise),
  });
}

function intRanges(targets: readonly Target[]): IntRange[] {
  const ranges: IntRange[] = [];
  const sorted = targets.toSorted((p, q) => (p.value < q.value ? -1 : p.value > q.value ? 1 : 0));
  for (const { value, block } of sorted) {
    const n = value as bigint;
    const last = ranges.at(-1);
    const isNext = last !== undefined && last.block === block && last.high + 1n === n;
    if (isNext) ranges[ranges.length - 1] = { ...last, high: n };
    else ranges.push({ low: n, high: n, block });
  }
  return ranges;
}

/** Ends the current block with a jump through a table, if that is worth it. */
function tryTable(b: Builder, x: Operand, ranges: readonly IntRange[], otherwise: Block): boolean {
  if (ranges.length < minTable || b.env.options.noOptimize) return false;
  const [first, last] = [ranges[0]!.low, ranges.at(-1)!.high];
  if (last - first + 1n > BigInt(ranges.length) * minDensity) return false;
  const index = b.v2(OpSub, RepI64, resizeInt(b, x.scalar, RepI64, isSigned(x.type)), b.int(first));
  const table = b.newBlock();
  b.branch(b.v2(OpLeU, RepBool, index, b.int(last - first)), table, otherwise);
  b.start(table);
  table.kind = BlockJumpTable;
  table.setControl(index);
  let next = first;
  for (const { low, high, block } of ranges) {
    for (; next < low; next++) table.addEdgeTo(otherwise);
    for (; next <= high; next++) table.addEdgeTo(block);
  }
  return true;
}

interface Comparison<T> {
  /** Whether what is searched is below `t`. */
  readonly isLess: (t: T) => Value;
  readonly isEqual: (t: T) => Value;
  /** Ends the block in another way than by comparing, if it can. */
  readonly tryAll: (sorted: readonly T[]) => boolean;
}

/** Ends the current block with a search among sorted targets. */
function search<T extends { readonly block: Block }>(
  b: Builder,
  sorted: readonly T[],
  otherwise: Block,
  compare: Comparison<T>,
): void {
  if (compare.tryAll(sorted)) return;
  if (sorted.length < minBinary) {
    for (const t of sorted) {
      const more = b.newBlock();
      b.branch(compare.isEqual(t), t.block, more);
      b.start(more);
    }
    b.jump(otherwise);
    return;
  }
  const middle = sorted.length >> 1;
  const [low, high] = [b.newBlock(), b.newBlock()];
  b.branch(compare.isLess(sorted[middle]!), low, high);
  b.start(low);
  search(b, sorted.slice(0, middle), otherwise, compare);
  b.start(high);
  search(b, sorted.slice(middle), otherwise, compare);
}

/** By length, and within one length one after the other. */
function searchStrings(b: Builder, x: Operand, targets: Target[], otherwise: Block): void {
  const [p, n] = x.leaves as [Value, Value];
  const byLength = new Map<number, Target[]>();
  for (const t of targets) {
    const { length } = t.value as string;
    const list = byLength.get(length);
    if (list === undefined) byLength.set(length, [t]);
    else list.push(t);
  }
  const lengths = [...byLength.keys()].sort((i, j) => i - j);
  const groups = lengths.map((length) => ({ length, block: b.newBlock() }));
  search(b, groups, otherwise, {
    isLess: ({ length }) => b.v2(OpLt, RepBool, n, b.int(length)),
    isEqual: ({ length }) => b.v2(OpEq, RepBool, n, b.int(length)),
    tryAll: () => false,
  });
  lengths.forEach((length, i) => {
    b.start(groups[i]!.block);
    for (const t of byLength.get(length)!) {
      if (length === 0) {
        b.jump(t.block);
        return;
      }
      const more = b.newBlock();
      b.branch(equalBytes(b, p, t.value as string), t.block, more);
      b.start(more);
    }
    b.jump(otherwise);
  });
}
