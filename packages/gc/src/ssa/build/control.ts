/**
 * if, for, and the jumps.
 *
 * A loop is: initialisation, head with the condition, body, the copies of per-iteration variables,
 * post statement, back to the head.
 *
 * Spec: "If statements", "For statements", "Labeled statements" and the statements that use labels.
 */
import { ExprOp, type LocalVar, type Stmt } from '../../ir/node.ts';
import { type Block } from '../block.ts';
import { readLocal, placeOf } from './addr.ts';
import { newObject } from './alloc.ts';
import { type Builder } from './builder.ts';
import { branchOn } from './cond.ts';

export function ifStmt(b: Builder, s: Stmt): void {
  const cond = s.x!;
  if (s.init.length > 0) b.stmts(s.init);
  if (cond.op === ExprOp.Const) {
    // The other branch may mention what does not exist on this target.
    b.stmts(cond.value === true ? s.body : s.orelse);
    return;
  }
  const yes = b.newBlock();
  const next = b.newBlock();
  const no = s.orelse.length > 0 ? b.newBlock() : next;
  branchOn(b, cond, yes, no);
  b.start(yes);
  b.stmts(s.body);
  b.jump(next);
  if (no !== next) {
    b.start(no);
    b.stmts(s.orelse);
    b.jump(next);
  }
  b.start(next);
}

export function forStmt(b: Builder, s: Stmt): void {
  b.stmts(s.init);
  const [head, body, post, next] = [b.newBlock(), b.newBlock(), b.newBlock(), b.newBlock()];
  b.jumpAndStart(head);
  if (s.x === null) b.jump(body);
  else branchOn(b, s.x, body, next);
  b.start(body);
  b.targets.push({ label: s.label, breakTo: next, continueTo: post });
  b.stmts(s.body);
  b.targets.pop();
  b.jumpAndStart(post);
  for (const v of s.perIteration) renewVariable(b, v);
  b.stmts(s.post);
  b.jump(head);
  b.start(next);
}

/** A new instance of `v` with the value of the old one, if anybody may still see the old one. */
function renewVariable(b: Builder, v: LocalVar): void {
  const place = placeOf(b, v);
  if (place.kind !== 'pointer') return;
  const value = readLocal(b, v);
  const p = newObject(b, v.type);
  b.storeOperand(p, value);
  b.vars.write(place.pointer, p);
}

export function jumpStmt(b: Builder, to: Block): void {
  b.jump(to);
  b.startDead();
}

export function breakStmt(b: Builder, s: Stmt): void {
  for (let i = b.targets.length - 1; i >= 0; i--) {
    const t = b.targets[i]!;
    if (s.label === '' || t.label === s.label) {
      jumpStmt(b, t.breakTo);
      return;
    }
  }
  b.fail(`break ${s.label} without target`);
}

export function continueStmt(b: Builder, s: Stmt): void {
  for (let i = b.targets.length - 1; i >= 0; i--) {
    const t = b.targets[i]!;
    if (t.continueTo !== null && (s.label === '' || t.label === s.label)) {
      jumpStmt(b, t.continueTo);
      return;
    }
  }
  b.fail(`continue ${s.label} without target`);
}

export function labelBlock(b: Builder, label: string): Block {
  let block = b.labels.get(label);
  if (block === undefined) {
    block = b.newBlock();
    b.labels.set(label, block);
  }
  return block;
}
