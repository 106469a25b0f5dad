/**
 * The text form of IR: what -W shows, and what tests compare.
 *
 * Close to Go, one statement per line; what Go leaves implicit is shown: conversions with their types,
 * dereferences, where allocations go (`@heap`, `@stack`), inlined calls with their statements.
 *
 *     func p.F(a int, b *int) (~r0 int) {
 *       x := (a + (*b))
 *       return x
 *     }
 */
import { quoteString } from '@go-ts/base/quote';
import {
  Builtin,
  type Case,
  Esc,
  type Expr,
  ExprOp,
  type Func,
  type Stmt,
  StmtOp,
} from './node.ts';
import { reflectString } from './type-string.ts';

const builtinNames = names(Builtin);

const operators: Readonly<Record<number, string>> = {
  [ExprOp.Add]: '+',
  [ExprOp.Sub]: '-',
  [ExprOp.Mul]: '*',
  [ExprOp.Div]: '/',
  [ExprOp.Mod]: '%',
  [ExprOp.And]: '&',
  [ExprOp.Or]: '|',
  [ExprOp.Xor]: '^',
  [ExprOp.AndNot]: '&^',
  [ExprOp.Shl]: '<<',
  [ExprOp.Shr]: '>>',
  [ExprOp.Eq]: '==',
  [ExprOp.Ne]: '!=',
  [ExprOp.Lt]: '<',
  [ExprOp.Le]: '<=',
  [ExprOp.Gt]: '>',
  [ExprOp.Ge]: '>=',
  [ExprOp.AndAnd]: '&&',
  [ExprOp.OrOr]: '||',
};

function names(of: Readonly<Record<string, number>>): readonly string[] {
  const list: string[] = [];
  for (const [name, n] of Object.entries(of)) list[n] = name;
  return list;
}

/** A function with its literals. */
export function printFunc(f: Func): string {
  const p = new Printer();
  p.func(f);
  return p.lines.join('\n');
}

export function printExpr(e: Expr): string {
  return new Printer().expr(e);
}

class Printer {
  readonly lines: string[] = [];
  #depth = 0;

  func(f: Func): void {
    const vars = (list: Func['params']) =>
      list.map((v) => `${v.name} ${reflectString(v.type)}${v.onHeap ? '@heap' : ''}`).join(', ');
    const captures = f.captures.map((v) => (v.byValue ? v.name : `&${v.name}`)).join(', ');
    const results = f.results.length > 0 ? ` (${vars(f.results)})` : '';
    const from = captures === '' ? '' : ` [${captures}]`;
    this.#line(`func ${f.sym.name}(${vars(f.params)})${results}${from} {`);
    this.#block(f.body);
    this.#line('}');
  }

  #line(text: string): void {
    this.lines.push('  '.repeat(this.#depth) + text);
  }

  #block(list: readonly Stmt[]): void {
    this.#depth++;
    for (const s of list) this.#stmt(s);
    this.#depth--;
  }

