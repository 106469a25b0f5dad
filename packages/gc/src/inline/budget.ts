/**
 * What a function body costs when copied to a call site, and whether it may be copied at all.
 *
 * The measure is upstream's: the number of nodes of its IR, with surcharges. So that the same functions
 * are inlined, this counts what upstream's front end would have made of the source: `p.f` is one node
 * whether p is a pointer or not, `:=` declares its variable with two, a method call has no node for the
 * function, conversions without code are free. A call counts as much as a small body, unless its callee
 * would be inlined in turn. Bodies that look at their own frame, or that the runtime must be able to
 * find as frames, stay calls.
 *
 * GOROOT: src/cmd/compile/internal/inline/inl.go (budget, surcharges, what is excluded),
 * src/cmd/compile/internal/noder/reader.go (which nodes there are).
 */
import {
  Builtin,
  type Case,
  type Expr,
  ExprOp,
  type Func,
  LocalClass,
  type Stmt,
  StmtOp,
} from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';
import { isInterface, Kind, type Type } from '../ir/type.ts';

/** The most that an inlined body may cost. */
export const maxCost = 80;
const callCost = 57;
/** Calling a parameter: what is passed may turn out to be known. */
const paramCallCost = 17;
const panicCost = 1;
const closureCost = 15;
/** The most that the body of a literal may cost, and of one that is called at one place only. */
export const maxLiteralCost = 2 * maxCost;
export const maxSingleLiteralCost = 10 * maxCost;
/** In a function this large only tiny bodies are inlined. */
const bigFunctionNodes = 5000;
export const bigFunctionMaxCost = 20;

/** Functions that ask about the frame that they are called from. */
const frameDependent = new Map([
  ['internal/runtime/sys.GetCallerPC', 'GetCallerPC'],
  ['internal/runtime/sys.GetCallerSP', 'GetCallerSP'],
  ['internal/runtime/sys.GetClosurePtr', 'GetClosurePtr'],
  ['runtime.getcallerfp', 'getcallerfp'],
  ['runtime.getfp', 'getfp'],
]);

/** Loads and stores of several bytes, which become one instruction. */
const byteOrder =
  /^(internal\/byteorder\.|encoding\/binary\.(little|big)Endian\.)((LE|BE)?(Put|Append)?Uint(16|32|64))$/;

export interface BudgetContext {
  /** Expanded by the back end: never inlined, costs nothing to call. */
  isIntrinsic(f: FuncSym): boolean;
  /** Cost of a callee that would be inlined; null if it would not. */
  costAtCall(f: FuncSym): number | null;
  /** The same for the literal that a func value is known to be; null too if it is not known. */
  literalCost(fn: Func, callee: Expr): number | null;
}

/** Either a cost or the reason why there is none. */
export interface Budget {
  readonly cost: number;
  /** '' if the body can be inlined. */
  readonly reason: string;
}

/** Why a function is never inlined, whatever its body; '' if it may be. */
export function whyNever(f: FuncSym): string {
  const { pragma } = f;
  if ((pragma & Pragma.Noinline) !== 0) return 'marked go:noinline';
  if ((pragma & Pragma.CgoUnsafeArgs) !== 0) return 'marked go:cgo_unsafe_args';
  if ((pragma & Pragma.UintptrKeepAlive) !== 0) {
    return 'marked as having a keep-alive uintptr argument';
  }
  if ((pragma & Pragma.UintptrEscapes) !== 0) {
    return 'marked as having an escaping uintptr argument';
  }
  if ((pragma & Pragma.Yeswritebarrierrec) !== 0) return 'marked go:yeswritebarrierrec';
  // Runs on another stack.
  if ((pragma & Pragma.Systemstack) !== 0) return 'marked go:systemstack';
  return f.hasBody ? '' : 'no function body';
}

/** `complete`: counts on when it is too much already, to say how much. */
export function budgetOf(fn: Func, cx: BudgetContext, limit: number, complete: boolean): Budget {
  const count = new Counter(cx, fn, complete ? Infinity : limit);
  if (fn.isWrapper) return { cost: 0, reason: 'wrapper' };
  if (!count.stmts(fn.body)) return { cost: count.cost, reason: count.reason || 'too expensive' };
  if (fn.hasRangeFuncDefer) return { cost: 0, reason: 'defer call in range func' };
  const { cost } = count;
  if (cost <= limit) return { cost, reason: '' };
  return { cost, reason: `function too complex: cost ${cost} exceeds budget ${limit}` };
}

