/**
 * The call graph of functions, as far as it is known before anything runs: who names whom.
 *
 * A function literal belongs to the function that it is in.
 */
import { type Case, type Expr, ExprOp, type Func, type Stmt } from './node.ts';
import { type FuncSym } from './sym.ts';

/** Strongly connected components of the call graph, callees before callers. Tarjan, iteratively. */
export function bottomUp(funcs: readonly Func[]): Func[][] {
  const index = new Map<FuncSym, number>();
  funcs.forEach((fn, i) => index.set(fn.sym, i));
  const callees = funcs.map((fn) => {
    const targets = new Set<number>();
    collectCallees(fn, (f) => {
      const i = index.get(f);
      if (i !== undefined) targets.add(i);
    });
    return [...targets];
  });
  const order = new Int32Array(funcs.length).fill(-1);
  const low = new Int32Array(funcs.length);
  const onStack = new Uint8Array(funcs.length);
  const stack: number[] = [];
  const components: Func[][] = [];
  let counter = 0;
  for (let start = 0; start < funcs.length; start++) {
    if (order[start] !== -1) continue;
    const path = [{ node: start, next: 0 }];
    order[start] = low[start] = counter++;
    stack.push(start);
    onStack[start] = 1;
    while (path.length > 0) {
      const top = path.at(-1)!;
      const { node } = top;
      const target = callees[node]![top.next];
      if (target !== undefined) {
        top.next++;
        if (order[target] === -1) {
          order[target] = low[target] = counter++;
          stack.push(target);
          onStack[target] = 1;
          path.push({ node: target, next: 0 });
        } else if (onStack[target] === 1) {
          low[node] = Math.min(low[node]!, order[target]!);
        }
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[node]!);
      if (low[node] === order[node]) components.push(popComponent(stack, onStack, node, funcs));
    }
  }
  return components;
}

function popComponent(
  stack: number[],
  onStack: Uint8Array,
  root: number,
  funcs: readonly Func[],
): Func[] {
  const members: number[] = [];
  for (;;) {
    const node = stack.pop()!;
    onStack[node] = 0;
    members.push(node);
    if (node === root) break;
  }
  return members.sort((a, b) => a - b).map((i) => funcs[i]!);
}

function collectCallees(fn: Func, visit: (f: FuncSym) => void): void {
  const expr = (e: Expr | null): void => {
    if (e === null) return;
    if (e.op === ExprOp.CallStatic || e.op === ExprOp.FuncRef) visit(e.func!);
    expr(e.x);
    expr(e.y);
    for (const part of e.list) expr(part);
    for (const s of e.stmts) stmt(s);
  };
  const inCase = (c: Case): void => {
    for (const e of c.exprs) expr(e);
    if (c.comm !== null) stmt(c.comm);
    for (const s of c.body) stmt(s);
  };
  const stmt = (s: Stmt): void => {
    expr(s.x);
    for (const e of s.lhs) expr(e);
    for (const e of s.rhs) expr(e);
    for (const list of [s.init, s.body, s.post, s.orelse]) for (const inner of list) stmt(inner);
    for (const c of s.cases) inCase(c);
  };
  for (const s of fn.body) stmt(s);
  for (const closure of fn.closures) collectCallees(closure, visit);
}
