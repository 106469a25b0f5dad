/**
 * Extents of nodes: where a node starts, and about where it ends.
 *
 * `endPos` is exact for names and literals, the closing brace for what ends in one, and for other
 * closing tokens the end of what stands before them. Scopes begin and some diagnostics are placed
 * there, so these approximations are part of what programs see.
 *
 * Both are loops, since operands nest to any depth.
 * GOROOT: src/cmd/compile/internal/syntax/positions.go.
 */
import { InternalError } from '@go-ts/base';
import { type Expr, type Name, type BasicLit, type Node, NodeKind } from './nodes.ts';
import { type Pos } from './pos.ts';

export function startPos(node: Node): Pos {
  let n = node;
  for (;;) {
    switch (n.kind) {
      case NodeKind.File:
        return n.start;
      case NodeKind.CompositeLit:
        if (n.type === null) return n.pos;
        n = n.type;
        break;
      case NodeKind.KeyValueExpr:
        n = n.key;
        break;
      case NodeKind.SelectorExpr:
      case NodeKind.IndexExpr:
      case NodeKind.AssertExpr:
        n = n.x;
        break;
      case NodeKind.TypeSwitchGuard:
      case NodeKind.RangeClause:
        n = n.lhs ?? n.x;
        break;
      case NodeKind.Operation:
        if (n.y === null) return n.pos;
        n = n.x;
        break;
      case NodeKind.CallExpr:
        n = n.fun;
        break;
      case NodeKind.ListExpr:
        if (n.elems.length === 0) return n.pos;
        n = n.elems[0]!;
        break;
      case NodeKind.SendStmt:
        n = n.chan;
        break;
      case NodeKind.AssignStmt:
        n = n.lhs;
        break;
      default:
        return n.pos;
    }
  }
}

export function endPos(node: Node): Pos {
  let n = node;
  for (;;) {
    const next = lastPart(n);
    if (typeof next === 'number') return next;
    n = next;
  }
}

/** The part of `n` that ends it, or the position where it ends. */
function lastPart(n: Node): Node | Pos {
  switch (n.kind) {
    case NodeKind.File:
      return n.eof;
    case NodeKind.ImportDecl:
      return n.path ?? n.pos;
    case NodeKind.ConstDecl:
    case NodeKind.VarDecl:
      return n.values ?? n.type ?? n.names.at(-1) ?? n.pos;
    case NodeKind.TypeDecl:
      return n.type;
    case NodeKind.FuncDecl:
      return n.body ?? n.type;

    case NodeKind.BadExpr:
      return n.pos;
    case NodeKind.Name:
    case NodeKind.BasicLit:
      return n.pos + byteLength(n);
    case NodeKind.CompositeLit:
      return n.rbrace;
    case NodeKind.KeyValueExpr:
      return n.value;
    case NodeKind.FuncLit:
      return n.body;
    case NodeKind.ParenExpr:
      return n.x;
    case NodeKind.SelectorExpr:
      return n.sel;
    case NodeKind.IndexExpr:
      return n.index;
    case NodeKind.SliceExpr:
      return n.x;
    case NodeKind.AssertExpr:
      return n.type;
    case NodeKind.TypeSwitchGuard:
      return n.x;
    case NodeKind.Operation:
      return n.y ?? n.x;
    case NodeKind.CallExpr:
      return lastOf(n.args) ?? n.fun;
    case NodeKind.ListExpr:
      return lastOf(n.elems) ?? n.pos;

    case NodeKind.ArrayType:
    case NodeKind.SliceType:
    case NodeKind.DotsType:
    case NodeKind.ChanType:
      return n.elem;
    case NodeKind.StructType:
      return n.fields.at(-1) ?? n.pos;
    case NodeKind.InterfaceType:
      return n.methods.at(-1) ?? n.pos;
    case NodeKind.FuncType:
      return n.results.at(-1) ?? n.params.at(-1) ?? n.pos;
    case NodeKind.MapType:
      return n.value;
    case NodeKind.Field:
      return n.type;

    case NodeKind.EmptyStmt:
      return n.pos;
    case NodeKind.LabeledStmt:
      return n.stmt;
    case NodeKind.BlockStmt:
    case NodeKind.SwitchStmt:
    case NodeKind.SelectStmt:
      return n.rbrace;
    case NodeKind.ExprStmt:
    case NodeKind.RangeClause:
      return n.x;
    case NodeKind.SendStmt:
      return n.value;
    case NodeKind.DeclStmt:
      return n.decls.at(-1) ?? n.pos;
    case NodeKind.AssignStmt:
      return n.rhs ?? endPos(n.lhs) + 2;
    case NodeKind.BranchStmt:
      return n.label ?? n.pos;
    case NodeKind.CallStmt:
      return n.call;
    case NodeKind.ReturnStmt:
      return n.results ?? n.pos;
    case NodeKind.IfStmt:
      return n.else ?? n.body;
    case NodeKind.ForStmt:
      return n.body;
    case NodeKind.CaseClause:
    case NodeKind.CommClause:
      return n.body.at(-1) ?? n.colon;
    default:
      throw new InternalError(`end of node of kind ${String((n as Node).kind)}`);
  }
}

function lastOf(list: readonly Expr[]): Expr | undefined {
  return list[list.length - 1];
}

/** Length of the text in UTF-8. */
function byteLength(n: Name | BasicLit): number {
  const { value } = n;
  let bytes = value.length;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes; other units below 0x800 take two, else three.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