/** Whether a function is so large that only tiny bodies are inlined into it. */
export function isBig(fn: Func, cx: BudgetContext): boolean {
  const count = new Counter(cx, fn, bigFunctionNodes - 1);
  count.sizeOnly = true;
  return !count.stmts(fn.body);
}

/** Each method says false as soon as the answer is known to be no. */
class Counter {
  cost = 0;
  reason: string = '';
  sizeOnly: boolean = false;
  readonly #cx: BudgetContext;
  readonly #fn: Func;
  readonly #limit: number;

  constructor(cx: BudgetContext, fn: Func, limit: number) {
    this.#cx = cx;
    this.#fn = fn;
    this.#limit = limit;
  }

  #add(n: number): boolean {
    this.cost += n;
    return this.cost <= this.#limit;
  }

  /** Rules inlining out. */
  #never(reason: string): boolean {
    if (this.sizeOnly) return true;
    this.reason = reason;
    return false;
  }

  stmts(list: readonly Stmt[]): boolean {
    return list.every((s, i) => {
      // The declaration of a new variable in `old, new := f()`.
      if (s.op === StmtOp.Decl && isDefinedSoon(s, list, i + 1)) return this.#add(2);
      return this.#stmt(s);
    });
  }

  #stmt(s: Stmt): boolean {
    switch (s.op) {
      case StmtOp.Expr:
        return this.#expr(s.x);
      case StmtOp.Decl:
        // A declaration, and an assignment of nothing.
        return this.#add(4);
      case StmtOp.Block:
        return this.stmts(s.body);
      case StmtOp.Fallthrough:
        return true;
      case StmtOp.Go:
        return this.#never('unhandled op GO') && this.#rest(s);
      case StmtOp.Defer:
        return this.#never('unhandled op DEFER') && this.#rest(s);
      case StmtOp.Assign:
        return this.#assign(s);
      case StmtOp.If:
        return this.#if(s);
      case StmtOp.Range:
        return this.#defined(s) && this.#rest(s);
      case StmtOp.Return:
        return this.#return(s);
      case StmtOp.TypeSwitch: {
        const binds = s.cases.some((c) => c.local !== null);
        return this.#add(binds ? 2 : 1) && this.#rest(s);
      }
      default:
        return this.#rest(s);
    }
  }

  /** The node itself and all its parts. */
  #rest(s: Stmt): boolean {
    return (
      this.#add(1) &&
      this.stmts(s.init) &&
      this.#expr(s.x) &&
      s.lhs.every((e) => this.#target(e)) &&
      s.rhs.every((e) => this.#expr(e)) &&
      this.stmts(s.body) &&
      this.stmts(s.post) &&
      this.stmts(s.orelse) &&
      s.cases.every((c) => this.#case(c))
    );
  }

  /** A place that is assigned to; `_` is a name too. */
  #target(e: Expr | null): boolean {
    return e === null ? this.#add(1) : this.#expr(e);
  }

  /** Declarations of the variables that a statement defines. */
  #defined(s: Stmt): boolean {
    if (!s.define) return true;
    const count = s.lhs.filter((e) => e?.op === ExprOp.Local).length;
    return this.#add(2 * count);
  }

  #assign(s: Stmt): boolean {
    // The results of a call that are converted before they are assigned go through temporaries, which
    // upstream has for all such assignments and does not count.
    const isTemps = s.define && s.lhs.length > s.rhs.length && s.lhs.every((e) => isTemp(e));
    if (isTemps) return s.rhs.every((e) => this.#expr(e));
    return this.#defined(s) && this.#rest(s);
  }

  #if(s: Stmt): boolean {
    if (s.x!.op === ExprOp.Const) return this.stmts(s.x!.value === true ? s.body : s.orelse);
    return this.#rest(s);
  }

  #return(s: Stmt): boolean {
    const [only] = s.rhs;
    // The results of one call, several of them, are held in temporaries.
    const isTuple = s.rhs.length === 1 && only!.type.kind === Kind.Tuple;
    if (isTuple && !this.#add(1 + 4 * only!.type.params.length)) return false;
    return this.#rest(s);
  }

  #case(c: Case): boolean {
    const nils = c.types.filter((t) => t === null).length;
    return (
      this.#add(1 + nils + (c.local === null ? 0 : 1)) &&
      c.exprs.every((e) => this.#expr(e)) &&
      (c.comm === null || this.#stmt(c.comm)) &&
      this.stmts(c.body)
    );
  }

  #expr(e: Expr | null): boolean {
    if (e === null) return true;
    if (this.sizeOnly && e.op !== ExprOp.Deref && e.op !== ExprOp.InlinedCall) {
      return this.#add(1) && this.#parts(e);
    }
    switch (e.op) {
      case ExprOp.InlinedCall:
        return this.#sequence(e);
      case ExprOp.Field:
        return this.#field(e);
      case ExprOp.Addr:
        return this.#address(e);
      case ExprOp.Deref:
        return this.#add(isAddressOf(e.x!) ? 0 : 1) && this.#expr(e.x);
      case ExprOp.FuncRef:
        return this.#add(e.func!.isMethod ? 0 : 1);
      case ExprOp.Closure:
        return this.#add(1 + closureCost);
      case ExprOp.Slice:
        return this.#slice(e);
      case ExprOp.Convert:
        return this.#add(isFree(e) ? 0 : 1) && this.#expr(e.x);
      case ExprOp.StructLit:
        return this.#add(1 + e.list.length) && this.#parts(e);
      case ExprOp.SliceLit:
        // The array of a variadic call without arguments is nil.
        if (e.spread && e.list.length === 0) return this.#add(1);
        return this.#add(2 + keyCount(e)) && this.#parts(e);
      case ExprOp.ArrayLit:
        return this.#add(1 + keyCount(e)) && this.#parts(e);
      case ExprOp.MapLit:
        return this.#add(1 + e.list.length / 2) && this.#parts(e);
      case ExprOp.MethodValue:
      case ExprOp.MethodValueInter:
        return this.#add(2) && this.#parts(e);
      case ExprOp.CallStatic:
        return this.#call(e);
      case ExprOp.CallFunc:
        return this.#add(1 + this.#funcValue(e.x!)) && this.#parts(e);
      case ExprOp.CallInter:
        return this.#add(2 + callCost) && this.#parts(e);
      case ExprOp.CallBuiltin:
        return this.#builtin(e);
      default:
        return this.#add(1) && this.#parts(e);
    }
  }

  #parts(e: Expr): boolean {
    return (
      this.#expr(e.x) &&
      this.#expr(e.y) &&
      e.list.every((part) => this.#expr(part)) &&
      this.stmts(e.stmts)
    );
  }

  /** `f(g())` with several values: temporaries, the call of g, the call of f. */
  #sequence(e: Expr): boolean {
    return e.stmts.every((s) => {
      const isLast = s === e.stmts.at(-1);
      if (isLast) return s.op === StmtOp.Assign ? this.#expr(s.rhs[0]!) : this.#stmt(s);
      if (s.op !== StmtOp.Assign) return this.#stmt(s);
      return this.#add(1 + 3 * s.lhs.length) && s.rhs.every((x) => this.#expr(x));
    });
  }

  #field(e: Expr): boolean {
    const of = e.x!;
    const isPointer = of.op === ExprOp.Deref && !of.explicit;
    return this.#add(1) && this.#expr(isPointer ? of.x : of);
  }

  #address(e: Expr): boolean {
    const of = e.x!;
    if (of.op === ExprOp.Field && of.x!.type.fields[of.index]!.offset === 0) {
      const inner = of.x!;
      const base = inner.op === ExprOp.Deref && !inner.explicit ? inner.x! : inner;
      // The address of the first field is that of the variable.
      if (base.op === ExprOp.Local || base.op === ExprOp.Global) return this.#add(1);
    }
    return this.#add(1) && this.#expr(of);
  }

  #slice(e: Expr): boolean {
    const [low, high] = e.list;
    let cost = 1;
    if (low?.op === ExprOp.Const && low.value === 0n) cost--;
    const isLen = high?.op === ExprOp.CallBuiltin && high.builtin === Builtin.Len;
    if (isLen && isSameName(high.list[0]!, e.x!)) cost -= 2;
    return this.#add(cost) && this.#parts(e);
  }

  #builtin(e: Expr): boolean {
    switch (e.builtin) {
      case Builtin.Panic: {
        const [x] = e.list;
        const isConverted = x?.op === ExprOp.Convert && !x.explicit && !isFree(x);
        return this.#add(1 + panicCost - (isConverted ? 1 : 0)) && this.#parts(e);
      }
      case Builtin.Recover:
        return this.#never('call to recover') && this.#add(1);
      default:
        return this.#add(1) && this.#parts(e);
    }
  }

  #call(e: Expr): boolean {
    const f = e.func!;
    const asked = frameDependent.get(f.name);
    if (asked !== undefined && !this.#never(`call to ${asked}`)) return false;
    // Upstream hands a dictionary of types to generic functions; one of them takes it out of its own.
    const dictionary = isInstance(f) ? (isInstance(this.#fn.sym) ? 4 : 2) : 0;
    const own = (f.isMethod ? 1 : 2) + dictionary;
    return this.#add(own + this.#extra(f)) && this.#parts(e);
  }

  #funcValue(callee: Expr): number {
    return this.#cx.literalCost(this.#fn, callee) ?? funcValueCost(callee);
  }

  #extra(f: FuncSym): number {
    if (isCheap(f) || this.#cx.isIntrinsic(f)) return 0;
    return this.#cx.costAtCall(f) ?? callCost;
  }
}

