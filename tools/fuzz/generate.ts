/**
 * Random Go programs whose output depends on all that they compute: functions and statements.
 *
 * A program is a list of functions over numbers, strings, arrays, slices, structs and pointers; `main`
 * calls each with several inputs and prints a line for each call: what it returned, or its panic, and
 * a hash of the globals. So a line that two compilers disagree on names the function that is
 * compiled wrongly.
 *
 * Programs terminate (loops have small bounds, functions call only those before them, the product of
 * bounds around a call is limited) and do nothing whose result the language leaves open: no calls
 * inside larger expressions, no conversions of floats that are out of range, no NaN's bits.
 */
import { ExprGenerator } from './expressions.ts';
import { Random } from './random.ts';
import { support } from './support.ts';
import {
  type GoType,
  ints,
  int,
  uint8,
  uint64,
  floats,
  bool,
  string,
  arrayOf,
  sliceOf,
  type StructType,
  type Variable,
  scalar,
} from './types.ts';

interface Signature {
  readonly name: string;
  readonly params: readonly GoType[];
  readonly results: readonly GoType[];
  /** An upper bound on the statements that a call runs. */
  readonly cost: number;
}

const maxCost = 4000;

export interface ProgramOptions {
  readonly functions: number;
  readonly inputs: number;
}

/** The text of a program; the same for the same seed and options. */
export function generateProgram(seed: number, options: ProgramOptions): string {
  return new Generator(seed, options).program();
}

class Generator extends ExprGenerator {
  readonly #options: ProgramOptions;
  readonly #lines: string[] = [];
  readonly #functions: Signature[] = [];
  #names = 0;
  #indent = 0;
  #cost = 0;
  #loops: string[] = [];
  #results: readonly GoType[] = [];

  constructor(seed: number, options: ProgramOptions) {
    super(new Random(seed));
    this.#options = options;
  }

  program(): string {
    this.#emit('package main');
    this.#emit('import "fmt"');
    this.#emit('import "math"');
    for (let i = 0; i < 3; i++) this.#struct(i);
    for (const t of [int, uint8, uint64, floats[0]!, string, arrayOf(int, 7), sliceOf(uint8)]) {
      const v = { name: `g${this.globals.length}`, type: t, isConst: false };
      this.globals.push(v);
      this.#emit(`var ${v.name} ${t.name}`);
    }
    for (const s of this.structs) {
      const v = { name: `g${this.globals.length}`, type: s, isConst: false };
      this.globals.push(v);
      this.#emit(`var ${v.name} ${s.name}`);
    }
    for (let i = 0; i < this.#options.functions; i++) this.#function(i);
    this.#main();
    this.#emit(support);
    return `${this.#lines.join('\n')}\n`;
  }

  #emit(text: string): void {
    this.#lines.push('\t'.repeat(this.#indent) + text);
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  // Types.

  #struct(i: number): void {
    const fields = Array.from({ length: 1 + this.r.below(6) }, (_, k) => ({
      name: `f${k}`,
      type: this.r.oneIn(6) ? sliceOf(uint8) : this.scalarType(),
    }));
    if (i > 0 && this.r.oneIn(2)) fields.push({ name: 'in', type: this.structs[i - 1]! });
    const s: StructType = { ...scalar(`S${i}`, 'struct', 0), fields };
    this.structs.push(s);
    this.#emit(`type S${i} struct {`);
    for (const f of fields) this.#emit(`\t${f.name} ${f.type.name}`);
    this.#emit('}');
  }

  // Functions.

