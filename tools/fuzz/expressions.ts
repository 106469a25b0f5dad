/**
 * Random types, places and expressions.
 *
 * An expression has one value whatever the order of evaluation: no calls but to the pure functions of
 * support.ts. Its leaves are never constants, so that nothing overflows at compile time; integers divide
 * by what may be zero, since a panic is a result too.
 */
import { type Random } from './random.ts';
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
  pointerTo,
  type StructType,
  type Variable,
} from './types.ts';

/** Chooses types, places and expressions among what is in scope. */
export class ExprGenerator {
  protected readonly r: Random;
  protected readonly globals: Variable[] = [];
  protected readonly structs: StructType[] = [];
  /** Parameters and locals in scope. */
  protected vars: Variable[] = [];
  /** Product of the bounds of the loops around the present statement. */
  protected weight = 1;

  constructor(r: Random) {
    this.r = r;
  }

  protected scalarType(): GoType {
    const n = this.r.below(20);
    if (n < 14) return this.r.pick(ints);
    if (n < 17) return this.r.pick(floats);
    return n < 19 ? bool : string;
  }

  protected type(): GoType {
    switch (this.r.below(12)) {
      case 0:
        return arrayOf(this.r.pick(ints), 1 + this.r.below(9));
      case 1:
        return sliceOf(this.scalarType());
      case 2:
        return this.r.pick(this.structs);
      case 3:
        return pointerTo(this.r.oneIn(2) ? this.r.pick(ints) : this.r.pick(this.structs));
      default:
        return this.scalarType();
    }
  }

  /** Something that can be assigned to. */
  protected place(): { name: string; type: GoType } {
    const v = this.r.pick(this.all().filter((x) => !x.isConst));
    return this.#inside(v);
  }