function isCheap({ name }: FuncSym): boolean {
  if (name === 'internal/abi.NoEscape' || name.startsWith('internal/abi.EscapeNonString[')) {
    return true;
  }
  return name === 'runtime.heapBits.nextArena' || byteOrder.test(name);
}

function isInstance(f: FuncSym): boolean {
  const origin = f.origin as { readonly env?: { readonly args: readonly unknown[] } } | null;
  return (origin?.env?.args.length ?? 0) > 0;
}

function funcValueCost(callee: Expr): number {
  const v = callee.op === ExprOp.Local ? callee.local! : null;
  const isGiven = v !== null && (v.class === LocalClass.Param || v.class === LocalClass.Capture);
  return isGiven ? paramCallCost : callCost;
}

/** The assignment that follows the declarations from `at` on gives the variable its first value. */
function isDefinedSoon(s: Stmt, list: readonly Stmt[], at: number): boolean {
  let i = at;
  while (list[i]?.op === StmtOp.Decl) i++;
  const next = list[i];
  if (next?.op !== StmtOp.Assign) return false;
  return next.lhs.some((e) => e?.op === ExprOp.Local && e.local === s.local && e.pos === s.pos);
}

function isTemp(e: Expr | null): boolean {
  return e !== null && e.op === ExprOp.Local && e.local!.name.startsWith('~');
}