  #function(i: number): void {
    const params = Array.from({ length: 1 + this.r.below(5) }, () => this.type());
    const results = Array.from({ length: 1 + this.r.below(3) }, () => this.type());
    const names = params.map((t, k) => ({ name: `p${k}`, type: t, isConst: false }));
    const outs = results.map((t, k) => ({ name: `r${k}`, type: t, isConst: false }));
    const list = (vars: readonly Variable[]): string =>
      vars.map((v) => `${v.name} ${v.type.name}`).join(', ');
    if (this.r.oneIn(2)) this.#emit('//go:noinline');
    this.#emit(`func F${i}(${list(names)}) (${list(outs)}) {`);
    this.vars = [...names, ...outs];
    this.#names = 0;
    this.#cost = 1;
    this.#results = results;
    if (this.r.oneIn(12)) {
      this.#emit(`\tdefer func() { if e := recover(); e != nil { g0 += len(fmt.Sprint(e)) } }()`);
    }
    this.#block(3 + this.r.below(8), 0);
    this.#emit(`\treturn ${results.map((t) => this.expr(t, 3)).join(', ')}`);
    this.#emit('}');
    this.#functions.push({ name: `F${i}`, params, results, cost: this.#cost });
  }

  #block(count: number, depth: number): void {
    this.#indent++;
    const vars = this.vars.slice();
    for (let i = 0; i < count; i++) this.#statement(depth);
    this.vars = vars;
    this.#indent--;
  }

  #statement(depth: number): void {
    this.#cost += this.weight;
    const n = this.r.below(depth >= 3 ? 12 : 22);
    if (n < 3) this.#declare();
    else if (n < 8) this.#assign();
    else if (n < 9) this.#call();
    else if (n < 10) this.#slices();
    else if (n < 11) this.#leave();
    else if (n < 12) this.#store();
    else if (n < 15) this.#if(depth);
    else if (n < 19) this.#loop(depth);
    else if (n < 20) this.#switch(depth);
    else if (n < 21) this.#closure(depth);
    else this.#assign();
  }

  #declare(): void {
    const type = this.type();
    const name = this.#fresh('v');
    this.#emit(`var ${name} ${type.name} = ${this.expr(type, 3)}`);
    this.#emit(`_ = ${name}`);
    this.vars.push({ name, type, isConst: false });
  }

  #assign(): void {
    const target = this.place();
    const { kind, name } = target.type;
    if ((kind === 'int' || kind === 'uint') && this.r.oneIn(2)) {
      const op = this.r.pick(['+', '-', '*', '&', '|', '^', '&^', '<<', '>>']);
      const isShift = op === '<<' || op === '>>';
      const y = isShift ? this.count() : this.expr(target.type, 2);
      this.#emit(`${target.name} ${op}= ${y}`);
      return;
    }
    if (kind === 'string' && this.weight > 20) return;
    if (name === 'int' && this.r.oneIn(4)) this.#emit(`${target.name}++`);
    else this.#emit(`${target.name} = ${this.expr(target.type, 4)}`);
  }

  #store(): void {
    const arrays = this.all().filter((v) => v.type.kind === 'array' || v.type.kind === 'slice');
    if (arrays.length === 0) {
      this.#assign();
      return;
    }
    const v = this.r.pick(arrays);
    this.#emit(`${v.name}[${this.index(v)}] = ${this.expr(v.type.elem!, 3)}`);
  }

  #call(): void {
    const fits = this.#functions.filter((f) => this.#cost + f.cost * this.weight < maxCost);
    if (fits.length === 0) {
      this.#assign();
      return;
    }
    const f = this.r.pick(fits);
    this.#cost += f.cost * this.weight;
    const names = f.results.map(() => this.#fresh('c'));
    const args = f.params.map((t) => this.simple(t)).join(', ');
    this.#emit(`${names.join(', ')} := ${f.name}(${args})`);
    this.#emit(`${names.map(() => '_').join(', ')} = ${names.join(', ')}`);
    f.results.forEach((type, i) => this.vars.push({ name: names[i]!, type, isConst: false }));
  }

  #slices(): void {
    const list = this.vars.filter((v) => v.type.kind === 'slice');
    if (list.length === 0 || this.weight > 30) {
      this.#assign();
      return;
    }
    const v = this.r.pick(list);
    const elem = v.type.elem!;
    switch (this.r.below(5)) {
      case 0:
        this.#emit(`${v.name} = append(${v.name}, ${this.expr(elem, 2)})`);
        break;
      case 1:
        this.#emit(
          `if len(${v.name}) < 100 { ${v.name} = append(${v.name}, ${this.r.pick(list.filter((x) => x.type.name === v.type.name)).name}...) }`,
        );
        break;
      case 2:
        this.#emit(`${v.name} = ${v.name}[at(${this.expr(int, 1)}, len(${v.name})+1):]`);
        break;
      case 3:
        this.#emit(`${v.name} = ${v.name}[:at(${this.expr(int, 1)}, cap(${v.name})+1)]`);
        break;
      default:
        this.#emit(
          `copy(${v.name}, ${this.r.pick(list.filter((x) => x.type.name === v.type.name)).name})`,
        );
    }
  }

  #leave(): void {
    if (this.#loops.length > 0 && this.r.oneIn(2)) {
      const word = this.r.pick(['break', 'continue']);
      const label = this.r.oneIn(2) ? '' : ` ${this.r.pick(this.#loops)}`;
      this.#emit(`if ${this.expr(bool, 2)} { ${word}${label} }`);
      return;
    }
    const results = this.#results.map((t) => this.simple(t)).join(', ');
    this.#emit(`if ${this.expr(bool, 2)} && ${this.expr(bool, 1)} { return ${results} }`);
  }

  #if(depth: number): void {
    this.#emit(`if ${this.expr(bool, 3)} {`);
    this.#block(1 + this.r.below(3), depth + 1);
    if (this.r.oneIn(2)) {
      this.#emit('} else {');
      this.#block(1 + this.r.below(3), depth + 1);
    }
    this.#emit('}');
  }

  #switch(depth: number): void {
    const t = this.r.oneIn(5) ? string : this.r.pick(ints);
    this.#emit(`switch ${this.expr(t, 2)} {`);
    const seen = new Set<string>();
    for (let i = 0; i < 2 + this.r.below(7); i++) {
      const text = t.kind === 'string' ? this.literal(t) : String(this.r.below(12));
      if (seen.has(text)) continue;
      seen.add(text);
      this.#emit(`case ${text}:`);
      const loops = this.#loops;
      this.#loops = [];
      this.#block(1 + this.r.below(2), depth + 1);
      this.#loops = loops;
    }
    if (this.r.oneIn(2)) {
      this.#emit('default:');
      const loops = this.#loops;
      this.#loops = [];
      this.#block(1, depth + 1);
      this.#loops = loops;
    }
    this.#emit('}');
  }

  #loop(depth: number): void {
    const bound = 1 + this.r.below(this.weight > 50 ? 3 : 9);
    const i = this.#fresh('i');
    const label = this.#fresh('L');
    const vars = this.vars;
    this.vars = vars.slice();
    let head = '';
    let step = '';
    switch (this.r.below(7)) {
      case 0:
        head = `for ${i} := 0; ${i} < ${bound}; ${i}++`;
        break;
      case 1:
        head = `for ${i} := ${bound}; ${i} >= 0; ${i}--`;
        break;
      case 2:
        head = `for ${i} := range ${bound}`;
        break;
      case 3: {
        const list = vars.filter((v) => v.type.kind === 'slice' || v.type.kind === 'array');
        if (list.length === 0) {
          head = `for ${i} := 1; ${i} <= ${bound}; ${i} += 2`;
          break;
        }
        const v = this.r.pick(list);
        const e = this.#fresh('e');
        if (v.type.kind === 'slice') {
          head = `for ${i}, ${e} := range head(${v.name}, ${bound})`;
        } else head = `for ${i}, ${e} := range ${v.name}`;
        step = `_ = ${e}`;
        this.vars.push({ name: e, type: v.type.elem!, isConst: false });
        break;
      }
      case 4: {
        const list = vars.filter((v) => v.type.kind === 'slice');
        head =
          list.length === 0
            ? `for ${i} := ${this.#small()}; ${i} < 12; ${i} += ${1 + this.r.below(4)}`
            : `for ${i} := 0; ${i} < len(${this.r.pick(list).name}) && ${i} < ${bound}; ${i}++`;
        break;
      }
      case 5:
        head = `for ${i} := ${this.#small()}; ${i} < ${bound}; ${i}++`;
        break;
      default:
        head = `for ${i} := int(${this.simple(uint8)} & 7); ${i} > ${this.r.below(3)}; ${i} -= ${1 + this.r.below(3)}`;
    }
    const usesLabel = this.r.oneIn(3) && depth < 2;
    if (usesLabel) this.#emit(`${label}:`);
    this.#emit(`${head} {`);
    const weight = this.weight;
    this.weight *= Math.max(bound, 9);
    const loops = this.#loops;
    this.#loops = usesLabel ? [...loops, label] : loops;
    // A label must be used.
    if (usesLabel) this.#emit(`\tif ${this.expr(bool, 2)} { continue ${label} }`);
    this.#emit(`\t_ = ${i}`);
    if (step !== '') this.#emit(`\t${step}`);
    // The counter is not assigned to by the body, so that the loop ends.
    this.vars.push({ name: i, type: int, isConst: true });
    this.#block(1 + this.r.below(4), depth + 1);
    this.#emit('}');
    this.#loops = loops;
    this.weight = weight;
    this.vars = vars;
  }

  /** A start for a counter that is not known at compile time, between −3 and 4. */
  #small(): string {
    return `int(${this.simple(uint8)} & 7) - 3`;
  }

  #closure(depth: number): void {
    const name = this.#fresh('fn');
    const t = this.scalarType();
    const param = this.#fresh('a');
    this.#emit(`${name} := func(${param} ${t.name}) ${t.name} {`);
    const saved = this.#results;
    const loops = this.#loops;
    const vars = this.vars;
    this.#results = [t];
    this.#loops = [];
    this.vars = [...vars, { name: param, type: t, isConst: false }];
    this.#block(1 + this.r.below(3), depth + 1);
    this.#emit(`\treturn ${this.expr(t, 2)}`);
    this.#emit('}');
    this.#results = saved;
    this.#loops = loops;
    this.vars = vars;
    const v = this.#fresh('v');
    this.#emit(`${v} := ${name}(${this.expr(t, 2)})`);
    this.#emit(`_ = ${v}`);
    this.vars.push({ name: v, type: t, isConst: false });
  }

  // The main function.

  #main(): void {
    this.#emit('func main() {');
    this.vars = [];
    this.#functions.forEach((f, i) => {
      for (let k = 0; k < this.#options.inputs; k++) {
        const args = f.params.map((t) => this.#input(t)).join(', ');
        const names = f.results.map((_, n) => `x${n}`).join(', ');
        this.#emit(`\tcall(${i}, ${k}, func() { ${names} := F${i}(${args}); show(${names}) })`);
      }
    });
    this.#emit('}');
    this.#emit('func globals() {');
    this.#emit(`\tshow(${this.globals.map((g) => g.name).join(', ')})`);
    this.#emit('}');
  }

  /** A value known to the program's caller only. */
  #input(t: GoType): string {
    switch (t.kind) {
      case 'array':
        return `${t.name}{${Array.from({ length: t.len }, () => this.#input(t.elem!)).join(', ')}}`;
      case 'slice': {
        const n = this.r.below(10);
        return `${t.name}{${Array.from({ length: n }, () => this.#input(t.elem!)).join(', ')}}`;
      }
      case 'struct': {
        const { fields } = t as StructType;
        return `${t.name}{${fields.map((f) => this.#input(f.type)).join(', ')}}`;
      }
      case 'ptr':
        if (this.r.oneIn(20)) return 'nil';
        if (t.elem!.kind === 'struct') return `&${this.#input(t.elem!)}`;
        return `ref(${t.elem!.name}(${this.#input(t.elem!)}))`;
      default:
        return this.literal(t);
    }
  }
}
