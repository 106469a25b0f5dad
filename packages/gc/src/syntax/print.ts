/**
 * Trees back to source text.
 *
 * `exprString` is the short form that messages use: one line, with `…` for what stands in the braces
 * of function and composite literals. `printNode` gives whole declarations and files, one statement
 * to a line; parsing its output gives the same tree again.
 * Parentheses that the parser dropped are not restored, so an operand such as `(a + b) * c` prints
 * without them in messages, as gc's do; in the long form they are put back where precedence asks.
 *
 * GOROOT: src/cmd/compile/internal/syntax/printer.go (the short form, character by character).
 */
import {
  type BlockStmt,
  ChanDir,
  type CaseClause,
  type CommClause,
  type Decl,
  type Expr,
  type Field,
  type File,
  type ForStmt,
  type FuncType,
  type InterfaceType,
  type Node,
  NodeKind,
  type Operation,
  type Stmt,
  type StructType,
  type SwitchStmt,
  type SelectStmt,
} from './nodes.ts';
import { Operator, operatorNames, precedences, tokenNames } from './token.ts';

/** A node on one line, long bodies elided. */
export function exprString(node: Node): string {
  const printer = new Printer(true);
  printer.node(node);
  return printer.text;
}

/** A node in full, over as many lines as it takes, without a final newline. */
export function printNode(node: Node): string {
  const printer = new Printer(false);
  printer.node(node);
  return printer.text;
}

class Printer {
  text = '';
  readonly #short: boolean;
  #indent = '\n';

  constructor(short: boolean) {
    this.#short = short;
  }

  node(n: Node): void {
    switch (n.kind) {
      case NodeKind.File:
        this.#file(n);
        break;
      case NodeKind.Field:
        this.#field(n);
        break;
      case NodeKind.CaseClause:
      case NodeKind.CommClause:
        this.#clause(n);
        break;
      case NodeKind.ImportDecl:
      case NodeKind.ConstDecl:
      case NodeKind.TypeDecl:
      case NodeKind.VarDecl:
      case NodeKind.FuncDecl:
        this.#declGroup([n]);
        break;
      default:
        if (isStmt(n)) this.#stmt(n);
        else this.#expr(n);
    }
  }

