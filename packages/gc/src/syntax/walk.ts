/**
 * Walking syntax trees.
 *
 * `forEachChild` names the children of a node in source order (a receiver before the name, the tags
 * of a struct after its fields). `walk` visits a tree by an explicit stack, so depth does not matter.
 */
import { type Node, NodeKind } from './nodes.ts';

/**
 * Calls `enter` for each node before its children, which are left out if it returns false, and
 * `leave`, if given, for each entered node after them.
 */
export function walk(root: Node, enter: (n: Node) => boolean, leave?: (n: Node) => void): void {
  // A node below its children waits to be left; null stands above such a node.
  const stack: (Node | null)[] = [root];
  const push = (n: Node): void => void stack.push(n);
  while (stack.length > 0) {
    const n = stack.pop()!;
    if (n === null) {
      leave!(stack.pop()!);
      continue;
    }
    const wanted = enter(n);
    if (leave !== undefined) stack.push(n, null);
    if (!wanted) continue;
    const from = stack.length;
    forEachChild(n, push);
    for (let i = from, j = stack.length - 1; i < j; i++, j--) {
      const swap = stack[i]!;
      stack[i] = stack[j]!;
      stack[j] = swap;
    }
  }
}

export function forEachChild(n: Node, visit: (child: Node) => void): void {
  switch (n.kind) {
    case NodeKind.File:
      visit(n.pkgName);
      n.decls.forEach(visit);
      break;
    case NodeKind.ImportDecl:
      maybe(n.localName, visit);
      maybe(n.path, visit);
      break;
    case NodeKind.ConstDecl:
    case NodeKind.VarDecl:
      n.names.forEach(visit);
      maybe(n.type, visit);
      maybe(n.values, visit);
      break;
    case NodeKind.TypeDecl:
      visit(n.name);
      n.tparams.forEach(visit);
      visit(n.type);
      break;
    case NodeKind.FuncDecl:
      maybe(n.recv, visit);
      visit(n.name);
      n.tparams.forEach(visit);
      visit(n.type);
      maybe(n.body, visit);
      break;
    case NodeKind.Field:
      maybe(n.name, visit);
      visit(n.type);
      break;

    case NodeKind.BadExpr:
    case NodeKind.Name:
    case NodeKind.BasicLit:
    case NodeKind.EmptyStmt:
      break;
    case NodeKind.CompositeLit:
      maybe(n.type, visit);
      n.elems.forEach(visit);
      break;
    case NodeKind.KeyValueExpr:
    case NodeKind.MapType:
      visit(n.key);
      visit(n.value);
      break;
    case NodeKind.FuncLit:
      visit(n.type);
      visit(n.body);
      break;
    case NodeKind.ParenExpr:
    case NodeKind.ExprStmt:
      visit(n.x);
      break;
    case NodeKind.SelectorExpr:
      visit(n.x);
      visit(n.sel);
      break;
    case NodeKind.IndexExpr:
      visit(n.x);
      visit(n.index);
      break;
    case NodeKind.SliceExpr:
      visit(n.x);
      for (const i of n.indices) maybe(i, visit);
      break;
    case NodeKind.AssertExpr:
      visit(n.x);
      visit(n.type);
      break;
    case NodeKind.TypeSwitchGuard:
    case NodeKind.RangeClause:
      maybe(n.lhs, visit);
      visit(n.x);
      break;
    case NodeKind.Operation:
      visit(n.x);
      maybe(n.y, visit);
      break;
    case NodeKind.CallExpr:
      visit(n.fun);
      n.args.forEach(visit);
      break;
    case NodeKind.ListExpr:
      n.elems.forEach(visit);
      break;

    case NodeKind.ArrayType:
      maybe(n.len, visit);
      visit(n.elem);
      break;
    case NodeKind.SliceType:
    case NodeKind.DotsType:
    case NodeKind.ChanType:
      visit(n.elem);
      break;
    case NodeKind.StructType:
      n.fields.forEach(visit);
      for (const tag of n.tags) maybe(tag, visit);
      break;
    case NodeKind.InterfaceType:
      n.methods.forEach(visit);
      break;
    case NodeKind.FuncType:
      n.params.forEach(visit);
      n.results.forEach(visit);
      break;

    case NodeKind.SendStmt:
      visit(n.chan);
      visit(n.value);
      break;
    case NodeKind.AssignStmt:
      visit(n.lhs);
      maybe(n.rhs, visit);
      break;
    case NodeKind.BranchStmt:
      maybe(n.label, visit);
      break;
    case NodeKind.CallStmt:
      visit(n.call);
      break;
    case NodeKind.ReturnStmt:
      maybe(n.results, visit);
      break;
    case NodeKind.LabeledStmt:
      visit(n.label);
      visit(n.stmt);
      break;
    case NodeKind.BlockStmt:
      n.list.forEach(visit);
      break;
    case NodeKind.DeclStmt:
      n.decls.forEach(visit);
      break;
    case NodeKind.IfStmt:
      maybe(n.init, visit);
      visit(n.cond);
      visit(n.body);
      maybe(n.else, visit);
      break;
    case NodeKind.ForStmt:
      maybe(n.init, visit);
      maybe(n.cond, visit);
      maybe(n.post, visit);
      visit(n.body);
      break;
    case NodeKind.SwitchStmt:
      maybe(n.init, visit);
      maybe(n.tag, visit);
      n.clauses.forEach(visit);
      break;
    case NodeKind.SelectStmt:
      n.clauses.forEach(visit);
      break;
    case NodeKind.CaseClause:
      maybe(n.cases, visit);
      n.body.forEach(visit);
      break;
    case NodeKind.CommClause:
      maybe(n.comm, visit);
      n.body.forEach(visit);
      break;
  }
}

function maybe(n: Node | null, visit: (child: Node) => void): void {
  if (n !== null) visit(n);
}
