/**
 * Expressions, statements and names as messages to the user show them: Go syntax, shortened.
 *
 * What the compiler made is left out: implicit conversions, dereferences and addresses print as their
 * operand, the slice of a variadic call as `... argument`. Literals show their type only. Types that
 * the source can spell in two ways have lost which (`byte` and `uint8` are one canonical type); the
 * usual spelling is printed.
 *
 * GOROOT: src/cmd/compile/internal/ir/fmt.go (wording), src/cmd/compile/internal/types/fmt.go.
 */
import { quoteRune, quoteString } from '@go-ts/base/quote';
import {
  Builtin,
  type ConstValue,
  type Expr,
  ExprOp,
  type LocalVar,
  type Stmt,
  StmtOp,
} from './node.ts';
import { type FuncSym, type GlobalSym } from './sym.ts';
import { symbolPrefix, userString } from './type-string.ts';
import { Kind, type Type } from './type.ts';

/** How tightly an operator binds; primary expressions 8. */
const unaryPrec = 7;
const primaryPrec = 8;
const precedence = new Map<ExprOp, number>([
  [ExprOp.InlinedCall, 0],
  [ExprOp.OrOr, 1],
  [ExprOp.AndAnd, 2],
  [ExprOp.Eq, 4],
  [ExprOp.Ne, 4],
  [ExprOp.Lt, 4],
  [ExprOp.Le, 4],
  [ExprOp.Gt, 4],
  [ExprOp.Ge, 4],
  [ExprOp.Add, 5],
  [ExprOp.Sub, 5],
  [ExprOp.Or, 5],
  [ExprOp.Xor, 5],
  [ExprOp.Concat, 0],
  [ExprOp.Mul, 6],
  [ExprOp.Div, 6],
  [ExprOp.Mod, 6],
  [ExprOp.And, 6],
  [ExprOp.AndNot, 6],
  [ExprOp.Shl, 6],
  [ExprOp.Shr, 6],
  [ExprOp.Neg, unaryPrec],
  [ExprOp.Com, unaryPrec],
  [ExprOp.Not, unaryPrec],
  [ExprOp.Recv, unaryPrec],
  [ExprOp.Deref, unaryPrec],
]);

const operators = new Map<ExprOp, string>([
  [ExprOp.Neg, '-'],
  [ExprOp.Com, '^'],
  [ExprOp.Not, '!'],
  [ExprOp.Add, '+'],
  [ExprOp.Sub, '-'],
  [ExprOp.Mul, '*'],
  [ExprOp.Div, '/'],
  [ExprOp.Mod, '%'],
  [ExprOp.And, '&'],
  [ExprOp.Or, '|'],
  [ExprOp.Xor, '^'],
  [ExprOp.AndNot, '&^'],
  [ExprOp.Shl, '<<'],
  [ExprOp.Shr, '>>'],
  [ExprOp.Eq, '=='],
  [ExprOp.Ne, '!='],
  [ExprOp.Lt, '<'],
  [ExprOp.Le, '<='],
  [ExprOp.Gt, '>'],
  [ExprOp.Ge, '>='],
  [ExprOp.AndAnd, '&&'],
  [ExprOp.OrOr, '||'],
]);

const builtinNames = new Map<number, string>([
  [Builtin.Append, 'append'],
  [Builtin.Cap, 'cap'],
  [Builtin.Clear, 'clear'],
  [Builtin.Close, 'close'],
  [Builtin.Complex, 'complex'],
  [Builtin.Copy, 'copy'],
  [Builtin.Delete, 'delete'],
  [Builtin.Imag, 'imag'],
  [Builtin.Len, 'len'],
  [Builtin.Make, 'make'],
  [Builtin.Max, 'max'],
  [Builtin.Min, 'min'],
  [Builtin.New, 'new'],
  [Builtin.Panic, 'panic'],
  [Builtin.Print, 'print'],
  [Builtin.Println, 'println'],
  [Builtin.Real, 'real'],
  [Builtin.Recover, 'recover'],
  [Builtin.UnsafeAdd, 'unsafe.Add'],
  [Builtin.UnsafeSlice, 'unsafe.Slice'],
  [Builtin.UnsafeSliceData, 'unsafe.SliceData'],
  [Builtin.UnsafeString, 'unsafe.String'],
  [Builtin.UnsafeStringData, 'unsafe.StringData'],
]);

/** Strings in constants are cut here. */
const maxConstant = 72;

/** Prints for messages about one package. */
export class UserFormat {
  readonly #local: string;

  /** `local`: path of the package whose names stand without qualifier. */
  constructor(local: string) {
    this.#local = local;
  }

