/**
 * The values of templates, and how they print.
 * GOROOT: src/text/template/exec.go (IsTrue, printValue), src/fmt/print.go (%v).
 */

/** A function that a template may call. */
export type Callable = (args: readonly Data[]) => Data;

export type Data =
  | string
  | boolean
  | number
  | undefined
  | Callable
  | Struct
  | readonly Data[]
  | { readonly [k: string]: Data };

/** A pointer to a Go struct: its fields are known, others are mistakes; maps are plain objects. */
export class Struct {
  /** As messages call it. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Data>>;
  /** What its String or Error method says. */
  readonly text: string | undefined;

  constructor(type: string, fields: Readonly<Record<string, Data>>, text?: string) {
    this.type = type;
    this.fields = fields;
    this.text = text;
  }
}

export type MapData = { readonly [k: string]: Data };

export function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}

export function isMap(value: Data): value is MapData {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Struct);
}

/** Everything but zero values and what is empty. */
export function isTrue(value: Data): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== '' && value !== false && value !== 0;
}

/** %v. */
export function show(value: Data): string {
  if (value === undefined) return '<nil>';
  if (isList(value)) return `[${value.map(show).join(' ')}]`;
  if (value instanceof Struct) {
    if (value.text !== undefined) return value.text;
    return `&{${Object.values(value.fields).map(show).join(' ')}}`;
  }
  if (isMap(value)) {
    const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${pairs.map(([key, inner]) => `${key}:${show(inner)}`).join(' ')}]`;
  }
  if (typeof value === 'function') return 'func';
  return String(value);
}

/** The type's name, for messages and %T. */
export function typeName(value: Data): string {
  if (value === undefined) return '<nil>';
  if (value instanceof Struct) return value.type;
  if (isList(value)) return '[]string';
  if (isMap(value)) return 'map[string]string';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'function') return 'func';
  return Number.isInteger(value) ? 'int' : 'float64';
}