  #stmt(s: Stmt): void {
    switch (s.op) {
      case StmtOp.Expr:
        this.#line(this.expr(s.x!));
        return;
      case StmtOp.Assign: {
        const lhs = s.lhs.map((e) => (e === null ? '_' : this.expr(e))).join(', ');
        this.#line(`${lhs} ${s.define ? ':=' : '='} ${this.#list(s.rhs)}`);
        return;
      }
      case StmtOp.AssignOp:
        this.#line(`${this.expr(s.lhs[0]!)} ${operators[s.arith]}= ${this.expr(s.rhs[0]!)}`);
        return;
      case StmtOp.Decl: {
        const v = s.local!;
        this.#line(`var ${v.name} ${reflectString(v.type)}${v.onHeap ? '@heap' : ''}`);
        return;
      }
      case StmtOp.Return:
        this.#line(s.rhs.length === 0 ? 'return' : `return ${this.#list(s.rhs)}`);
        return;
      case StmtOp.Go:
        this.#line(`go ${this.expr(s.x!)}`);
        return;
      case StmtOp.Defer:
        this.#line(`defer${s.token === null ? '' : ` at ${s.token.name}`} ${this.expr(s.x!)}`);
        return;
      case StmtOp.Send:
        this.#line(`${this.expr(s.lhs[0]!)} <- ${this.expr(s.rhs[0]!)}`);
        return;
      case StmtOp.Break:
        this.#line(`break ${s.label}`.trimEnd());
        return;
      case StmtOp.Continue:
        this.#line(`continue ${s.label}`.trimEnd());
        return;
      case StmtOp.Goto:
        this.#line(`goto ${s.label}`);
        return;
      case StmtOp.Label:
        this.#line(`${s.label}:`);
        return;
      case StmtOp.Fallthrough:
        this.#line('fallthrough');
        return;
      default:
        this.#compound(s);
    }
  }

  #compound(s: Stmt): void {
    const label = s.label === '' ? '' : `${s.label}: `;
    switch (s.op) {
      case StmtOp.Block:
        this.#line('{');
        this.#block(s.body);
        break;
      case StmtOp.If:
        this.#line(`if ${this.expr(s.x!)} {`);
        this.#block(s.body);
        if (s.orelse.length > 0) {
          this.#line('} else {');
          this.#block(s.orelse);
        }
        break;
      case StmtOp.For: {
        for (const one of s.init) this.#stmt(one);
        const fresh = s.perIteration.map((v) => v.name).join(', ');
        const each = fresh === '' ? '' : ` each ${fresh}`;
        this.#line(`${label}for ${s.x === null ? '' : this.expr(s.x)}${each} {`);
        this.#block(s.body);
        if (s.post.length > 0) {
          this.#line('} post {');
          this.#block(s.post);
        }
        break;
      }
      case StmtOp.Range: {
        const lhs = s.lhs.map((e) => (e === null ? '_' : this.expr(e))).join(', ');
        const assign = lhs === '' ? '' : `${lhs} ${s.define ? ':=' : '='} `;
        this.#line(`${label}for ${assign}range ${this.expr(s.x!)} {`);
        this.#block(s.body);
        break;
      }
      case StmtOp.Switch:
      case StmtOp.TypeSwitch:
        this.#line(
          `${label}switch ${s.x === null ? '' : this.expr(s.x)}${s.op === StmtOp.TypeSwitch ? '.(type)' : ''} {`,
        );
        for (const c of s.cases) this.#case(c);
        break;
      default:
        this.#line(`${label}select {`);
        for (const c of s.cases) this.#case(c);
    }
    this.#line('}');
  }

  #case(c: Case): void {
    if (c.comm !== null) {
      this.#line('case {');
      this.#block([c.comm]);
      this.#line('}:');
    } else if (c.isDefault) this.#line('default:');
    else {
      const types = c.types.map((t) => (t === null ? 'nil' : reflectString(t)));
      const as = c.local === null ? '' : ` as ${c.local.name}`;
      this.#line(`case ${[...c.exprs.map((e) => this.expr(e)), ...types].join(', ')}${as}:`);
    }
    this.#block(c.body);
  }

  #list(list: readonly (Expr | null)[]): string {
    return list.map((e) => (e === null ? '' : this.expr(e))).join(', ');
  }

  /** Where an allocation goes. */
  #esc(e: Expr): string {
    return e.esc === Esc.Stack ? '@stack' : '@heap';
  }

  expr(e: Expr): string {
    const op = operators[e.op];
    if (op !== undefined) return `(${this.expr(e.x!)} ${op} ${this.expr(e.y!)})`;
    switch (e.op) {
      case ExprOp.Const:
        return constText(e);
      case ExprOp.Zero:
        return `zero(${reflectString(e.type)})`;
      case ExprOp.Local:
        return e.local!.name;
      case ExprOp.Global:
        return e.global!.name;
      case ExprOp.FuncRef:
        return e.func!.name;
      case ExprOp.Neg:
        return `-${this.expr(e.x!)}`;
      case ExprOp.Com:
        return `^${this.expr(e.x!)}`;
      case ExprOp.Not:
        return `!${this.expr(e.x!)}`;
      case ExprOp.Addr:
        return `&${this.expr(e.x!)}${isLiteral(e.x!) ? this.#esc(e) : ''}`;
      case ExprOp.Deref:
        return `(*${this.expr(e.x!)})`;
      case ExprOp.Field:
        return `${this.expr(e.x!)}.${e.x!.type.fields[e.index]!.name}`;
      case ExprOp.Index:
      case ExprOp.MapIndex:
        return `${this.expr(e.x!)}[${this.expr(e.y!)}]${e.commaOk ? '?' : ''}`;
      case ExprOp.Slice:
        return `${this.expr(e.x!)}[${this.#list(e.list).replaceAll(', ', ':')}]`;
      case ExprOp.Recv:
        return `<-${this.expr(e.x!)}${e.commaOk ? '?' : ''}`;
      default:
        return this.#callOrLiteral(e);
    }
  }

  #callOrLiteral(e: Expr): string {
    const type = reflectString(e.type);
    switch (e.op) {
      case ExprOp.CallStatic:
        return `${e.func!.name}(${this.#list(e.list)})`;
      case ExprOp.CallFunc:
        return `${this.expr(e.x!)}(${this.#list(e.list)})`;
      case ExprOp.CallInter:
        return `${this.expr(e.x!)}.${e.x!.type.methods[e.index]!.name}(${this.#list(e.list)})`;
      case ExprOp.CallBuiltin: {
        const spread = e.spread ? '...' : '';
        const of = e.builtin === Builtin.Make || e.builtin === Builtin.New ? `[${type}]` : '';
        const name = builtinNames[e.builtin]!.toLowerCase();
        return `${name}${of}(${this.#list(e.list)}${spread})${of === '' ? '' : this.#esc(e)}`;
      }
      case ExprOp.Concat:
        return `concat(${this.#list(e.list)})${this.#esc(e)}`;
      case ExprOp.Convert:
        return `${type}(${this.expr(e.x!)})${e.type.kind === 20 ? this.#esc(e) : ''}`;
      case ExprOp.TypeAssert:
        return `${this.expr(e.x!)}.(${reflectString(e.target!)})${e.commaOk ? '?' : ''}`;
      case ExprOp.StructLit:
      case ExprOp.ArrayLit:
      case ExprOp.SliceLit: {
        const elems = e.list.map((x, i) => `${e.indices[i]}: ${this.expr(x!)}`).join(', ');
        return `${type}{${elems}}${e.op === ExprOp.SliceLit ? this.#esc(e) : ''}`;
      }
      case ExprOp.MapLit:
        return `${type}{${this.#list(e.list)}}${this.#esc(e)}`;
      case ExprOp.MethodValue:
        return `${this.expr(e.x!)}.(${e.func!.name})${this.#esc(e)}`;
      case ExprOp.MethodValueInter:
        return `${this.expr(e.x!)}.${e.x!.type.methods[e.index]!.name}${this.#esc(e)}`;
      case ExprOp.Closure:
        return `${this.#nested((p) => p.func(e.closure!))}${this.#esc(e)}`;
      case ExprOp.InlinedCall: {
        const results = e.results.map((v) => v.name).join(', ');
        return `inlined {${this.#nested((p) => p.#block(e.stmts))}} (${results})`;
      }
      default:
        return `op${e.op}`;
    }
  }

  /** Lines of a part, to stand inside an expression. */
  #nested(print: (p: Printer) => void): string {
    const p = new Printer();
    p.#depth = this.#depth;
    print(p);
    return `\n${p.lines.join('\n')}\n${'  '.repeat(this.#depth)}`;
  }
}

function isLiteral(e: Expr): boolean {
  return e.op === ExprOp.StructLit || e.op === ExprOp.ArrayLit || e.op === ExprOp.SliceLit;
}

function constText(e: Expr): string {
  const { value } = e;
  if (typeof value === 'string') return quoteString(value);
  if (value !== null && typeof value === 'object') return `(${value.re} + ${value.im}i)`;
  return String(value);
}
