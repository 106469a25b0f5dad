/**
 * Rewriting by rules: the engine. The notation of rules and its compilation are rule.ts's.
 *
 * Rules are tried in order; the index is by root operation and operation of the first operand. Hot:
 * matching allocates nothing.
 */
import { InternalError } from '@go-ts/base';
import { type Block } from './block.ts';
import { type Func } from './func.ts';
import { type Op, OpCopy } from './op.ts';
import { opFlags, opNames } from './opinfo.ts';
import { type Rep, RepMem } from './rep.ts';
import {
  compileRule,
  opNumbers,
  type Pattern,
  type Result,
  rootName,
  type Rule,
  type RuleFunctions,
} from './rule.ts';
import { type Value } from './value.ts';

export class RuleSet {
  /** By root op, then by operation of operand 0 (index 0: no operand). */
  readonly #index: (Rule[] | undefined)[][] = opNames.map(() => []);
  /** Texts by root, compiled when the first such operation is met: most programs use few. */
  readonly #texts: (string[] | undefined)[] = [];
  readonly #functions: RuleFunctions;
  readonly #bindings: unknown[] = Array.from({ length: 64 }, () => null);
  /** How often each rule fired, for the reader of a dump; by rule text. */
  readonly counts: Map<string, number> | null = null;

  constructor(rules: readonly string[], functions: RuleFunctions, count: boolean = false) {
    if (count) this.counts = new Map();
    this.#functions = functions;
    for (const text of rules) {
      const op = opNumbers().get(rootName(text));
      if (op === undefined) throw new InternalError(`rule "${text}": no such root operation`);
      (this.#texts[op] ??= []).push(text);
    }
    for (let op = 0; op < opNames.length; op++) this.#texts[op] ??= undefined;
  }

  /** Compiles every rule, to find mistakes in them. */
  check(): void {
    for (let op = 0; op < opNames.length; op++) this.#compiled(op);
  }

  readonly #all: (Rule[] | undefined)[] = opNames.map(() => undefined);

  #compiled(op: Op): Rule[] {
    let all = this.#all[op];
    if (all === undefined) {
      const texts = this.#texts[op];
      all = texts === undefined ? noRules : texts.flatMap((t) => compileRule(t, this.#functions));
      this.#all[op] = all;
    }
    return all;
  }

  #rulesFor(root: Op, arg0: Op): Rule[] {
    const row = this.#index[root]!;
    if (row === noRow) return noRules;
    let list = arg0 < row.length ? row[arg0] : undefined;
    if (list === undefined) {
      const all = this.#compiled(root);
      if (all.length === 0) {
        this.#index[root] = noRow;
        return noRules;
      }
      for (let i = row.length; i < arg0; i++) row.push(undefined);
      list = all.filter((rule) => {
        const first = rule.pattern.args?.[0];
        return first === undefined || first.pattern === null || first.pattern.op === arg0;
      });
      row[arg0] = list;
    }
    return list;
  }

  /** Applies the first rule that matches `v`; true if one did. */
  rewrite(f: Func, v: Value): boolean {
    const rules = this.#rulesFor(v.op, v.nargs > 0 ? v.a0!.op : 0);
    const m = this.#bindings;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i]!;
      if (!match(rule.pattern, v, m)) continue;
      m[0] = v;
      m[1] = f;
      if (rule.condition !== null && rule.condition(m) !== true) continue;
      const { result } = rule;
      if (result.kind === 'call') {
        if (result.call!(m) !== true) continue;
      } else apply(f, v, result, m);
      if (this.counts !== null) {
        this.counts.set(rule.text, (this.counts.get(rule.text) ?? 0) + 1);
      }
      return true;
    }
    return false;
  }
}

const noRules: Rule[] = [];
const noRow: (Rule[] | undefined)[] = [];

function match(p: Pattern, v: Value, m: unknown[]): boolean {
  if (v.op !== p.op || (p.repMask & (1 << v.rep)) === 0) return false;
  if (p.literal !== null && (v.auxInt !== p.literal || typeof v.aux === 'bigint')) return false;
  if (p.literal2 !== null && v.auxInt2 !== p.literal2) return false;
  const { args } = p;
  if (args !== null) {
    const n = args.length;
    if (v.nargs !== n && !(p.open && v.nargs >= n)) return false;
    for (let i = 0; i < n; i++) {
      const operand = args[i]!;
      const x = v.arg(i);
      if (operand.pattern !== null) {
        if (!match(operand.pattern, x, m)) return false;
      } else {
        if ((operand.repMask & (1 << x.rep)) === 0) return false;
        if (operand.again) {
          if (m[operand.slot] !== x) return false;
        } else if (operand.slot >= 0) m[operand.slot] = x;
      }
    }
  }
  if (p.auxInt >= 0) m[p.auxInt] = typeof v.aux === 'bigint' ? v.aux : v.auxInt;
  if (p.auxInt2 >= 0) m[p.auxInt2] = v.auxInt2;
  if (p.aux >= 0) m[p.aux] = v.aux;
  if (p.selfAgain) return m[p.self] === v;
  if (p.self >= 0) m[p.self] = v;
  return true;
}

