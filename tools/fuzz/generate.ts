/**
 * Random Go programs whose output depends on all that they compute.
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
import { Random } from './random.ts';

interface GoType {
  readonly name: string;
  readonly kind:
    | 'int'
    | 'uint'
    | 'float'
    | 'bool'
    | 'string'
    | 'array'
    | 'slice'
    | 'struct'
    | 'ptr';
  readonly bits: number;
  readonly elem: GoType | null;
  readonly len: number;
}

function scalar(name: string, kind: GoType['kind'], bits: number): GoType {
  return { name, kind, bits, elem: null, len: 0 };
}

const ints = [
  scalar('int', 'int', 64),
  scalar('int8', 'int', 8),
  scalar('int16', 'int', 16),
  scalar('int32', 'int', 32),
  scalar('int64', 'int', 64),
  scalar('uint', 'uint', 64),
  scalar('uint8', 'uint', 8),
  scalar('uint16', 'uint', 16),
  scalar('uint32', 'uint', 32),
  scalar('uint64', 'uint', 64),
];
const int = ints[0]!;
const uint8 = ints[6]!;
const uint64 = ints[9]!;
const floats = [scalar('float64', 'float', 64), scalar('float32', 'float', 32)];
const bool = scalar('bool', 'bool', 8);
const string = scalar('string', 'string', 0);

function arrayOf(elem: GoType, len: number): GoType {
  return { name: `[${len}]${elem.name}`, kind: 'array', bits: 0, elem, len };
}

function sliceOf(elem: GoType): GoType {
  return { name: `[]${elem.name}`, kind: 'slice', bits: 0, elem, len: 0 };
}

function pointerTo(elem: GoType): GoType {
  return { name: `*${elem.name}`, kind: 'ptr', bits: 0, elem, len: 0 };
}

interface StructType extends GoType {
  readonly fields: readonly { readonly name: string; readonly type: GoType }[];
}

interface Variable {
  readonly name: string;
  readonly type: GoType;
  readonly isConst: boolean;
}

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

class Generator {
  readonly #r: Random;
  readonly #options: ProgramOptions;
  readonly #lines: string[] = [];
  readonly #globals: Variable[] = [];
  readonly #structs: StructType[] = [];
  readonly #functions: Signature[] = [];
  #vars: Variable[] = [];
  #names = 0;
  #indent = 0;
  /** Product of the bounds of the loops around the present statement. */
  #weight = 1;
  #cost = 0;
  #loops: string[] = [];
  #results: readonly GoType[] = [];

  constructor(seed: number, options: ProgramOptions) {
    this.#r = new Random(seed);
    this.#options = options;
  }

  program(): string {
    this.#emit('package main');
    this.#emit('import "fmt"');
    this.#emit('import "math"');
    for (let i = 0; i < 3; i++) this.#struct(i);
    for (const t of [int, uint8, uint64, floats[0]!, string, arrayOf(int, 7), sliceOf(uint8)]) {
      const v = { name: `g${this.#globals.length}`, type: t, isConst: false };
      this.#globals.push(v);
      this.#emit(`var ${v.name} ${t.name}`);
    }
    for (const s of this.#structs) {
      const v = { name: `g${this.#globals.length}`, type: s, isConst: false };
      this.#globals.push(v);
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

  #scalarType(): GoType {
    const n = this.#r.below(20);
    if (n < 14) return this.#r.pick(ints);
    if (n < 17) return this.#r.pick(floats);
    return n < 19 ? bool : string;
  }

  #type(): GoType {
    switch (this.#r.below(12)) {
      case 0:
        return arrayOf(this.#r.pick(ints), 1 + this.#r.below(9));
      case 1:
        return sliceOf(this.#scalarType());
      case 2:
        return this.#r.pick(this.#structs);
      case 3:
        return pointerTo(this.#r.oneIn(2) ? this.#r.pick(ints) : this.#r.pick(this.#structs));
      default:
        return this.#scalarType();
    }
  }

  #struct(i: number): void {
    const fields = Array.from({ length: 1 + this.#r.below(6) }, (_, k) => ({
      name: `f${k}`,
      type: this.#r.oneIn(6) ? sliceOf(uint8) : this.#scalarType(),
    }));
    if (i > 0 && this.#r.oneIn(2)) fields.push({ name: 'in', type: this.#structs[i - 1]! });
    const s: StructType = { ...scalar(`S${i}`, 'struct', 0), fields };
    this.#structs.push(s);
    this.#emit(`type S${i} struct {`);
    for (const f of fields) this.#emit(`\t${f.name} ${f.type.name}`);
    this.#emit('}');
  }

  // Functions.

  #function(i: number): void {
    const params = Array.from({ length: 1 + this.#r.below(5) }, () => this.#type());
    const results = Array.from({ length: 1 + this.#r.below(3) }, () => this.#type());
    const names = params.map((t, k) => ({ name: `p${k}`, type: t, isConst: false }));
    const outs = results.map((t, k) => ({ name: `r${k}`, type: t, isConst: false }));
    const list = (vars: readonly Variable[]): string =>
      vars.map((v) => `${v.name} ${v.type.name}`).join(', ');
    if (this.#r.oneIn(2)) this.#emit('//go:noinline');
    this.#emit(`func F${i}(${list(names)}) (${list(outs)}) {`);
    this.#vars = [...names, ...outs];
    this.#names = 0;
    this.#cost = 1;
    this.#results = results;
    if (this.#r.oneIn(12)) {
      this.#emit(`\tdefer func() { if e := recover(); e != nil { g0 += len(fmt.Sprint(e)) } }()`);
    }
    this.#block(3 + this.#r.below(8), 0);
    this.#emit(`\treturn ${results.map((t) => this.#expr(t, 3)).join(', ')}`);
    this.#emit('}');
    this.#functions.push({ name: `F${i}`, params, results, cost: this.#cost });
  }

  #block(count: number, depth: number): void {
    this.#indent++;
    const vars = this.#vars.slice();
    for (let i = 0; i < count; i++) this.#statement(depth);
    this.#vars = vars;
    this.#indent--;
  }

  #statement(depth: number): void {
    this.#cost += this.#weight;
    const n = this.#r.below(depth >= 3 ? 12 : 22);
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
    const type = this.#type();
    const name = this.#fresh('v');
    this.#emit(`var ${name} ${type.name} = ${this.#expr(type, 3)}`);
    this.#emit(`_ = ${name}`);
    this.#vars.push({ name, type, isConst: false });
  }

  #assign(): void {
    const target = this.#place();
    const { kind, name } = target.type;
    if ((kind === 'int' || kind === 'uint') && this.#r.oneIn(2)) {
      const op = this.#r.pick(['+', '-', '*', '&', '|', '^', '&^', '<<', '>>']);
      const isShift = op === '<<' || op === '>>';
      const y = isShift ? this.#count() : this.#expr(target.type, 2);
      this.#emit(`${target.name} ${op}= ${y}`);
      return;
    }
    if (kind === 'string' && this.#weight > 20) return;
    if (name === 'int' && this.#r.oneIn(4)) this.#emit(`${target.name}++`);
    else this.#emit(`${target.name} = ${this.#expr(target.type, 4)}`);
  }

  #store(): void {
    const arrays = this.#all().filter((v) => v.type.kind === 'array' || v.type.kind === 'slice');
    if (arrays.length === 0) {
      this.#assign();
      return;
    }
    const v = this.#r.pick(arrays);
    this.#emit(`${v.name}[${this.#index(v)}] = ${this.#expr(v.type.elem!, 3)}`);
  }

  /** Something that can be assigned to. */
  #place(): { name: string; type: GoType } {
    const v = this.#r.pick(this.#all().filter((x) => !x.isConst));
    return this.#inside(v);
  }

  #inside(v: { name: string; type: GoType }): { name: string; type: GoType } {
    if (v.type.kind === 'struct' && !this.#r.oneIn(4)) {
      const f = this.#r.pick((v.type as StructType).fields);
      return this.#inside({ name: `${v.name}.${f.name}`, type: f.type });
    }
    if (v.type.kind === 'array' && !this.#r.oneIn(4)) {
      const name = `${v.name}[${this.#index(v)}]`;
      return this.#inside({ name, type: v.type.elem! });
    }
    if (v.type.kind === 'ptr' && !this.#r.oneIn(3)) {
      const elem = v.type.elem!;
      return this.#inside({ name: `(*${v.name})`, type: elem });
    }
    return v;
  }

  #all(): Variable[] {
    return this.#r.oneIn(4) ? [...this.#vars, ...this.#globals] : this.#vars;
  }

  #index(v: { name: string; type: GoType }): string {
    const n = this.#r.below(10);
    if (v.type.kind === 'array') {
      if (n < 3) return String(this.#r.below(v.type.len));
      if (n < 9) return `${this.#expr(uint64, 2)} % ${v.type.len}`;
      return this.#variableOf(int) ?? `uint8(${this.#expr(uint8, 1)})`;
    }
    if (n < 8) return `at(${this.#expr(int, 2)}, len(${v.name}))`;
    return this.#variableOf(int) ?? '0';
  }

  #call(): void {
    const fits = this.#functions.filter((f) => this.#cost + f.cost * this.#weight < maxCost);
    if (fits.length === 0) {
      this.#assign();
      return;
    }
    const f = this.#r.pick(fits);
    this.#cost += f.cost * this.#weight;
    const names = f.results.map(() => this.#fresh('c'));
    const args = f.params.map((t) => this.#simple(t)).join(', ');
    this.#emit(`${names.join(', ')} := ${f.name}(${args})`);
    this.#emit(`${names.map(() => '_').join(', ')} = ${names.join(', ')}`);
    f.results.forEach((type, i) => this.#vars.push({ name: names[i]!, type, isConst: false }));
  }

  #slices(): void {
    const list = this.#vars.filter((v) => v.type.kind === 'slice');
    if (list.length === 0 || this.#weight > 30) {
      this.#assign();
      return;
    }
    const v = this.#r.pick(list);
    const elem = v.type.elem!;
    switch (this.#r.below(5)) {
      case 0:
        this.#emit(`${v.name} = append(${v.name}, ${this.#expr(elem, 2)})`);
        break;
      case 1:
        this.#emit(
          `if len(${v.name}) < 100 { ${v.name} = append(${v.name}, ${this.#r.pick(list.filter((x) => x.type.name === v.type.name)).name}...) }`,
        );
        break;
      case 2:
        this.#emit(`${v.name} = ${v.name}[at(${this.#expr(int, 1)}, len(${v.name})+1):]`);
        break;
      case 3:
        this.#emit(`${v.name} = ${v.name}[:at(${this.#expr(int, 1)}, cap(${v.name})+1)]`);
        break;
      default:
        this.#emit(
          `copy(${v.name}, ${this.#r.pick(list.filter((x) => x.type.name === v.type.name)).name})`,
        );
    }
  }

  #leave(): void {
    if (this.#loops.length > 0 && this.#r.oneIn(2)) {
      const word = this.#r.pick(['break', 'continue']);
      const label = this.#r.oneIn(2) ? '' : ` ${this.#r.pick(this.#loops)}`;
      this.#emit(`if ${this.#expr(bool, 2)} { ${word}${label} }`);
      return;
    }
    const results = this.#results.map((t) => this.#simple(t)).join(', ');
    this.#emit(`if ${this.#expr(bool, 2)} && ${this.#expr(bool, 1)} { return ${results} }`);
  }

  #if(depth: number): void {
    this.#emit(`if ${this.#expr(bool, 3)} {`);
    this.#block(1 + this.#r.below(3), depth + 1);
    if (this.#r.oneIn(2)) {
      this.#emit('} else {');
      this.#block(1 + this.#r.below(3), depth + 1);
    }
    this.#emit('}');
  }

  #switch(depth: number): void {
    const t = this.#r.oneIn(5) ? string : this.#r.pick(ints);
    this.#emit(`switch ${this.#expr(t, 2)} {`);
    const seen = new Set<string>();
    for (let i = 0; i < 2 + this.#r.below(7); i++) {
      const text = t.kind === 'string' ? this.#literal(t) : String(this.#r.below(12));
      if (seen.has(text)) continue;
      seen.add(text);
      this.#emit(`case ${text}:`);
      const loops = this.#loops;
      this.#loops = [];
      this.#block(1 + this.#r.below(2), depth + 1);
      this.#loops = loops;
    }
    if (this.#r.oneIn(2)) {
      this.#emit('default:');
      const loops = this.#loops;
      this.#loops = [];
      this.#block(1, depth + 1);
      this.#loops = loops;
    }
    this.#emit('}');
  }

  #loop(depth: number): void {
    const bound = 1 + this.#r.below(this.#weight > 50 ? 3 : 9);
    const i = this.#fresh('i');
    const label = this.#fresh('L');
    const vars = this.#vars;
    this.#vars = vars.slice();
    let head = '';
    let step = '';
    switch (this.#r.below(7)) {
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
        const v = this.#r.pick(list);
        const e = this.#fresh('e');
        if (v.type.kind === 'slice') {
          head = `for ${i}, ${e} := range head(${v.name}, ${bound})`;
        } else head = `for ${i}, ${e} := range ${v.name}`;
        step = `_ = ${e}`;
        this.#vars.push({ name: e, type: v.type.elem!, isConst: false });
        break;
      }
      case 4: {
        const list = vars.filter((v) => v.type.kind === 'slice');
        head =
          list.length === 0
            ? `for ${i} := ${this.#small()}; ${i} < 12; ${i} += ${1 + this.#r.below(4)}`
            : `for ${i} := 0; ${i} < len(${this.#r.pick(list).name}) && ${i} < ${bound}; ${i}++`;
        break;
      }
      case 5:
        head = `for ${i} := ${this.#small()}; ${i} < ${bound}; ${i}++`;
        break;
      default:
        head = `for ${i} := int(${this.#simple(uint8)} & 7); ${i} > ${this.#r.below(3)}; ${i} -= ${1 + this.#r.below(3)}`;
    }
    const usesLabel = this.#r.oneIn(3) && depth < 2;
    if (usesLabel) this.#emit(`${label}:`);
    this.#emit(`${head} {`);
    const weight = this.#weight;
    this.#weight *= Math.max(bound, 9);
    const loops = this.#loops;
    this.#loops = usesLabel ? [...loops, label] : loops;
    // A label must be used.
    if (usesLabel) this.#emit(`\tif ${this.#expr(bool, 2)} { continue ${label} }`);
    this.#emit(`\t_ = ${i}`);
    if (step !== '') this.#emit(`\t${step}`);
    // The counter is not assigned to by the body, so that the loop ends.
    this.#vars.push({ name: i, type: int, isConst: true });
    this.#block(1 + this.#r.below(4), depth + 1);
    this.#emit('}');
    this.#loops = loops;
    this.#weight = weight;
    this.#vars = vars;
  }

  /** A start for a counter that is not known at compile time, between −3 and 4. */
  #small(): string {
    return `int(${this.#simple(uint8)} & 7) - 3`;
  }

  #closure(depth: number): void {
    const name = this.#fresh('fn');
    const t = this.#scalarType();
    const param = this.#fresh('a');
    this.#emit(`${name} := func(${param} ${t.name}) ${t.name} {`);
    const saved = this.#results;
    const loops = this.#loops;
    const vars = this.#vars;
    this.#results = [t];
    this.#loops = [];
    this.#vars = [...vars, { name: param, type: t, isConst: false }];
    this.#block(1 + this.#r.below(3), depth + 1);
    this.#emit(`\treturn ${this.#expr(t, 2)}`);
    this.#emit('}');
    this.#results = saved;
    this.#loops = loops;
    this.#vars = vars;
    const v = this.#fresh('v');
    this.#emit(`${v} := ${name}(${this.#expr(t, 2)})`);
    this.#emit(`_ = ${v}`);
    this.#vars.push({ name: v, type: t, isConst: false });
  }

  // Expressions.

  #variableOf(t: GoType): string | null {
    const list = this.#all().filter((v) => v.type.name === t.name);
    return list.length === 0 ? null : this.#r.pick(list).name;
  }

  /** A variable, or what makes a value without effects that could be reordered. */
  #simple(t: GoType): string {
    return this.#variableOf(t) ?? this.#leaf(t);
  }

  /** Never a constant, so that nothing overflows at compile time. */
  #leaf(t: GoType): string {
    const same = this.#variableOf(t);
    if (same !== null && !this.#r.oneIn(5)) return same;
    switch (t.kind) {
      case 'int':
      case 'uint':
      case 'float': {
        const v = this.#r.pick(this.#all());
        const isNumber = v.type.kind === 'int' || v.type.kind === 'uint';
        if (isNumber) return `${t.name}(${v.name})`;
        if (v.type.kind === 'float' && t.kind === 'float') return `${t.name}(${v.name})`;
        if (v.type.kind === 'string' || v.type.kind === 'slice') return `${t.name}(len(${v.name}))`;
        if (v.type.kind === 'array') return `${t.name}(${v.name}[${this.#index(v)}])`;
        return `${t.name}(g0)`;
      }
      case 'bool':
        return `(${this.#leaf(int)} ${this.#r.pick(['<', '==', '!=', '>='])} ${this.#literal(int)})`;
      case 'string':
        return this.#r.oneIn(2) ? this.#literal(t) : 'g4';
      case 'array':
        return `${t.name}{${this.#simple(t.elem!)}}`;
      case 'slice':
        return `${t.name}{${this.#simple(t.elem!)}, ${this.#simple(t.elem!)}}`;
      case 'struct': {
        const { fields } = t as StructType;
        const f = this.#r.pick(fields);
        return `${t.name}{${f.name}: ${this.#simple(f.type)}}`;
      }
      default:
        if (this.#r.oneIn(30)) return `(${t.name})(nil)`;
        if (t.elem!.kind === 'struct') return `&${this.#leafStruct(t.elem!)}`;
        return `ref(${this.#simple(t.elem!)})`;
    }
  }

  #leafStruct(t: GoType): string {
    const f = this.#r.pick((t as StructType).fields);
    return `${t.name}{${f.name}: ${this.#simple(f.type)}}`;
  }

  #literal(t: GoType): string {
    switch (t.kind) {
      case 'int': {
        const max = 2n ** BigInt(t.bits - 1);
        const n = this.#number(t.bits) - (this.#r.oneIn(2) ? max : 0n);
        return String(BigInt.asIntN(t.bits, n));
      }
      case 'uint':
        return String(BigInt.asUintN(t.bits, this.#number(t.bits)));
      case 'float':
        return this.#r.pick(['0.5', '1.0', '2.0', '-3.25', '1e10', '0.1', '1e-3', '7.0', '-0.125']);
      case 'bool':
        return this.#r.pick(['true', 'false']);
      default:
        return this.#r.pick([
          '""',
          '"a"',
          '"go"',
          '"hello, world"',
          '"héllo"',
          '"0123456789abcdef!"',
        ]);
    }
  }

  /** Numbers near powers of two, and small ones. */
  #number(bits: number): bigint {
    const n = this.#r.below(10);
    if (n < 4) return BigInt(this.#r.below(20));
    if (n < 8) return 2n ** BigInt(this.#r.below(bits)) + BigInt(this.#r.below(3) - 1);
    return (BigInt(this.#r.bits()) << 32n) | BigInt(this.#r.bits());
  }

  #count(): string {
    const n = this.#r.below(6);
    if (n === 0) return String(this.#r.below(70));
    if (n === 1) return `(${this.#expr(this.#r.pick(ints.slice(5)), 1)} & 63)`;
    return this.#leaf(this.#r.pick(ints.slice(5)));
  }

  #expr(t: GoType, depth: number): string {
    if (depth <= 0) return this.#leaf(t);
    switch (t.kind) {
      case 'int':
      case 'uint':
        return this.#integer(t, depth);
      case 'float':
        return this.#float(t, depth);
      case 'bool':
        return this.#condition(depth);
      case 'string':
        return this.#string(depth);
      default:
        return this.#aggregate(t);
    }
  }

  #aggregate(t: GoType): string {
    if (t.kind === 'ptr' && this.#r.oneIn(4)) {
      const list = this.#vars.filter((v) => v.type.name === t.elem!.name && !v.isConst);
      if (list.length > 0) return `&${this.#r.pick(list).name}`;
    }
    if (t.kind === 'slice') {
      const arrays = this.#vars.filter(
        (v) => v.type.kind === 'array' && v.type.elem!.name === t.elem!.name && !v.isConst,
      );
      if (arrays.length > 0 && this.#r.oneIn(3)) return `${this.#r.pick(arrays).name}[:]`;
      if (this.#r.oneIn(5)) return `make([]${t.elem!.name}, ${this.#r.below(9)})`;
      if (t.elem!.name === 'uint8' && this.#r.oneIn(4)) return `[]uint8(${this.#expr(string, 1)})`;
    }
    return this.#leaf(t);
  }

  #integer(t: GoType, depth: number): string {
    const x = (): string => this.#expr(t, depth - 1);
    switch (this.#r.below(20)) {
      case 0:
      case 1:
        return `(${x()} + ${this.#operand(t, depth)})`;
      case 2:
        return `(${x()} - ${this.#operand(t, depth)})`;
      case 3:
        return `(${x()} * ${this.#operand(t, depth)})`;
      case 4:
        return `(${x()} ${this.#r.pick(['/', '%'])} ${this.#divisor(t, depth)})`;
      case 5:
        return `(${x()} & ${this.#operand(t, depth)})`;
      case 6:
        return `(${x()} | ${this.#operand(t, depth)})`;
      case 7:
        return `(${x()} ^ ${this.#operand(t, depth)})`;
      case 8:
        return `(${x()} &^ ${this.#operand(t, depth)})`;
      case 9:
        return `(${x()} << ${this.#count()})`;
      case 10:
        return `(${x()} >> ${this.#count()})`;
      case 11:
        return `-(${x()})`;
      case 12:
        return `^${x()}`;
      case 13:
      case 14:
        return `${t.name}(${this.#expr(this.#r.pick(ints), depth - 1)})`;
      case 15:
        return `${t.name}(toInt(float64(${this.#expr(this.#r.pick(floats), depth - 1)})))`;
      case 16:
        return `${this.#r.pick(['min', 'max'])}(${x()}, ${this.#operand(t, depth)})`;
      case 17:
        return `sel(${this.#expr(bool, depth - 1)}, ${x()}, ${this.#operand(t, depth)})`;
      case 18:
        return this.#element(t) ?? x();
      default:
        return this.#leaf(t);
    }
  }

  /** Something inside a variable. */
  #element(t: GoType): string | null {
    for (let i = 0; i < 8; i++) {
      const v = this.#inside(this.#r.pick(this.#all()));
      if (v.type.name === t.name) return v.name;
      if (t.name === 'uint8' && v.type.kind === 'string') {
        return `byteAt(${v.name}, ${this.#simple(int)})`;
      }
      if (v.type.kind === 'slice' && v.type.elem!.name === t.name) {
        return `${v.name}[${this.#index(v)}]`;
      }
    }
    return null;
  }

  #operand(t: GoType, depth: number): string {
    return this.#r.oneIn(3) ? this.#literal(t) : this.#expr(t, depth - 1);
  }

  #divisor(t: GoType, depth: number): string {
    const n = this.#r.below(6);
    if (n < 3) {
      const c = this.#literal(t);
      return c === '0' ? '3' : c;
    }
    if (n < 5) return `(${this.#expr(t, depth - 1)} | 1)`;
    return this.#expr(t, depth - 1);
  }

  #float(t: GoType, depth: number): string {
    const x = (): string => this.#expr(t, depth - 1);
    switch (this.#r.below(9)) {
      case 0:
      case 1:
        return `(${x()} ${this.#r.pick(['+', '-', '*', '/'])} ${this.#operand(t, depth)})`;
      case 2:
        return `-(${x()})`;
      case 3:
        return `${t.name}(${this.#expr(this.#r.pick(floats), depth - 1)})`;
      case 4:
        return `${t.name}(${this.#expr(this.#r.pick(ints), depth - 1)})`;
      case 5:
        return `${t.name}(math.${this.#r.pick(['Abs', 'Floor', 'Ceil', 'Trunc', 'Sqrt', 'RoundToEven'])}(float64(${x()})))`;
      case 6:
        return `${this.#r.pick(['min', 'max'])}(${x()}, ${this.#operand(t, depth)})`;
      default:
        return this.#leaf(t);
    }
  }

  #condition(depth: number): string {
    const x = (): string => this.#expr(bool, depth - 1);
    const n = this.#r.below(10);
    if (n < 6) {
      const t = n === 0 ? this.#r.pick(floats) : n === 1 ? string : this.#r.pick(ints);
      const op = this.#r.pick(['<', '<=', '>', '>=', '==', '!=']);
      return `(${this.#expr(t, depth - 1)} ${op} ${this.#operand(t, depth)})`;
    }
    if (n < 7) return `(${x()} && ${x()})`;
    if (n < 8) return `(${x()} || ${x()})`;
    return n < 9 ? `!${x()}` : this.#leaf(bool);
  }

  #string(depth: number): string {
    const n = this.#r.below(6);
    if (n === 0 && this.#weight < 20) {
      return `cut(${this.#expr(string, depth - 1)} + ${this.#leaf(string)})`;
    }
    if (n === 1) return `tail(${this.#expr(string, depth - 1)}, ${this.#simple(int)})`;
    if (n === 2) return `string(rune(${this.#simple(uint8)}))`;
    return this.#leaf(string);
  }

  // The main function.

  #main(): void {
    this.#emit('func main() {');
    this.#vars = [];
    this.#functions.forEach((f, i) => {
      for (let k = 0; k < this.#options.inputs; k++) {
        const args = f.params.map((t) => this.#input(t)).join(', ');
        const names = f.results.map((_, n) => `x${n}`).join(', ');
        this.#emit(`\tcall(${i}, ${k}, func() { ${names} := F${i}(${args}); show(${names}) })`);
      }
    });
    this.#emit('}');
    this.#emit('func globals() {');
    this.#emit(`\tshow(${this.#globals.map((g) => g.name).join(', ')})`);
    this.#emit('}');
  }

  /** A value known to the program's caller only. */
  #input(t: GoType): string {
    switch (t.kind) {
      case 'array':
        return `${t.name}{${Array.from({ length: t.len }, () => this.#input(t.elem!)).join(', ')}}`;
      case 'slice': {
        const n = this.#r.below(10);
        return `${t.name}{${Array.from({ length: n }, () => this.#input(t.elem!)).join(', ')}}`;
      }
      case 'struct': {
        const { fields } = t as StructType;
        return `${t.name}{${fields.map((f) => this.#input(f.type)).join(', ')}}`;
      }
      case 'ptr':
        if (this.#r.oneIn(20)) return 'nil';
        if (t.elem!.kind === 'struct') return `&${this.#input(t.elem!)}`;
        return `ref(${t.elem!.name}(${this.#input(t.elem!)}))`;
      default:
        return this.#literal(t);
    }
  }
}

