/**
 * Rules of rewriting: the notation, and its compilation at load. The engine is rewrite.ts.
 *
 * A rule is a line of text: `pattern [if condition] -> result`.
 *
 *     Add/64(x, Const[c]) if is32(c) -> AMD64ADDQconst[c](x)
 *
 * Pattern: an operation with optional `/class` of its representation, `[c]` and `[c, d]` that bind
 * auxInt and auxInt2, `{s}` that binds aux, and operands, which are patterns, variables (`x`, again
 * with `/class`; a repeated variable must be the same value) or `_`. `[5]` demands a number. `l:Op(…)`
 * binds the value itself. `...` as last operand accepts the remaining ones unread. Operands of
 * commutative operations match in either order. `Op` without parentheses matches any operands.
 *
 * Condition: an expression over the bindings with the operators of JavaScript and the functions that
 * the rule set supplies. Result: an expression of operations; `/rep` or `/@x` (that of x) gives a
 * representation, otherwise the root takes the old one, an inner operation that only sets flags takes
 * flags, and others the root's. A variable as result makes a copy; `!f(x, …)` calls a function of the
 * rule set, which rewrites the root itself and answers whether it did.
 *
 * Classes: 64 (i64, ptr) 32 16 8 b (bool) l (32 bits or less, bool too) i (any integer) p f32 f64 f mem.
 */
import { InternalError } from '@go-ts/base';
import { type Op } from './op.ts';
import { IsCommutative, IsTuple, opFlags, opNames, SetsFlags } from './opinfo.ts';
import {
  type Rep,
  RepBool,
  RepF32,
  RepF64,
  RepFlags,
  RepI16,
  RepI32,
  RepI64,
  RepI8,
  RepMem,
  repNames,
  RepPtr,
  RepTuple,
} from './rep.ts';
import { type Value } from './value.ts';

/** Functions that conditions and results may call; the first argument of actions is the root. */
export type RuleFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;

type Expr = (m: unknown[]) => unknown;

export interface Pattern {
  readonly op: Op;
  readonly repMask: number;
  /** Binding slots, −1: none. */
  readonly self: number;
  /** `self` was bound before: the same value demanded. */
  readonly selfAgain: boolean;
  readonly auxInt: number;
  readonly auxInt2: number;
  readonly aux: number;
  /** Demanded auxInt, or null. */
  readonly literal: number | null;
  readonly literal2: number | null;
  /** Null: operands do not matter. */
  readonly args: readonly Operand[] | null;
  readonly open: boolean;
}

/** A variable (slot ≥ 0, `_` is −1) or a pattern. */
interface Operand {
  readonly slot: number;
  /** The slot was bound before: same value demanded. */
  readonly again: boolean;
  readonly repMask: number;
  readonly pattern: Pattern | null;
}

export interface Result {
  readonly kind: 'op' | 'var' | 'call';
  readonly op: Op;
  readonly slot: number;
  /** −1: by default; −2: that of value slot `repOf`. */
  readonly rep: Rep;
  readonly repOf: number;
  readonly auxInt: Expr | null;
  readonly auxInt2: Expr | null;
  readonly aux: Expr | null;
  readonly args: readonly Result[];
  readonly call: Expr | null;
}

export interface Rule {
  readonly text: string;
  readonly pattern: Pattern;
  readonly condition: Expr | null;
  readonly result: Result;
}

const bit = (...reps: Rep[]): number => reps.reduce((mask, r) => mask | (1 << r), 0);

const classes: Readonly<Record<string, number>> = {
  '64': bit(RepI64, RepPtr),
  '32': bit(RepI32),
  '16': bit(RepI16),
  '8': bit(RepI8),
  b: bit(RepBool),
  l: bit(RepBool, RepI8, RepI16, RepI32),
  i: bit(RepI8, RepI16, RepI32, RepI64),
  p: bit(RepPtr),
  i64: bit(RepI64),
  f32: bit(RepF32),
  f64: bit(RepF64),
  f: bit(RepF32, RepF64),
  g: bit(RepBool, RepI8, RepI16, RepI32, RepI64, RepPtr),
  mem: bit(RepMem),
};