  #put(text: string): void {
    this.text += text;
  }

  /** Between elements of a braced list: a new line, or a semicolon on the same one. */
  #separate(): void {
    this.#put(this.#short ? '; ' : this.#indent);
  }

  #indented(print: () => void): void {
    const outer = this.#indent;
    this.#indent += '\t';
    print();
    this.#indent = outer;
  }

  // ---- expressions

  #expr(n: Expr): void {
    switch (n.kind) {
      case NodeKind.BadExpr:
        return this.#put('<bad expr>');
      case NodeKind.Name:
      case NodeKind.BasicLit:
        return this.#put(n.value);
      case NodeKind.FuncLit:
        this.#expr(n.type);
        this.#put(' ');
        if (!this.#short) this.#block(n.body);
        else this.#put(n.body.list.length > 0 ? '{…}' : '{}');
        return undefined;
      case NodeKind.CompositeLit:
        if (n.type !== null) this.#expr(n.type);
        if (this.#short) return this.#put(n.elems.length > 0 ? '{…}' : '{}');
        return this.#elements(n.elems, n.nKeys > 0 && n.nKeys === n.elems.length);
      case NodeKind.ParenExpr:
        this.#put('(');
        this.#expr(n.x);
        return this.#put(')');
      case NodeKind.SelectorExpr:
      case NodeKind.IndexExpr:
      case NodeKind.SliceExpr:
      case NodeKind.AssertExpr:
      case NodeKind.CallExpr:
        return this.#primaryChain(n);
      case NodeKind.TypeSwitchGuard:
        if (n.lhs !== null) this.#put(`${n.lhs.value} := `);
        this.#operand(n.x);
        return this.#put('.(type)');
      case NodeKind.Operation:
        return this.#operation(n);
      case NodeKind.KeyValueExpr:
        this.#expr(n.key);
        this.#put(': ');
        return this.#expr(n.value);
      case NodeKind.ListExpr:
        return this.#list(n.elems);
      default:
        return this.#type(n);
    }
  }

  #list(list: readonly Expr[]): void {
    for (const [i, x] of list.entries()) {
      if (i > 0) this.#put(', ');
      this.#expr(x);
    }
  }

  #elements(elems: readonly Expr[], lines: boolean): void {
    this.#put('{');
    if (lines) {
      this.#indented(() => {
        for (const x of elems) {
          this.#put(this.#indent);
          this.#expr(x);
          this.#put(',');
        }
      });
      this.#put(this.#indent);
    } else this.#list(elems);
    this.#put('}');
  }

  /** `x.a[i](y)…`: suffixes nest to the left, to any depth, so the operand is found by a loop. */
  #primaryChain(node: Expr): void {
    const suffixes: Expr[] = [];
    let n = node;
    for (let inner = operandOf(n); inner !== null; inner = operandOf(n)) {
      suffixes.push(n);
      n = inner;
    }
    this.#operand(n);
    for (const suffix of suffixes.reverse()) this.#suffix(suffix);
  }

  /** The operand of a suffix; in full form in parentheses if it would bind less tightly. */
  #operand(n: Expr): void {
    const loose =
      n.kind === NodeKind.Operation || n.kind === NodeKind.ChanType || n.kind === NodeKind.FuncType;
    this.#maybeParenthesised(n, loose);
  }

  #maybeParenthesised(n: Expr, wanted: boolean): void {
    const parens = wanted && !this.#short;
    if (parens) this.#put('(');
    this.#expr(n);
    if (parens) this.#put(')');
  }

  #suffix(n: Expr): void {
    switch (n.kind) {
      case NodeKind.SelectorExpr:
        return this.#put(`.${n.sel.value}`);
      case NodeKind.IndexExpr:
        this.#put('[');
        this.#expr(n.index);
        return this.#put(']');
      case NodeKind.SliceExpr: {
        const [low, high, max] = n.indices;
        this.#put('[');
        if (low) this.#expr(low);
        this.#put(':');
        if (high) this.#expr(high);
        if (max) {
          this.#put(':');
          this.#expr(max);
        }
        return this.#put(']');
      }
      case NodeKind.AssertExpr:
        this.#put('.(');
        this.#expr(n.type);
        return this.#put(')');
      case NodeKind.CallExpr:
        this.#put('(');
        this.#list(n.args);
        return this.#put(n.hasDots ? '...)' : ')');
      default:
        return undefined;
    }
  }

  #operation(node: Operation): void {
    if (node.y === null) {
      this.#put(operatorNames[node.op]!);
      const { x } = node;
      // `- -x` is no decrement.
      const twice = x.kind === NodeKind.Operation && x.y === null && x.op === node.op;
      if (twice && !this.#short) this.#put(' ');
      const arrow = node.op === Operator.Recv && x.kind === NodeKind.ChanType;
      this.#maybeParenthesised(x, arrow || (x.kind === NodeKind.Operation && x.y !== null));
      return;
    }
    // Left-deep chains are as long as programs make them.
    const chain: Operation[] = [];
    let n: Expr = node;
    while (n.kind === NodeKind.Operation && n.y !== null) {
      chain.push(n);
      if (!this.#short && binaryPrecedence(n.x) < precedences[n.op]!) {
        n = n.x;
        break;
      }
      n = n.x;
    }
    const last = chain.at(-1)!;
    this.#maybeParenthesised(n, binaryPrecedence(n) < precedences[last.op]!);
    for (const operation of chain.reverse()) {
      const y = operation.y!;
      this.#put(` ${operatorNames[operation.op]!} `);
      this.#maybeParenthesised(y, binaryPrecedence(y) <= precedences[operation.op]!);
    }
  }

  // ---- types

  #type(n: Exclude<Expr, { kind: typeof NodeKind.BadExpr }>): void {
    switch (n.kind) {
      case NodeKind.ArrayType:
        this.#put('[');
        if (n.len === null) this.#put('...');
        else this.#expr(n.len);
        this.#put(']');
        return this.#expr(n.elem);
      case NodeKind.SliceType:
        this.#put('[]');
        return this.#expr(n.elem);
      case NodeKind.DotsType:
        this.#put('...');
        return this.#expr(n.elem);
      case NodeKind.StructType:
        return this.#struct(n);
      case NodeKind.FuncType:
        this.#put('func');
        return this.#signature(n);
      case NodeKind.InterfaceType:
        return this.#interface(n);
      case NodeKind.MapType:
        this.#put('map[');
        this.#expr(n.key);
        this.#put(']');
        return this.#expr(n.value);
      case NodeKind.ChanType: {
        this.#put(['chan ', 'chan<- ', '<-chan '][n.dir]!);
        const { elem } = n;
        const receive = elem.kind === NodeKind.ChanType && elem.dir === ChanDir.RecvOnly;
        if (n.dir !== ChanDir.Both || !receive) return this.#expr(elem);
        this.#put('(');
        this.#expr(elem);
        return this.#put(')');
      }
      default:
        return undefined;
    }
  }

  #struct(n: StructType): void {
    const { fields, tags } = n;
    this.#put(fields.length > 0 && !this.#short ? 'struct {' : 'struct{');
    this.#indented(() => {
      for (let i = 0; i < fields.length;) {
        const { type } = fields[i]!;
        const j = endOfRun(fields, i);
        if (i > 0 || !this.#short) this.#separate();
        const names = fields.slice(i, j).flatMap((f) => (f.name === null ? [] : [f.name.value]));
        if (names.length > 0) this.#put(`${names.join(', ')} `);
        this.#expr(type);
        const tag = tags[i];
        if (tag) this.#put(` ${tag.value}`);
        i = j;
      }
    });
    if (fields.length > 0 && !this.#short) this.#put(this.#indent);
    this.#put('}');
  }

  #interface(n: InterfaceType): void {
    const lines = !this.#short && n.methods.length > 1;
    this.#put(lines ? 'interface {' : 'interface{');
    this.#indented(() => {
      for (const [i, m] of n.methods.entries()) {
        if (lines || i > 0) this.#separate();
        if (m.name !== null && m.type.kind === NodeKind.FuncType) {
          this.#put(m.name.value);
          this.#signature(m.type);
        } else this.#expr(m.type);
      }
    });
    if (lines) this.#put(this.#indent);
    this.#put('}');
  }

  #signature(n: FuncType): void {
    this.#parameters(n.params, '(', ')');
    const [first] = n.results;
    if (first === undefined) return;
    this.#put(' ');
    if (n.results.length > 1 || first.name !== null) this.#parameters(n.results, '(', ')');
    // A result type that starts with "(" does not occur: parentheses around types are dropped.
    else this.#expr(first.type);
  }

  #parameters(list: readonly Field[], open: string, close: string): void {
    this.#put(open);
    for (const [i, f] of list.entries()) {
      if (i > 0) this.#put(', ');
      if (f.name !== null) {
        this.#put(f.name.value);
        const next = list[i + 1];
        if (next !== undefined && next.name !== null && next.type === f.type) continue;
        this.#put(' ');
      }
      this.#expr(f.type);
    }
    this.#put(close);
  }

  #typeParameters(list: readonly Field[], ofType: boolean): void {
    if (list.length === 0) return;
    // `[P *T]` would be an array length in a type declaration.
    const comma = ofType && list.length === 1 && combinesWithName(list[0]!.type);
    this.#parameters(list, '[', comma ? ',]' : ']');
  }

  #field(f: Field): void {
    if (f.name !== null) this.#put(`${f.name.value} `);
    this.#expr(f.type);
  }

  // ---- statements

  #stmt(n: Stmt): void {
    switch (n.kind) {
      case NodeKind.EmptyStmt:
        return undefined;
      case NodeKind.ExprStmt:
        return this.#expr(n.x);
      case NodeKind.SendStmt:
        this.#expr(n.chan);
        this.#put(' <- ');
        return this.#expr(n.value);
      case NodeKind.AssignStmt:
        this.#expr(n.lhs);
        if (n.rhs === null) return this.#put(operatorNames[n.op]!.repeat(2));
        this.#put(` ${operatorNames[n.op]!}= `);
        return this.#expr(n.rhs);
      case NodeKind.RangeClause:
        if (n.lhs !== null) {
          this.#expr(n.lhs);
          this.#put(n.def ? ' := ' : ' = ');
        }
        this.#put('range ');
        return this.#expr(n.x);
      case NodeKind.BranchStmt:
        return this.#put(tokenNames[n.tok]! + (n.label === null ? '' : ` ${n.label.value}`));
      case NodeKind.CallStmt:
        this.#put(`${tokenNames[n.tok]!} `);
        return this.#expr(n.call);
      case NodeKind.ReturnStmt:
        this.#put('return');
        if (n.results === null) return undefined;
        this.#put(' ');
        return this.#expr(n.results);
      case NodeKind.LabeledStmt:
        this.#put(`${n.label.value}:`);
        this.#put(this.#short ? ' ' : this.#indent);
        return this.#stmt(n.stmt);
      case NodeKind.BlockStmt:
        return this.#block(n);
      case NodeKind.DeclStmt:
        return this.#declGroup(n.decls);
      case NodeKind.IfStmt:
        return this.#ifChain(n);
      case NodeKind.ForStmt:
        return this.#for(n);
      case NodeKind.SwitchStmt:
        this.#put('switch ');
        if (n.init !== null) {
          this.#stmt(n.init);
          this.#put('; ');
        }
        if (n.tag !== null) {
          this.#expr(n.tag);
          this.#put(' ');
        }
        return this.#clauses(n);
      default:
        this.#put('select ');
        return this.#clauses(n);
    }
  }

  #stmtList(list: readonly Stmt[]): void {
    for (const [i, stmt] of list.entries()) {
      if (i > 0 || !this.#short) this.#separate();
      this.#stmt(stmt);
      if (stmt.kind === NodeKind.EmptyStmt) this.#put(';');
    }
  }

  #block(n: BlockStmt): void {
    if (n.list.length === 0) return this.#put('{}');
    this.#put(this.#short ? '{ ' : '{');
    this.#indented(() => this.#stmtList(n.list));
    return this.#put(this.#short ? ' }' : `${this.#indent}}`);
  }

  #ifChain(first: Extract<Stmt, { kind: typeof NodeKind.IfStmt }>): void {
    let n = first;
    for (;;) {
      this.#put('if ');
      if (n.init !== null) {
        this.#stmt(n.init);
        this.#put('; ');
      }
      this.#expr(n.cond);
      this.#put(' ');
      this.#block(n.body);
      if (n.else === null) return;
      this.#put(' else ');
      if (n.else.kind === NodeKind.BlockStmt) return this.#block(n.else);
      n = n.else;
    }
  }

  #for(n: ForStmt): void {
    this.#put('for ');
    if (n.init?.kind === NodeKind.RangeClause) {
      this.#stmt(n.init);
      this.#put(' ');
    } else if (n.init !== null || n.post !== null) {
      if (n.init !== null) this.#stmt(n.init);
      this.#put('; ');
      if (n.cond !== null) this.#expr(n.cond);
      this.#put('; ');
      if (n.post !== null) {
        this.#stmt(n.post);
        this.#put(' ');
      }
    } else if (n.cond !== null) {
      this.#expr(n.cond);
      this.#put(' ');
    }
    this.#block(n.body);
  }

  #clauses(n: SwitchStmt | SelectStmt): void {
    this.#put('{');
    for (const clause of n.clauses) {
      this.#put(this.#short ? ' ' : this.#indent);
      this.#clause(clause);
    }
    if (n.clauses.length > 0) this.#put(this.#short ? ' ' : this.#indent);
    this.#put('}');
  }

  #clause(n: CaseClause | CommClause): void {
    const head = n.kind === NodeKind.CaseClause ? n.cases : n.comm;
    this.#put(head === null ? 'default' : 'case ');
    if (head !== null) this.node(head);
    this.#put(':');
    if (n.body.length > 0 && this.#short) this.#put(' ');
    this.#indented(() => this.#stmtList(n.body));
  }

  // ---- declarations

  #file(n: File): void {
    this.#put(`package ${n.pkgName.value}`);
    for (let i = 0; i < n.decls.length;) {
      const j = endOfGroup(n.decls, i);
      this.#put('\n\n');
      this.#declGroup(n.decls.slice(i, j));
      i = j;
    }
  }

  /** Declarations of one group, in its parentheses, or one declaration without. */
  #declGroup(decls: readonly Decl[]): void {
    const [first] = decls;
    if (first === undefined) return;
    this.#put(`${declKeywords[first.kind]!} `);
    if (groupOf(first) === null) return this.#decl(first);
    this.#put('(');
    this.#indented(() => {
      for (const [i, d] of decls.entries()) {
        if (i > 0 || !this.#short) this.#separate();
        this.#decl(d);
      }
    });
    return this.#put(this.#short ? ')' : `${this.#indent})`);
  }

  #decl(n: Decl): void {
    switch (n.kind) {
      case NodeKind.ImportDecl:
        if (n.localName !== null) this.#put(`${n.localName.value} `);
        if (n.path !== null) this.#expr(n.path);
        break;
      case NodeKind.ConstDecl:
      case NodeKind.VarDecl:
        this.#put(n.names.map((name) => name.value).join(', '));
        if (n.type !== null) {
          this.#put(' ');
          this.#expr(n.type);
        }
        if (n.values !== null) {
          this.#put(' = ');
          this.#expr(n.values);
        }
        break;
      case NodeKind.TypeDecl:
        this.#put(n.name.value);
        this.#typeParameters(n.tparams, true);
        this.#put(n.alias ? ' = ' : ' ');
        this.#expr(n.type);
        break;
      case NodeKind.FuncDecl:
        if (n.recv !== null) {
          this.#put('(');
          this.#field(n.recv);
          this.#put(') ');
        }
        this.#put(n.name.value);
        this.#typeParameters(n.tparams, false);
        this.#signature(n.type);
        if (n.body !== null) {
          this.#put(' ');
          this.#block(n.body);
        }
        break;
    }
  }
}