  type(t: Type): string {
    return userString(t, this.#local)
      .replaceAll(/\[\]uint8\b/g, '[]byte')
      .replaceAll(/\[\]int32\b/g, '[]rune');
  }

  /** `f`, `pkg.F`, `(*T).M`, `f.func1`. */
  func(f: FuncSym): string {
    return this.#qualified(f.name, f.pkgPath);
  }

  global(g: GlobalSym): string {
    return this.#qualified(g.name, g.pkgPath);
  }

  #qualified(name: string, pkgPath: string): string {
    const prefix = `${symbolPrefix(pkgPath)}.`;
    if (!name.startsWith(prefix)) return name;
    const short = name.slice(prefix.length);
    if (pkgPath === this.#local) return short;
    return `${pkgPath.slice(pkgPath.lastIndexOf('/') + 1)}.${short}`;
  }

  local(v: LocalVar): string {
    if (v.name === '') return '_';
    if (v.pkgPath === '' || v.pkgPath === this.#local || /^[~.]/.test(v.name)) return v.name;
    // From a body of another package.
    return `${v.pkgPath.slice(v.pkgPath.lastIndexOf('/') + 1)}.${v.name}`;
  }

  expr(e: Expr | null, prec = 0): string {
    const x = skipImplicit(e);
    if (x === null) return '<nil>';
    const own = precOf(x);
    return prec > own ? `(${this.#expr(x)})` : this.#expr(x);
  }

  #list(list: readonly (Expr | null)[], spread = false): string {
    return list.map((e) => this.expr(e)).join(', ') + (spread ? '...' : '');
  }

  #expr(e: Expr): string {
    switch (e.op) {
      case ExprOp.Const:
        return this.#constant(e);
      case ExprOp.Zero:
        return 'nil';
      case ExprOp.Local:
        return this.local(e.local!);
      case ExprOp.Global:
        return this.global(e.global!);
      case ExprOp.FuncRef:
        return this.func(e.func!);
      case ExprOp.Closure:
        return 'func literal';
      case ExprOp.Neg:
      case ExprOp.Com:
      case ExprOp.Not:
        return this.#unary(operators.get(e.op)!, e);
      case ExprOp.Recv:
        return this.#unary('<-', e);
      case ExprOp.Deref:
        return this.#unary('*', e);
      case ExprOp.Addr:
        return isLiteral(e.x!) ? `&${this.expr(e.x)}` : this.#unary('&', e);
      case ExprOp.Concat:
        return e.list.map((part) => this.expr(part)).join(' + ');
      case ExprOp.Field:
        return this.#field(e);
      case ExprOp.Index:
      case ExprOp.MapIndex:
        return `${this.expr(e.x, primaryPrec)}[${this.expr(e.y)}]`;
      case ExprOp.Slice:
        return this.#slice(e);
      case ExprOp.TypeAssert:
        return `${this.expr(e.x, primaryPrec)}.(${this.type(e.target ?? e.type)})`;
      case ExprOp.StructLit:
      case ExprOp.ArrayLit:
      case ExprOp.MapLit:
        return `${this.type(e.type)}{${e.list.length > 0 ? '...' : ''}}`;
      case ExprOp.SliceLit:
        if (e.spread) return '... argument';
        return `${this.type(e.type)}{${e.list.length > 0 ? '...' : ''}}`;
      case ExprOp.Convert:
        return this.#conversion(e);
      default:
        return this.#call(e);
    }
  }