function apply(f: Func, v: Value, r: Result, m: unknown[]): void {
  if (r.kind === 'var') {
    v.copyOf(m[r.slot] as Value);
    return;
  }
  const a0 = r.args.length > 0 ? build(f, v, r.args[0]!, m) : null;
  const a1 = r.args.length > 1 ? build(f, v, r.args[1]!, m) : null;
  const a2 = r.args.length > 2 ? build(f, v, r.args[2]!, m) : null;
  let more: Value[] | null = null;
  for (let i = 3; i < r.args.length; i++) (more ??= []).push(build(f, v, r.args[i]!, m));
  // Hold the operands: resetting may drop the last use of one.
  const { auxInt, auxInt2, aux, rep } = evaluate(r, m, v.rep);
  v.reset(r.op);
  v.rep = rep;
  setAux(v, auxInt, auxInt2, aux);
  if (a0 !== null) v.addArg(a0);
  if (a1 !== null) v.addArg(a1);
  if (a2 !== null) v.addArg(a2);
  if (more !== null) for (const x of more) v.addArg(x);
}

interface Evaluated {
  auxInt: unknown;
  auxInt2: unknown;
  aux: unknown;
  rep: Rep;
}

function evaluate(r: Result, m: unknown[], rootRep: Rep): Evaluated {
  let { rep } = r;
  if (rep === -1) rep = rootRep;
  else if (rep === -2) rep = (m[r.repOf] as Value).rep;
  return {
    auxInt: r.auxInt === null ? 0 : r.auxInt(m),
    auxInt2: r.auxInt2 === null ? 0 : r.auxInt2(m),
    aux: r.aux === null ? null : r.aux(m),
    rep,
  };
}

// oxlint-disable-next-line max-params -- the three auxiliary fields.
function setAux(v: Value, auxInt: unknown, auxInt2: unknown, aux: unknown): void {
  v.aux = aux;
  if (typeof auxInt === 'bigint') {
    if (Number.isSafeInteger(Number(auxInt))) v.auxInt = Number(auxInt);
    else v.aux = auxInt;
  } else v.auxInt = Number(auxInt);
  v.auxInt2 = auxInt2 as number;
}

function build(f: Func, root: Value, r: Result, m: unknown[]): Value {
  if (r.kind === 'var') return m[r.slot] as Value;
  if (r.kind === 'call') return r.call!(m) as Value;
  const e = evaluate(r, m, root.rep);
  const args = r.args.map((a) => build(f, root, a, m));
  const v = f.newValue0(root.block, root.pos, r.op, e.rep);
  setAux(v, e.auxInt, e.auxInt2, e.aux);
  for (const x of args) v.addArg(x);
  return v;
}

/** Rewrites blocks' controls; true if it changed something. */
export type BlockRewriter = (b: Block) => boolean;

/** Applies the rules to every value until none fires; copies are looked through as it goes. */
export function applyRules(f: Func, rules: RuleSet, blockRule: BlockRewriter | null): boolean {
  let any = false;
  for (let round = 0; ; round++) {
    let changed = false;
    for (const b of f.blocks) {
      chaseControls(b);
      if (blockRule !== null && blockRule(b)) {
        changed = true;
        chaseControls(b);
      }
      const { values } = b;
      for (let i = 0; i < values.length; i++) {
        const v = values[i]!;
        if (v.uses === 0 && v.rep !== RepMem && (opFlags[v.op]! & deadSkip) === 0) continue;
        chaseArgs(v);
        // A few steps at once: lowering then improving the same value.
        for (let step = 0; step < 8 && rules.rewrite(f, v); step++) {
          changed = true;
          chaseArgs(v);
        }
      }
    }
    if (!changed) return any;
    any = true;
    if (round > 200) throw new InternalError('rewrite rules do not come to an end');
  }
}

/** Values that matter although nothing uses them: IsMem, HasEffect, IsCall. */
const deadSkip = 4 | 16 | 32;

function chaseArgs(v: Value): void {
  const n = v.nargs;
  if (n > 0 && v.a0!.op === OpCopy) v.setArg(0, copySource(v.a0!));
  if (n > 1 && v.a1!.op === OpCopy) v.setArg(1, copySource(v.a1!));
  if (n > 2 && v.a2!.op === OpCopy) v.setArg(2, copySource(v.a2!));
  for (let i = 3; i < n; i++) {
    const x = v.arg(i);
    if (x.op === OpCopy) v.setArg(i, copySource(x));
  }
}

function chaseControls(b: Block): void {
  if (b.c0 !== null && b.c0.op === OpCopy) b.setControl(copySource(b.c0));
  if (b.c1 !== null && b.c1.op === OpCopy) b.setControl2(copySource(b.c1));
}

export function copySource(v: Value): Value {
  let x = v;
  while (x.op === OpCopy) x = x.a0!;
  return x;
}