/** Keys that an array or slice literal states, with a node for each pair. */
function keyCount(e: Expr): number {
  let next = 0;
  let count = 0;
  for (const i of e.indices) {
    if (i !== next) count++;
    next = i + 1;
  }
  return 2 * count;
}

function isSameName(a: Expr, b: Expr): boolean {
  return a.op === ExprOp.Local && b.op === ExprOp.Local && a.local === b.local;
}

/** `&x`, under conversions that cost nothing. */
function isAddressOf(e: Expr): boolean {
  let x = e;
  while (x.op === ExprOp.Convert && isFree(x)) x = x.x!;
  return x.op === ExprOp.Addr;
}

/** Conversions that need no code. */
function isFree(e: Expr): boolean {
  const from = e.x!.type;
  const to = e.type;
  if (isInterface(to)) return isInterface(from) && from.underlying === to.underlying;
  if (from.underlying === to.underlying) return true;
  if (from.kind === Kind.Slice || to.kind === Kind.Slice) return from.kind === to.kind;
  if (from.kind === Kind.String || to.kind === Kind.String) return from.kind === to.kind;
  if (isNumber(from) || isNumber(to)) {
    if (from.kind === Kind.UnsafePointer || to.kind === Kind.UnsafePointer) return true;
    return simple(from) === simple(to);
  }
  return true;
}

function isNumber(t: Type): boolean {
  return t.kind >= Kind.Int && t.kind <= Kind.Complex128;
}

/** Kinds that are one and the same on a 64-bit machine. */
function simple({ kind }: Type): Kind {
  if (kind === Kind.Int) return Kind.Int64;
  return kind === Kind.Uint || kind === Kind.Uintptr ? Kind.Uint64 : kind;
}