const anyRep = -1;

/** `l:Op/64[…` → `Op`. */
export function rootName(text: string): string {
  const found = /^(?:\w+:)?(\w+)/.exec(text);
  return found === null ? '' : found[1]!;
}

let opNumbersCache: ReadonlyMap<string, Op> | null = null;

export function opNumbers(): ReadonlyMap<string, Op> {
  opNumbersCache ??= new Map(opNames.map((name, op) => [name, op]));
  return opNumbersCache;
}

export function compileRule(text: string, functions: RuleFunctions): Rule[] {
  const p = new RuleParser(text, functions);
  return p.rule();
}

/** A pattern before commutative operands are put in every order. */
interface Raw {
  name: string;
  repClass: string;
  self: string;
  auxInt: string;
  auxInt2: string;
  aux: string;
  args: Raw[] | null;
  open: boolean;
  isOp: boolean;
}

const nameAt = /\w+/y;

class RuleParser {
  readonly #text: string;
  readonly #functions: RuleFunctions;
  #at = 0;
  #slots = new Map<string, number>();

  constructor(text: string, functions: RuleFunctions) {
    this.#text = text;
    this.#functions = functions;
  }

  rule(): Rule[] {
    const raw = this.#pattern();
    const rest = this.#at;
    return permute(raw).map((variant) => {
      this.#slots = new Map([
        ['v', 0],
        ['f', 1],
      ]);
      this.#at = rest;
      const pattern = this.#compile(variant);
      const condition = this.#word('if') ? this.#expr(0) : null;
      this.#expect('->');
      const result = this.#result(true);
      this.#space();
      if (this.#at !== this.#text.length) this.#fail('text after the result');
      return { text: this.#text, pattern, condition, result };
    });
  }