  #unary(op: string, e: Expr): string {
    const x = skipImplicit(e.x);
    const space = x !== null && x.op === e.op && e.op !== ExprOp.Deref ? ' ' : '';
    return `${op}${space}${this.expr(x, unaryPrec + 1)}`;
  }

  #field(e: Expr): string {
    const field = e.x!.type.fields[e.index];
    return `${this.expr(e.x, primaryPrec)}.${field?.name ?? '?'}`;
  }

  #slice(e: Expr): string {
    const [low, high, max] = e.list;
    const text = (bound: Expr | null | undefined) =>
      bound === null || bound === undefined ? '' : this.expr(bound);
    const third = max === null || max === undefined ? '' : `:${text(max)}`;
    return `${this.expr(e.x, primaryPrec)}[${text(low)}:${text(high)}${third}]`;
  }

  #conversion(e: Expr): string {
    const text = this.type(e.type);
    const hasName = e.type.name !== null || /^[a-z]\w*$/.test(text);
    return `${hasName ? text : `(${text})`}(${this.expr(e.x)})`;
  }

  #call(e: Expr): string {
    switch (e.op) {
      case ExprOp.CallStatic: {
        // A method's receiver is printed as the first argument of the method expression.
        return `${this.func(e.func!)}(${this.#args(e)})`;
      }
      case ExprOp.CallFunc:
        return `${this.expr(e.x, primaryPrec)}(${this.#args(e)})`;
      case ExprOp.CallInter: {
        const method = e.x!.type.methods[e.index];
        return `${this.expr(e.x, primaryPrec)}.${method?.name ?? '?'}(${this.#args(e)})`;
      }
      case ExprOp.CallBuiltin:
        return this.#builtin(e);
      case ExprOp.InlinedCall: {
        const results = e.results.map((v) => this.local(v));
        return results.length === 1 ? results[0]! : `(${results.join(', ')})`;
      }
      case ExprOp.MethodValue: {
        const name = e.func!.name;
        return `${this.expr(e.x, primaryPrec)}.${name.slice(name.lastIndexOf('.') + 1)}`;
      }
      case ExprOp.MethodValueInter:
        return `${this.expr(e.x, primaryPrec)}.${e.x!.type.methods[e.index]?.name ?? '?'}`;
      default: {
        const op = operators.get(e.op);
        if (op === undefined) return `<node ${e.op}>`;
        const prec = precOf(e);
        return `${this.expr(e.x, prec)} ${op} ${this.expr(e.y, prec + 1)}`;
      }
    }
  }

  #args(e: Expr): string {
    const last = e.list.at(-1);
    return this.#list(e.list, last?.op === ExprOp.SliceLit && last.spread);
  }

  #builtin(e: Expr): string {
    const name = builtinNames.get(e.builtin) ?? '?';
    if (e.builtin === Builtin.Make) {
      const sizes = e.list.map((size) => `, ${this.expr(size)}`).join('');
      return `make(${this.type(e.type)}${sizes})`;
    }
    if (e.builtin === Builtin.New) {
      return `new(${e.list.length > 0 ? this.#list(e.list) : this.type(e.type.elem!)})`;
    }
    return `${name}(${this.#list(e.list, e.spread)})`;
  }

  #constant(e: Expr): string {
    const { value, type } = e;
    const text = constantText(value!);
    if (hasDefaultType(value!, type)) return text;
    if (type.kind === Kind.Int32 && type.name === null) return runeText(value!);
    return `${this.type(type)}(${text})`;
  }

  // ---- statements

  /** Only what explanations mention: assignments, returns, calls, sends, loops. */
  stmt(s: Stmt): string {
    switch (s.op) {
      case StmtOp.Assign:
        return `${s.lhs.map((e) => (e === null ? '_' : this.expr(e))).join(', ')} ${
          s.define && s.lhs.length > 0 ? ':=' : '='
        } ${this.#list(s.rhs)}`;
      case StmtOp.AssignOp:
        return `${this.expr(s.lhs[0]!)} ${operators.get(s.arith as ExprOp) ?? ''}= ${this.expr(s.rhs[0]!)}`;
      case StmtOp.Return:
        return s.rhs.length === 0 ? 'return' : `return ${this.#list(s.rhs)}`;
      case StmtOp.Send:
        return `${this.expr(s.lhs[0]!)} <- ${this.expr(s.rhs[0]!)}`;
      case StmtOp.Range:
      case StmtOp.For:
        return 'for loop';
      case StmtOp.Switch:
      case StmtOp.TypeSwitch:
        return 'switch statement';
      case StmtOp.Select:
        return 'select statement';
      default:
        return s.x === null ? '' : this.expr(s.x);
    }
  }
}

function precOf(e: Expr): number {
  if (e.op === ExprOp.Addr) return isLiteral(e.x!) ? primaryPrec : unaryPrec;
  return precedence.get(e.op) ?? primaryPrec;
}

function isLiteral(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
    case ExprOp.SliceLit:
    case ExprOp.MapLit:
      return true;
    default:
      return false;
  }
}

/** Whether the user wrote `e`; if not, its operand stands for it in messages. */
function isImplicit(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.Convert:
      return !e.explicit;
    case ExprOp.Deref:
      return !e.explicit;
    case ExprOp.Addr:
      return !e.explicit && !isLiteral(e.x!);
    default:
      return false;
  }
}

function skipImplicit(e: Expr | null): Expr | null {
  let x = e;
  while (x !== null && isImplicit(x)) x = x.x;
  return x;
}

function hasDefaultType(value: ConstValue, t: Type): boolean {
  if (t.name !== null && t.name.pkgPath !== '') return false;
  switch (typeof value) {
    case 'boolean':
      return t.kind === Kind.Bool;
    case 'bigint':
      return t.kind === Kind.Int;
    case 'number':
      return t.kind === Kind.Float64;
    case 'string':
      return t.kind === Kind.String;
    default:
      return t.kind === Kind.Complex128;
  }
}

function constantText(value: ConstValue): string {
  switch (typeof value) {
    case 'string': {
      const quoted = quoteString(decodeBytes(value));
      if (quoted.length <= maxConstant) return quoted;
      return `${quoted.slice(0, maxConstant - 3)}...`;
    }
    case 'number':
      return floatText(value);
    case 'object':
      return value === null ? 'nil' : `(${floatText(value.re)} + ${floatText(value.im)}i)`;
    default:
      return String(value);
  }
}

/** As %.6g prints it. */
function floatText(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return String(x);
  const [mantissa, exponent] = x.toExponential(5).split('e');
  const exp = Number(exponent);
  const trim = (s: string) => (s.includes('.') ? s.replace(/\.?0+$/, '') : s);
  if (exp < -4 || exp >= 6) {
    const digits = String(Math.abs(exp)).padStart(2, '0');
    return `${trim(mantissa!)}e${exp < 0 ? '-' : '+'}${digits}`;
  }
  return trim(x.toPrecision(6));
}

function runeText(value: ConstValue): string {
  const code = Number(value);
  if (code < 0x20 || code > 0x10ffff) return `int32(${code})`;
  return quoteRune(code);
}

/** Strings of constants hold bytes, one per char. */
function decodeBytes(s: string): string {
  return new TextDecoder().decode(Uint8Array.from(s, (c) => c.charCodeAt(0)));
}