  #inside(v: { name: string; type: GoType }): { name: string; type: GoType } {
    if (v.type.kind === 'struct' && !this.r.oneIn(4)) {
      const f = this.r.pick((v.type as StructType).fields);
      return this.#inside({ name: `${v.name}.${f.name}`, type: f.type });
    }
    if (v.type.kind === 'array' && !this.r.oneIn(4)) {
      const name = `${v.name}[${this.index(v)}]`;
      return this.#inside({ name, type: v.type.elem! });
    }
    if (v.type.kind === 'ptr' && !this.r.oneIn(3)) {
      const elem = v.type.elem!;
      return this.#inside({ name: `(*${v.name})`, type: elem });
    }
    return v;
  }

  protected all(): Variable[] {
    return this.r.oneIn(4) ? [...this.vars, ...this.globals] : this.vars;
  }

  protected index(v: { name: string; type: GoType }): string {
    const n = this.r.below(10);
    if (v.type.kind === 'array') {
      if (n < 3) return String(this.r.below(v.type.len));
      if (n < 9) return `${this.expr(uint64, 2)} % ${v.type.len}`;
      return this.#variableOf(int) ?? `uint8(${this.expr(uint8, 1)})`;
    }
    if (n < 8) return `at(${this.expr(int, 2)}, len(${v.name}))`;
    return this.#variableOf(int) ?? '0';
  }

  #variableOf(t: GoType): string | null {
    const list = this.all().filter((v) => v.type.name === t.name);
    return list.length === 0 ? null : this.r.pick(list).name;
  }

  /** A variable, or what makes a value without effects that could be reordered. */
  protected simple(t: GoType): string {
    return this.#variableOf(t) ?? this.#leaf(t);
  }

  /** Never a constant, so that nothing overflows at compile time. */
  #leaf(t: GoType): string {
    const same = this.#variableOf(t);
    if (same !== null && !this.r.oneIn(5)) return same;
    switch (t.kind) {
      case 'int':
      case 'uint':
      case 'float': {
        const v = this.r.pick(this.all());
        const isNumber = v.type.kind === 'int' || v.type.kind === 'uint';
        if (isNumber) return `${t.name}(${v.name})`;
        if (v.type.kind === 'float' && t.kind === 'float') return `${t.name}(${v.name})`;
        if (v.type.kind === 'string' || v.type.kind === 'slice') return `${t.name}(len(${v.name}))`;
        if (v.type.kind === 'array') return `${t.name}(${v.name}[${this.index(v)}])`;
        return `${t.name}(g0)`;
      }
      case 'bool':
        return `(${this.#leaf(int)} ${this.r.pick(['<', '==', '!=', '>='])} ${this.literal(int)})`;
      case 'string':
        return this.r.oneIn(2) ? this.literal(t) : 'g4';
      case 'array':
        return `${t.name}{${this.simple(t.elem!)}}`;
      case 'slice':
        return `${t.name}{${this.simple(t.elem!)}, ${this.simple(t.elem!)}}`;
      case 'struct': {
        const { fields } = t as StructType;
        const f = this.r.pick(fields);
        return `${t.name}{${f.name}: ${this.simple(f.type)}}`;
      }
      default:
        if (this.r.oneIn(30)) return `(${t.name})(nil)`;
        if (t.elem!.kind === 'struct') return `&${this.#leafStruct(t.elem!)}`;
        return `ref(${this.simple(t.elem!)})`;
    }
  }

  #leafStruct(t: GoType): string {
    const f = this.r.pick((t as StructType).fields);
    return `${t.name}{${f.name}: ${this.simple(f.type)}}`;
  }

  protected literal(t: GoType): string {
    switch (t.kind) {
      case 'int': {
        const max = 2n ** BigInt(t.bits - 1);
        const n = this.#number(t.bits) - (this.r.oneIn(2) ? max : 0n);
        return String(BigInt.asIntN(t.bits, n));
      }
      case 'uint':
        return String(BigInt.asUintN(t.bits, this.#number(t.bits)));
      case 'float':
        return this.r.pick(['0.5', '1.0', '2.0', '-3.25', '1e10', '0.1', '1e-3', '7.0', '-0.125']);
      case 'bool':
        return this.r.pick(['true', 'false']);
      default:
        return this.r.pick([
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
    const n = this.r.below(10);
    if (n < 4) return BigInt(this.r.below(20));
    if (n < 8) return 2n ** BigInt(this.r.below(bits)) + BigInt(this.r.below(3) - 1);
    return (BigInt(this.r.bits()) << 32n) | BigInt(this.r.bits());
  }

  protected count(): string {
    const n = this.r.below(6);
    if (n === 0) return String(this.r.below(70));
    if (n === 1) return `(${this.expr(this.r.pick(ints.slice(5)), 1)} & 63)`;
    return this.#leaf(this.r.pick(ints.slice(5)));
  }

  protected expr(t: GoType, depth: number): string {
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
    if (t.kind === 'ptr' && this.r.oneIn(4)) {
      const list = this.vars.filter((v) => v.type.name === t.elem!.name && !v.isConst);
      if (list.length > 0) return `&${this.r.pick(list).name}`;
    }
    if (t.kind === 'slice') {
      const arrays = this.vars.filter(
        (v) => v.type.kind === 'array' && v.type.elem!.name === t.elem!.name && !v.isConst,
      );
      if (arrays.length > 0 && this.r.oneIn(3)) return `${this.r.pick(arrays).name}[:]`;
      if (this.r.oneIn(5)) return `make([]${t.elem!.name}, ${this.r.below(9)})`;
      if (t.elem!.name === 'uint8' && this.r.oneIn(4)) return `[]uint8(${this.expr(string, 1)})`;
    }
    return this.#leaf(t);
  }

  #integer(t: GoType, depth: number): string {
    const x = (): string => this.expr(t, depth - 1);
    switch (this.r.below(20)) {
      case 0:
      case 1:
        return `(${x()} + ${this.#operand(t, depth)})`;
      case 2:
        return `(${x()} - ${this.#operand(t, depth)})`;
      case 3:
        return `(${x()} * ${this.#operand(t, depth)})`;
      case 4:
        return `(${x()} ${this.r.pick(['/', '%'])} ${this.#divisor(t, depth)})`;
      case 5:
        return `(${x()} & ${this.#operand(t, depth)})`;
      case 6:
        return `(${x()} | ${this.#operand(t, depth)})`;
      case 7:
        return `(${x()} ^ ${this.#operand(t, depth)})`;
      case 8:
        return `(${x()} &^ ${this.#operand(t, depth)})`;
      case 9:
        return `(${x()} << ${this.count()})`;
      case 10:
        return `(${x()} >> ${this.count()})`;
      case 11:
        return `-(${x()})`;
      case 12:
        return `^${x()}`;
      case 13:
      case 14:
        return `${t.name}(${this.expr(this.r.pick(ints), depth - 1)})`;
      case 15:
        return `${t.name}(toInt(float64(${this.expr(this.r.pick(floats), depth - 1)})))`;
      case 16:
        return `${this.r.pick(['min', 'max'])}(${x()}, ${this.#operand(t, depth)})`;
      case 17:
        return `sel(${this.expr(bool, depth - 1)}, ${x()}, ${this.#operand(t, depth)})`;
      case 18:
        return this.#element(t) ?? x();
      default:
        return this.#leaf(t);
    }
  }

  /** Something inside a variable. */
  #element(t: GoType): string | null {
    for (let i = 0; i < 8; i++) {
      const v = this.#inside(this.r.pick(this.all()));
      if (v.type.name === t.name) return v.name;
      if (t.name === 'uint8' && v.type.kind === 'string') {
        return `byteAt(${v.name}, ${this.simple(int)})`;
      }
      if (v.type.kind === 'slice' && v.type.elem!.name === t.name) {
        return `${v.name}[${this.index(v)}]`;
      }
    }
    return null;
  }

  #operand(t: GoType, depth: number): string {
    return this.r.oneIn(3) ? this.literal(t) : this.expr(t, depth - 1);
  }

  #divisor(t: GoType, depth: number): string {
    const n = this.r.below(6);
    if (n < 3) {
      const c = this.literal(t);
      return c === '0' ? '3' : c;
    }
    if (n < 5) return `(${this.expr(t, depth - 1)} | 1)`;
    return this.expr(t, depth - 1);
  }

  #float(t: GoType, depth: number): string {
    const x = (): string => this.expr(t, depth - 1);
    switch (this.r.below(9)) {
      case 0:
      case 1:
        return `(${x()} ${this.r.pick(['+', '-', '*', '/'])} ${this.#operand(t, depth)})`;
      case 2:
        return `-(${x()})`;
      case 3:
        return `${t.name}(${this.expr(this.r.pick(floats), depth - 1)})`;
      case 4:
        return `${t.name}(${this.expr(this.r.pick(ints), depth - 1)})`;
      case 5:
        return `${t.name}(math.${this.r.pick(['Abs', 'Floor', 'Ceil', 'Trunc', 'Sqrt', 'RoundToEven'])}(float64(${x()})))`;
      case 6:
        return `${this.r.pick(['min', 'max'])}(${x()}, ${this.#operand(t, depth)})`;
      default:
        return this.#leaf(t);
    }
  }

  #condition(depth: number): string {
    const x = (): string => this.expr(bool, depth - 1);
    const n = this.r.below(10);
    if (n < 6) {
      const t = n === 0 ? this.r.pick(floats) : n === 1 ? string : this.r.pick(ints);
      const op = this.r.pick(['<', '<=', '>', '>=', '==', '!=']);
      return `(${this.expr(t, depth - 1)} ${op} ${this.#operand(t, depth)})`;
    }
    if (n < 7) return `(${x()} && ${x()})`;
    if (n < 8) return `(${x()} || ${x()})`;
    return n < 9 ? `!${x()}` : this.#leaf(bool);
  }

  #string(depth: number): string {
    const n = this.r.below(6);
    if (n === 0 && this.weight < 20) {
      return `cut(${this.expr(string, depth - 1)} + ${this.#leaf(string)})`;
    }
    if (n === 1) return `tail(${this.expr(string, depth - 1)}, ${this.simple(int)})`;
    if (n === 2) return `string(rune(${this.simple(uint8)}))`;
    return this.#leaf(string);
  }
}