  #fail(message: string): never {
    throw new InternalError(`rule "${this.#text}" at ${this.#at}: ${message}`);
  }

  #space(): void {
    while (this.#text.charCodeAt(this.#at) === 32) this.#at++;
  }

  #accept(token: string): boolean {
    this.#space();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) this.#fail(`expected ${token}`);
  }

  #word(word: string): boolean {
    this.#space();
    const end = this.#at + word.length;
    if (!this.#text.startsWith(word, this.#at) || /\w/.test(this.#text[end] ?? '')) return false;
    this.#at = end;
    return true;
  }

  #name(): string {
    this.#space();
    nameAt.lastIndex = this.#at;
    const found = nameAt.exec(this.#text);
    if (found === null) this.#fail('expected a name');
    this.#at += found[0].length;
    return found[0];
  }

  #class(): string {
    if (this.#text[this.#at] !== '/') return '';
    this.#at++;
    return this.#name();
  }

  #pattern(): Raw {
    let name = this.#name();
    let self = '';
    if (this.#text[this.#at] === ':') {
      this.#at++;
      self = name;
      name = this.#name();
    }
    const raw: Raw = {
      name,
      repClass: this.#class(),
      self,
      auxInt: '',
      auxInt2: '',
      aux: '',
      args: null,
      open: false,
      isOp: /^[A-Z]/.test(name),
    };
    if (!raw.isOp) return raw;
    if (this.#text[this.#at] === '[') {
      this.#at++;
      raw.auxInt = this.#signedWord();
      if (this.#accept(',')) raw.auxInt2 = this.#signedWord();
      this.#expect(']');
    }
    if (this.#text[this.#at] === '{') {
      this.#at++;
      raw.aux = this.#name();
      this.#expect('}');
    }
    if (this.#text[this.#at] === '(') {
      this.#at++;
      raw.args = [];
      while (!this.#accept(')')) {
        if (this.#accept('...')) raw.open = true;
        else raw.args.push(this.#pattern());
        this.#accept(',');
      }
    }
    return raw;
  }

  #signedWord(): string {
    return this.#accept('-') ? `-${this.#name()}` : this.#name();
  }

  #bind(name: string): number {
    if (name === '' || name === '_') return -1;
    if (this.#slots.has(name)) this.#fail(`${name} bound twice`);
    const slot = this.#slots.size;
    this.#slots.set(name, slot);
    return slot;
  }

  #repMask(name: string): number {
    if (name === '') return anyRep;
    const mask = classes[name];
    if (mask === undefined) this.#fail(`no class ${name}`);
    return mask;
  }

  #op(name: string): Op {
    const op = opNumbers().get(name);
    if (op === undefined) this.#fail(`no operation ${name}`);
    return op;
  }

  #compile(raw: Raw): Pattern {
    const op = this.#op(raw.name);
    const args = raw.args?.map((a): Operand => {
      if (a.isOp) return { slot: -1, again: false, repMask: anyRep, pattern: this.#compile(a) };
      const known = this.#slots.get(a.name);
      const repMask = this.#repMask(a.repClass);
      if (known !== undefined) return { slot: known, again: true, repMask, pattern: null };
      return { slot: this.#bind(a.name), again: false, repMask, pattern: null };
    });
    const literal = /^-?\d+$/.test(raw.auxInt) ? Number(raw.auxInt) : null;
    const literal2 = /^-?\d+$/.test(raw.auxInt2) ? Number(raw.auxInt2) : null;
    const known = raw.self === '' ? undefined : this.#slots.get(raw.self);
    return {
      op,
      repMask: this.#repMask(raw.repClass),
      self: known ?? this.#bind(raw.self),
      selfAgain: known !== undefined,
      auxInt: literal === null ? this.#bind(raw.auxInt) : -1,
      auxInt2: literal2 === null ? this.#bind(raw.auxInt2) : -1,
      aux: this.#bind(raw.aux),
      literal,
      literal2,
      args: args ?? null,
      open: raw.open,
    };
  }

  #result(isRoot: boolean): Result {
    if (this.#accept('!')) return { ...emptyResult, kind: 'call', call: this.#expr(9) };
    const name = this.#name();
    if (!/^[A-Z]/.test(name)) {
      const slot = this.#slots.get(name);
      if (slot !== undefined) return { ...emptyResult, kind: 'var', slot };
      this.#at -= name.length;
      return { ...emptyResult, kind: 'call', call: this.#expr(9) };
    }
    const op = this.#op(name);
    let rep = -1;
    let repOf = -1;
    if (this.#text[this.#at] === '/') {
      this.#at++;
      if (this.#accept('@')) {
        const slot = this.#slots.get(this.#name());
        if (slot === undefined) this.#fail('unknown value after @');
        rep = -2;
        repOf = slot;
      } else {
        rep = repNames.indexOf(this.#name());
        if (rep < 0) this.#fail('no such representation');
      }
    } else if (!isRoot) {
      const flags = opFlags[op]!;
      if ((flags & IsTuple) !== 0) rep = RepTuple;
      else if ((flags & SetsFlags) !== 0) rep = RepFlags;
    }
    let auxInt: Expr | null = null;
    let auxInt2: Expr | null = null;
    let aux: Expr | null = null;
    if (this.#text[this.#at] === '[') {
      this.#at++;
      auxInt = this.#expr(0);
      if (this.#accept(',')) auxInt2 = this.#expr(0);
      this.#expect(']');
    }
    if (this.#text[this.#at] === '{') {
      this.#at++;
      aux = this.#expr(0);
      this.#expect('}');
    }
    const args: Result[] = [];
    if (this.#text[this.#at] === '(') {
      this.#at++;
      while (!this.#accept(')')) {
        args.push(this.#result(false));
        this.#accept(',');
      }
    }
    return { kind: 'op', op, slot: -1, rep, repOf, auxInt, auxInt2, aux, args, call: null };
  }

  /** Precedence climbing; closures are made once per rule. */
  #expr(level: number): Expr {
    let left = this.#unary();
    for (;;) {
      const found = this.#operator(level);
      if (found === null) return left;
      const right = this.#expr(found.level + 1);
      left = found.make(left, right);
    }
  }

  #operator(level: number): (typeof operators)[number] | null {
    this.#space();
    for (const o of operators) {
      if (o.level < level || !this.#text.startsWith(o.token, this.#at)) continue;
      if (this.#text.startsWith('->', this.#at)) return null;
      this.#at += o.token.length;
      return o;
    }
    return null;
  }

  #unary(): Expr {
    if (this.#accept('!')) {
      const x = this.#unary();
      return (m) => x(m) !== true;
    }
    if (this.#accept('-')) {
      const x = this.#unary();
      return (m) => -(x(m) as number);
    }
    if (this.#accept('(')) {
      const x = this.#expr(0);
      this.#expect(')');
      return x;
    }
    const name = this.#name();
    if (/^\d/.test(name)) {
      const n = Number(name);
      return () => n;
    }
    if (this.#text[this.#at] === '(') return this.#call(name);
    if (name === 'null') return () => null;
    const slot = this.#slots.get(name);
    if (slot === undefined) this.#fail(`${name} is not bound`);
    if (this.#text[this.#at] === '.') {
      this.#at++;
      const field = this.#name() as 'uses' | 'rep';
      return (m) => (m[slot] as Value)[field];
    }
    return (m) => m[slot];
  }

  #call(name: string): Expr {
    const fn = this.#functions[name] as ((...args: unknown[]) => unknown) | undefined;
    if (fn === undefined) this.#fail(`no function ${name}`);
    this.#expect('(');
    const args: Expr[] = [];
    while (!this.#accept(')')) {
      args.push(this.#expr(0));
      this.#accept(',');
    }
    const [a, b, c, d] = args;
    if (a === undefined) return () => fn();
    if (b === undefined) return (m) => fn(a(m));
    if (c === undefined) return (m) => fn(a(m), b(m));
    if (d === undefined) return (m) => fn(a(m), b(m), c(m));
    return (m) => fn(...args.map((x) => x(m)));
  }
}

const emptyResult: Result = {
  kind: 'var',
  op: 0,
  slot: -1,
  rep: -1,
  repOf: -1,
  auxInt: null,
  auxInt2: null,
  aux: null,
  args: [],
  call: null,
};

const num = (x: Expr, m: unknown[]): number => x(m) as number;

const operators: readonly {
  readonly token: string;
  readonly level: number;
  readonly make: (x: Expr, y: Expr) => Expr;
}[] = [
  { token: '||', level: 1, make: (x, y) => (m) => x(m) === true || y(m) === true },
  { token: '&&', level: 2, make: (x, y) => (m) => x(m) === true && y(m) === true },
  { token: '==', level: 3, make: (x, y) => (m) => x(m) === y(m) },
  { token: '!=', level: 3, make: (x, y) => (m) => x(m) !== y(m) },
  { token: '<=', level: 4, make: (x, y) => (m) => num(x, m) <= num(y, m) },
  { token: '>=', level: 4, make: (x, y) => (m) => num(x, m) >= num(y, m) },
  { token: '<', level: 4, make: (x, y) => (m) => num(x, m) < num(y, m) },
  { token: '>', level: 4, make: (x, y) => (m) => num(x, m) > num(y, m) },
  { token: '+', level: 5, make: (x, y) => (m) => num(x, m) + num(y, m) },
  { token: '-', level: 5, make: (x, y) => (m) => num(x, m) - num(y, m) },
  { token: '%', level: 6, make: (x, y) => (m) => num(x, m) % num(y, m) },
  { token: '*', level: 6, make: (x, y) => (m) => num(x, m) * num(y, m) },
];

/** All orders of the operands of commutative operations that could make a difference. */
function permute(raw: Raw): Raw[] {
  if (raw.args === null) return [raw];
  let lists: Raw[][] = [[]];
  for (const a of raw.args) {
    const variants = a.isOp ? permute(a) : [a];
    lists = lists.flatMap((list) => variants.map((x) => [...list, x]));
  }
  const op = opNumbers().get(raw.name);
  const commutes =
    op !== undefined &&
    (opFlags[op]! & IsCommutative) !== 0 &&
    raw.args.length >= 2 &&
    (raw.args[0]!.isOp || raw.args[1]!.isOp || raw.args[0]!.repClass !== raw.args[1]!.repClass);
  if (commutes) {
    lists = lists.flatMap((list) => {
      const [x, y, ...rest] = list;
      return [list, [y!, x!, ...rest]];
    });
  }
  return lists.map((args) => ({ ...raw, args }));
}
