/**
 * The functions that every template has.
 * GOROOT: src/text/template/funcs.go, src/fmt/doc.go (verbs).
 */
import { quoteString } from '@go-ts/base/quote';
import {
  type Callable,
  type Data,
  isList,
  isMap,
  isTrue,
  show,
  Struct,
  typeName,
} from './value.ts';

/** What a function finds wrong with its arguments. */
export class CallError extends Error {}

/** Go puts spaces between operands of print where neither is a string. */
function print(args: readonly Data[]): string {
  let text = '';
  args.forEach((arg, i) => {
    const before = args[i - 1];
    if (i > 0 && typeof arg !== 'string' && typeof before !== 'string') text += ' ';
    text += show(arg);
  });
  return text;
}

function sprintf(format: string, args: readonly Data[]): string {
  let next = 0;
  const text = format.replaceAll(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const arg = args[next++];
      let body = formatVerb(verb, arg, precision);
      if (flags.includes('+') && typeof arg === 'number' && arg >= 0) body = `+${body}`;
      const size = Number(width || 0);
      if (flags.includes('-')) return body.padEnd(size);
      return body.padStart(size, flags.includes('0') && typeof arg === 'number' ? '0' : ' ');
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((arg) => `${typeName(arg)}=${show(arg)}`);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: string, arg: Data, precision: string | undefined): string {
  if (verb === 'v') return show(arg);
  if (verb === 'T') return typeName(arg);
  if (isList(arg)) return `[${arg.map((one) => formatVerb(verb, one, precision)).join(' ')}]`;
  if (verb === 's' && typeof arg !== 'number' && typeof arg !== 'boolean') {
    const text = show(arg);
    return precision === undefined ? text : text.slice(0, Number(precision));
  }
  // What is nil here is a pointer to what has a text of its own.
  if (verb === 'q' && arg === undefined) return '<nil>';
  if (verb === 'q' && arg instanceof Struct) return quoteString(show(arg));
  if (verb === 'q' && typeof arg === 'string') return quoteString(arg);
  if (verb === 't' && typeof arg === 'boolean') return String(arg);
  if (verb === 'x' && typeof arg === 'string') return Buffer.from(arg).toString('hex');
  if (typeof arg === 'number') {
    const bases: Record<string, number> = { d: 10, x: 16, X: 16, o: 8, b: 2 };
    const base = bases[verb];
    if (base !== undefined) {
      const digits = arg.toString(base);
      return verb === 'X' ? digits.toUpperCase() : digits;
    }
    if (verb === 'c') return String.fromCodePoint(arg);
    if (verb === 'f') return arg.toFixed(precision === undefined ? 6 : Number(precision));
    if (verb === 'g') return String(arg);
  }
  return `%!${verb}(${typeName(arg)}=${show(arg)})`;
}

function index(args: readonly Data[]): Data {
  let [value] = args;
  for (const key of args.slice(1)) {
    if (value === undefined) throw new CallError('index of nil pointer');
    if (isList(value) || typeof value === 'string') {
      if (typeof key !== 'number') {
        throw new CallError(`cannot index slice/array with type ${typeName(key)}`);
      }
      if (key < 0 || key >= value.length) throw new CallError(`index out of range: ${key}`);
      value = isList(value) ? value[key] : Buffer.from(value)[key];
    } else if (isMap(value)) {
      value = value[show(key)] ?? '';
    } else {
      throw new CallError(`can't index item of type ${typeName(value)}`);
    }
  }
  return value;
}

function slice(args: readonly Data[]): Data {
  const [value, from = 0, to] = args;
  if (!isList(value) && typeof value !== 'string') {
    throw new CallError(`can't slice item of type ${typeName(value)}`);
  }
  const end = (to as number | undefined) ?? value.length;
  for (const bound of [from as number, end]) {
    if (bound < 0 || bound > value.length) throw new CallError(`index out of range: ${bound}`);
  }
  return value.slice(from as number, end);
}

function length(value: Data): number {
  if (isList(value)) return value.length;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isMap(value)) return Object.keys(value).length;
  if (value === undefined) throw new CallError('len of nil pointer');
  throw new CallError(`len of type ${typeName(value)}`);
}

function basicKind(value: Data): string {
  if (value === undefined) return 'nil';
  if (isList(value) || isMap(value) || value instanceof Struct || typeof value === 'function') {
    throw new CallError('invalid type for comparison');
  }
  return typeof value;
}

function equal(args: readonly Data[]): boolean {
  const [first, ...rest] = args;
  if (rest.length === 0) throw new CallError('missing argument for comparison');
  return rest.some((other) => {
    if (basicKind(first) !== basicKind(other) && first !== undefined && other !== undefined) {
      throw new CallError('incompatible types for comparison');
    }
    return first === other;
  });
}

function less([a, b]: readonly Data[]): boolean {
  if (basicKind(a) !== basicKind(b)) throw new CallError('incompatible types for comparison');
  if (typeof a === 'boolean') throw new CallError('invalid type for comparison');
  return (a as string) < (b as string);
}

function escapeHTML(text: string): string {
  const entities: Record<string, string> = {
    '"': '&#34;',
    "'": '&#39;',
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '\0': '\ufffd',
  };
  return text.replaceAll(/["'&<>\0]/g, (c) => entities[c]!);
}

function escapeJS(text: string): string {
  return text.replaceAll(/["'\\<>&=]|\p{Cc}/gu, (c) => {
    if (c === '\\' || c === '"' || c === "'") return `\\${c}`;
    return `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** `and` and `or` are not here: they do not evaluate all of their arguments. */
export const builtins: Readonly<Record<string, Callable>> = {
  not: ([x]) => !isTrue(x),
  len: ([x]) => length(x),
  index,
  slice,
  print,
  println: (args) => `${args.map(show).join(' ')}\n`,
  printf: ([format, ...args]) => sprintf(show(format), args),
  html: (args) => escapeHTML(print(args)),
  js: (args) => escapeJS(print(args)),
  urlquery: (args) => encodeURIComponent(print(args)).replaceAll('%20', '+'),
  call: ([f, ...args]) => {
    if (typeof f !== 'function') throw new CallError(`non-function of type ${typeName(f)}`);
    return f(args);
  },
  eq: equal,
  ne: (args) => !equal(args),
  lt: less,
  le: (args) => less(args) || equal(args),
  gt: (args) => !(less(args) || equal(args)),
  ge: (args) => !less(args),
};
