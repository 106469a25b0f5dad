/**
 * Reads declarations of structures and integer constants out of Go source, for the contract test.
 *
 * Just enough of Go's grammar for the runtime's declarations: one field group per line, constants
 * with iota, shifts and the usual operators. Sizes are those of a 64-bit system.
 */
import { readdirSync, readFileSync } from 'node:fs';

interface Size {
  readonly size: number;
  readonly align: number;
}

export interface StructFacts extends Size {
  readonly at: ReadonlyMap<string, number>;
}

const basic: Record<string, number> = {
  bool: 1,
  byte: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  int: 8,
  uint: 8,
  uintptr: 8,
  'unsafe.Pointer': 8,
};

const where: Record<string, string> = {
  abi: 'internal/abi',
  sys: 'internal/runtime/sys',
  atomic: 'internal/runtime/atomic',
};

export class GoFacts {
  readonly #src: string;
  readonly #text = new Map<string, string>();
  readonly #constants = new Map<string, Map<string, bigint>>();

  constructor(goroot: string) {
    this.#src = `${goroot}/src`;
  }

  /** All Go source of a package that a 64-bit linux build could see, without comments. */
  text(pkg: string): string {
    let text = this.#text.get(pkg);
    if (text === undefined) {
      const dir = `${this.#src}/${pkg}`;
      const names = readdirSync(dir).filter(
        (name) =>
          name.endsWith('.go') && !/_test\.go$|_(lockrank_on|windows|wasm|386|arm)\.go$/.test(name),
      );
      text = names
        .map((name) => readFileSync(`${dir}/${name}`, 'utf8'))
        .filter(
          (source) =>
            !/^\/\/go:build (goexperiment\.staticlockranking|compiler_bootstrap|ignore)/m.test(
              source,
            ),
        )
        .map((source) => source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/\/\/.*$/gm, ''))
        .join('\n');
      this.#text.set(pkg, text);
    }
    return text;
  }

  struct(pkg: string, name: string): StructFacts {
    const match = new RegExp(`^type ${name} struct ?\\{(?:(.*)\\}$|([^]*?)^\\})`, 'm').exec(
      this.text(pkg),
    );
    if (match === null) throw new Error(`${pkg}.${name}: no such struct`);
    return this.#layOut(pkg, match[1] ?? match[2]!);
  }

  #layOut(pkg: string, body: string): StructFacts {
    const at = new Map<string, number>();
    let offset = 0;
    let align = 1;
    for (const raw of body.split('\n')) {
      const line = raw.trim();
      if (line === '') continue;
      const field = /^(\w+(?:,\s*\w+)*)\s+(\S.*)$/.exec(line);
      // A line without a type is an embedded field, named by its last part.
      const names = field === null ? [line.replace(/^.*\./, '')] : field[1]!.split(/,\s*/);
      const type = this.size(pkg, field === null ? line : field[2]!);
      for (const name of names) {
        offset = Math.ceil(offset / type.align) * type.align;
        if (name !== '_') at.set(name, offset);
        offset += type.size;
        align = Math.max(align, type.align);
      }
    }
    return { size: Math.ceil(offset / align) * align, align, at };
  }

  size(pkg: string, type: string): Size {
    const width = basic[type];
    if (width !== undefined) return { size: width, align: width };
    if (/^(\*|map\[|chan |func\()/.test(type)) return { size: 8, align: 8 };
    if (type.startsWith('[]')) return { size: 24, align: 8 };
    if (type === 'string' || type === 'any') return { size: 16, align: 8 };
    const array = /^\[([^\]]+)\](.*)$/.exec(type);
    if (array !== null) {
      const elem = this.size(pkg, array[2]!);
      return { size: elem.size * Number(this.constant(pkg, array[1]!)), align: elem.align };
    }
    const qualified = /^(\w+)\.(\w+)(\[.*)?$/.exec(type);
    if (qualified !== null) return this.size(where[qualified[1]!] ?? '', qualified[2]!);
    const alias = new RegExp(`^type ${type} =?\\s*(?!struct)(\\S.*)$`, 'm').exec(this.text(pkg));
    if (alias !== null) return this.size(pkg, alias[1]!.trim());
    return this.struct(pkg, type);
  }

  /** The value of a named constant or of a literal. */
  constant(pkg: string, name: string): bigint {
    if (/^\d/.test(name)) return BigInt(name);
    let table = this.#constants.get(pkg);
    if (table === undefined) {
      table = readConstants(this.text(pkg));
      this.#constants.set(pkg, table);
    }
    const value = table.get(name);
    if (value === undefined) throw new Error(`${pkg}.${name}: no such constant`);
    return value;
  }
}

function readConstants(text: string): Map<string, bigint> {
  const table = new Map<string, bigint>();
  const declare = (line: string, iota: bigint, previous: string): string => {
    const match = /^(\w+)(?:\s+[\w.]+)?\s*(?:=\s*(.+))?$/.exec(line);
    if (match === null) return previous;
    const expr = match[2] ?? previous;
    const value = evaluate(expr, iota, table);
    if (value !== undefined) table.set(match[1]!, value);
    return expr;
  };
  for (const match of text.matchAll(/^const (?:\(([^]*?)^\)|(.*)$)/gm)) {
    if (match[2] !== undefined) {
      declare(match[2].trim(), 0n, '');
      continue;
    }
    let iota = 0n;
    let previous = '';
    for (const raw of match[1]!.split('\n')) {
      const line = raw.trim();
      if (line === '') continue;
      previous = declare(line, iota, previous);
      iota++;
    }
  }
  return table;
}

const precedence: Record<string, number> = {
  '|': 1,
  '+': 1,
  '-': 1,
  '*': 2,
  '<<': 2,
  '>>': 2,
  '&': 2,
};

/** An integer expression; undefined if it holds anything else. */
function evaluate(expr: string, iota: bigint, table: Map<string, bigint>): bigint | undefined {
  const tokens = expr.match(/0[xb][\da-fA-F_]+|\d[\d_]*|[A-Za-z_]\w*|<<|>>|[-+*|&()]|\S/g) ?? [];
  let at = 0;
  const unary = (): bigint | undefined => {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (token === '-') {
      const value = unary();
      return value === undefined ? undefined : -value;
    }
    if (token === '(') {
      const value = binary(1);
      return tokens[at++] === ')' ? value : undefined;
    }
    if (token === 'iota') return iota;
    if (/^\d/.test(token)) return BigInt(token.replaceAll('_', ''));
    // A conversion: the name of an integer type before parentheses.
    if (tokens[at] === '(') return unary();
    return table.get(token);
  };
  const binary = (level: number): bigint | undefined => {
    let left = unary();
    for (;;) {
      const op = tokens[at] ?? '';
      const p = precedence[op];
      if (p === undefined || p < level) return left;
      at++;
      const right = p === 2 ? unary() : binary(p + 1);
      if (left === undefined || right === undefined) return undefined;
      if (op === '+') left += right;
      else if (op === '-') left -= right;
      else if (op === '*') left *= right;
      else if (op === '|') left |= right;
      else if (op === '&') left &= right;
      else if (op === '<<') left <<= right;
      else left >>= right;
    }
  };
  const value = binary(1);
  return at === tokens.length ? value : undefined;
}