/** The fixed part of every program. */
const support = `
var digest uint64

func call(f, k int, body func()) {
	digest = 0
	defer func() {
		e := recover()
		globals()
		fmt.Printf("F%d/%d %016x %v\\n", f, k, digest, e)
	}()
	body()
}

func mix(x uint64) { digest = (digest ^ x) * 0x100000001b3; digest ^= digest >> 29 }

func show(values ...any) {
	for _, v := range values {
		switch v := v.(type) {
		case float64:
			if v != v { mix(1) } else { mix(math.Float64bits(v)) }
		case float32:
			if v != v { mix(2) } else { mix(uint64(math.Float32bits(v))) }
		case *int: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int8: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int16: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int32: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int64: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint8: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint16: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint32: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint64: if v == nil { mix(3) } else { mix(*v) }
		default:
			for _, c := range []byte(fmt.Sprintf("%v", v)) { mix(uint64(c)) }
		}
	}
}

func at(i, n int) int {
	if n == 0 { return 0 }
	return int(uint(i) % uint(n))
}

func head[T any](s []T, n int) []T {
	if len(s) > n { return s[:n] }
	return s
}

func ref[T any](x T) *T { return &x }

func sel[T any](c bool, x, y T) T {
	if c { return x }
	return y
}

func toInt(f float64) int64 {
	if f > -9e18 && f < 9e18 { return int64(f) }
	return 77
}

func cut(s string) string {
	if len(s) > 40 { return s[:40] }
	return s
}

func tail(s string, n int) string {
	if n < 0 || n > len(s) { return s }
	return s[n:]
}

func byteAt(s string, n int) byte {
	if len(s) == 0 { return 9 }
	return s[at(n, len(s))]
}
`;