const declKeywords: Readonly<Record<number, string>> = {
  [NodeKind.ImportDecl]: 'import',
  [NodeKind.ConstDecl]: 'const',
  [NodeKind.TypeDecl]: 'type',
  [NodeKind.VarDecl]: 'var',
  [NodeKind.FuncDecl]: 'func',
};

function groupOf(d: Decl): object | null {
  return d.kind === NodeKind.FuncDecl ? null : d.group;
}

/** End of the declarations from `i` on that stand in one pair of parentheses. */
function endOfGroup(decls: readonly Decl[], i: number): number {
  const group = groupOf(decls[i]!);
  let j = i + 1;
  if (group !== null) while (j < decls.length && groupOf(decls[j]!) === group) j++;
  return j;
}

/** End of the fields from `i` on that were declared together. */
function endOfRun(fields: readonly Field[], i: number): number {
  const { name, type } = fields[i]!;
  let j = i + 1;
  if (name !== null) while (j < fields.length && fields[j]!.type === type) j++;
  return j;
}

function isStmt(n: Expr | Stmt): n is Stmt {
  return n.kind >= NodeKind.EmptyStmt && n.kind <= NodeKind.SelectStmt;
}

/** What a suffix (selector, index, call …) stands after; null if `n` is no suffix. */
function operandOf(n: Expr): Expr | null {
  switch (n.kind) {
    case NodeKind.SelectorExpr:
    case NodeKind.IndexExpr:
    case NodeKind.SliceExpr:
    case NodeKind.AssertExpr:
      return n.x;
    case NodeKind.CallExpr:
      return n.fun;
    default:
      return null;
  }
}

/** Of a binary operation; larger than any for everything else. */
function binaryPrecedence(n: Expr): number {
  return n.kind === NodeKind.Operation && n.y !== null ? precedences[n.op]! : 9;
}

/** Whether "name x" could be read as one expression. */
function combinesWithName(x: Expr): boolean {
  if (x.kind === NodeKind.Operation) {
    if (x.y === null) return x.op === Operator.Mul && !isTypeElem(x.x);
    return combinesWithName(x.x) && !isTypeElem(x.y);
  }
  return x.kind === NodeKind.ParenExpr && !isTypeElem(x.x);
}

/** Whether `x` can only be a type element; false if it may be an ordinary expression. */
export function isTypeElem(x: Expr): boolean {
  switch (x.kind) {
    case NodeKind.ArrayType:
    case NodeKind.StructType:
    case NodeKind.FuncType:
    case NodeKind.InterfaceType:
    case NodeKind.SliceType:
    case NodeKind.MapType:
    case NodeKind.ChanType:
      return true;
    case NodeKind.Operation:
      return isTypeElem(x.x) || (x.y !== null && isTypeElem(x.y)) || x.op === Operator.Tilde;
    case NodeKind.ParenExpr:
      return isTypeElem(x.x);
    default:
      return false;
  }
}
