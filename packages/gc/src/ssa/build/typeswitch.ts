/**
 * Type switches.
 *
 * Concrete types are compared by descriptor address; runs of many of them are searched by hash first.
 * Interface types are asked from the runtime (through the assertion cache), in order.
 *
 * Spec: "Type switches".  Contract §7.7.
 */
import { TypeLayout } from '@go-ts/runtime/layout/types';
import { type Case, type Stmt } from '../../ir/node.ts';
import { isEmptyInterface, Kind, type Type } from '../../ir/type.ts';
import { type Block } from '../block.ts';
import { OpEq, OpLtU, OpNe } from '../op.ts';
import { RepBool, RepI32 } from '../rep.ts';
import { type Value } from '../value.ts';
import { retype, unpack, writeLocal } from './addr.ts';
import { declareLocal } from './alloc.ts';
import { type Builder } from './builder.ts';
import { tryInterface, typeOf } from './iface.ts';
import { ofLeaves, type Operand } from './operand.ts';

/** From this many concrete types in a row, their hashes are searched. */
const minHashed = 5;

interface Test {
  readonly type: Type | null;
  readonly clause: Case;
  readonly body: Block;
  /** The clause has this type only, and a variable of it. */
  readonly binds: boolean;
}

export function typeSwitch(b: Builder, s: Stmt): void {
  b.stmts(s.init);
  b.order(s.x!);
  const x = b.expr(s.x!);
  const next = b.newBlock();
  const bodies = s.cases.map(() => b.newBlock());
  const fallback = s.cases.findIndex((c) => c.isDefault);
  const tests: Test[] = [];
  const seen = new Set<Type | null>();
  s.cases.forEach((clause, i) => {
    for (const type of clause.types) {
      if (seen.has(type)) continue;
      seen.add(type);
      const binds = clause.types.length === 1 && !clause.isDefault && clause.local !== null;
      tests.push({ type, clause, body: bodies[i]!, binds });
    }
  });
  runTests(b, x, tests);
  b.jump(fallback >= 0 ? bodies[fallback]! : next);

  b.targets.push({ label: s.label, breakTo: next, continueTo: null });
  s.cases.forEach((clause, i) => {
    b.start(bodies[i]!);
    const { local } = clause;
    if (local !== null && (clause.types.length !== 1 || clause.isDefault)) bind(b, clause, x);
    b.stmts(clause.body);
    b.jump(next);
  });
  b.targets.pop();
  b.start(next);
}

/** Ends at a block where no test has succeeded. */
function runTests(b: Builder, x: Operand, tests: readonly Test[]): void {
  const type = isEmptyInterface(x.type) ? x.leaves[0]! : typeOf(b, x.leaves[0]!);
  for (let i = 0; i < tests.length;) {
    let end = i;
    while (end < tests.length && isConcrete(tests[end]!.type)) end++;
    if (end - i >= minHashed) {
      hashedTests(b, x, type, tests.slice(i, end));
      i = end;
    } else singleTest(b, x, type, tests[i++]!);
  }
}

function isConcrete(t: Type | null): boolean {
  return t !== null && t.kind !== Kind.Interface;
}

// oxlint-disable-next-line max-params -- the value, its type word, and the test.
function singleTest(b: Builder, x: Operand, type: Value, test: Test): void {
  const t = test.type;
  const [yes, no] = [b.newBlock(), b.newBlock()];
  if (t !== null && t.kind === Kind.Interface) {
    const word = tryInterface(b, x, t);
    b.branch(b.v2(OpNe, RepBool, word, b.int(0)), yes, no);
    b.start(yes);
    arrive(b, test, () => ofLeaves(t, [word, x.leaves[1]!]));
  } else {
    const wanted = t === null ? b.int(0) : b.typeWord(t);
    b.branch(b.v2(OpEq, RepBool, type, wanted), yes, no);
    b.start(yes);
    arrive(b, test, () => (t === null ? x : unpack(b, x.leaves[1]!, t)));
  }
  b.start(no);
}

/** The test has succeeded: sets the clause's variable, if it has the type tested for. */
function arrive(b: Builder, test: Test, value: () => Operand): void {
  if (test.binds) bind(b, test.clause, value());
  b.jump(test.body);
}

/** Concrete types, by binary search over their hashes. The value may be nil. */
// oxlint-disable-next-line max-params -- the value, its type word, and the tests.
function hashedTests(b: Builder, x: Operand, type: Value, tests: readonly Test[]): void {
  const done = b.newBlock();
  const some = b.newBlock();
  b.branch(b.v2(OpNe, RepBool, type, b.int(0)), some, done);
  b.start(some);
  const hash = b.load(RepI32, b.offset(type, TypeLayout.at.Hash));
  const sorted = tests
    .map((test) => ({ test, hash: b.env.typeHash(test.type!) }))
    .sort((p, q) => p.hash - q.hash);
  const search = (list: typeof sorted): void => {
    if (list.length < minHashed) {
      for (const { test } of list) singleTest(b, x, type, test);
      b.jump(done);
      return;
    }
    const middle = list.length >> 1;
    const [low, high] = [b.newBlock(), b.newBlock()];
    // Equal hashes must stay on one side.
    let cut = middle;
    while (cut > 0 && list[cut - 1]!.hash === list[cut]!.hash) cut--;
    if (cut === 0) {
      for (const { test } of list) singleTest(b, x, type, test);
      b.jump(done);
      return;
    }
    b.branch(b.v2(OpLtU, RepBool, hash, b.constInt(RepI32, list[cut]!.hash | 0)), low, high);
    b.start(low);
    search(list.slice(0, cut));
    b.start(high);
    search(list.slice(cut));
  };
  search(sorted);
  b.start(done);
}

function bind(b: Builder, clause: Case, x: Operand): void {
  const local = clause.local!;
  b.declared.add(local);
  declareLocal(b, local, true);
  writeLocal(b, local, retype(x, local.type));
}
