/**
 * Command-line flags as Go's flag package reads them: `-x`, `--x`, `-x=v`, `-x v`; flags end at the
 * first word that is none, or after `--`.
 *
 * A command's flags are a table; parsing gives a record with one value for each. The messages are
 * upstream's, and so is what follows them: the usage line and exit status 2.
 * GOROOT: src/flag/flag.go (parseOne), src/cmd/go/internal/base/{base,goflags}.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { Failure } from '../report/failure.ts';

export type FlagValue = boolean | string | number | readonly string[];

export interface FlagSpec {
  readonly kind: 'bool' | 'string' | 'int' | 'list';
  readonly value?: FlagValue;
  /** Refuses a text by throwing an Error. */
  readonly check?: (text: string) => void;
  /** For `list`: how a word becomes elements; each use of the flag replaces or appends. */
  readonly parse?: (text: string) => string[];
  readonly append?: boolean;
  /** For `list`: each use is kept, in order with those of other flags, as `name=text` of this flag. */
  readonly into?: string;
  /** For flags that are boolean but may have a text: -buildvcs, -json. */
  readonly optionalText?: boolean;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

export interface CommandLine {
  readonly values: Readonly<Record<string, FlagValue>>;
  /** Names that were given, on the command line or in GOFLAGS. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  /** Every use of a flag on the command line, in order, with its text if it had one. */
  readonly uses: readonly (readonly [name: string, text: string | undefined])[];
}

/** What a wrong flag ends with: its message, the usage line, where to read more. */
export interface Usage {
  readonly usage: string;
  readonly name: string;
  /** A tool has no help to go to: its flags are listed. */
  readonly isTool?: boolean;
}

/** The usage of a tool, with the names of its flags. */
export function toolUsage(usage: string, table: FlagTable): string {
  const names = Object.keys(table).toSorted((a, b) => (a < b ? -1 : 1));
  const rows = names.map((name) => {
    const { kind } = table[name]!;
    return `  -${name}${kind === 'bool' ? '' : kind === 'int' ? ' int' : ' value'}`;
  });
  return `usage: ${usage}\n${rows.join('\n')}`;
}

export function usageText({ usage, name }: Usage): string {
  return `usage: ${usage}\nRun 'go help ${name}' for details.`;
}

const zero: Record<FlagSpec['kind'], FlagValue> = { bool: false, string: '', int: 0, list: [] };

export function parseFlags(
  table: FlagTable,
  words: readonly string[],
  usage: Usage,
  goflags: readonly string[] = [],
): CommandLine {
  const state = new FlagState(table);
  for (const word of goflags) state.fromGoflags(word, usage);
  const help = (): string =>
    usage.isTool === true ? toolUsage(usage.usage, table) : usageText(usage);
  const fail = (message: string): never => {
    throw new Failure(`${message}\n${help()}`, 2);
  };
  const uses: [name: string, text: string | undefined][] = [];
  let at = 0;
  for (;;) {
    const one = parseOne(state, words, at);
    if (one.kind === 'word') break;
    at = one.next;
    if (one.kind === 'terminator') break;
    if (one.kind === 'error') fail(one.message);
    if (one.kind === 'help') throw new Failure(help(), 2);
    if (one.kind === 'flag') uses.push([one.name, one.text]);
    if (one.kind === 'unknown') fail(`flag provided but not defined: -${one.name}`);
  }
  return { values: state.values, given: state.given, args: words.slice(at), uses };
}

/** What stands at one place of a command line; `next` is where reading goes on. */
export type ParsedWord =
  | { readonly kind: 'word' }
  | { readonly kind: 'terminator'; readonly next: number }
  | { readonly kind: 'help'; readonly next: number }
  | {
      readonly kind: 'flag';
      readonly name: string;
      readonly text: string | undefined;
      readonly next: number;
    }
  | {
      readonly kind: 'unknown';
      readonly name: string;
      readonly hasValue: boolean;
      readonly next: number;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly next: number;
      /** Wrong as a flag, but no flag to whoever takes words too. */
      readonly isWord?: boolean;
    };

/** Reads the word at `at`, and its value; a flag of the table is set in `state`. */
export function parseOne(state: FlagState, words: readonly string[], at: number): ParsedWord {
  const word = words[at];
  if (word === undefined || word.length < 2 || !word.startsWith('-')) return { kind: 'word' };
  let next = at + 1;
  if (word === '--') return { kind: 'terminator', next };
  const fail = (message: string): ParsedWord => ({ kind: 'error', message, next });
  const text = word.replace(/^--?/, '');
  if (text === '' || text.startsWith('-') || text.startsWith('=')) {
    return { kind: 'error', message: `bad flag syntax: ${word}`, next, isWord: true };
  }
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const spec = state.spec(name);
  if (spec === undefined) {
    if (name === 'help' || name === 'h') return { kind: 'help', next };
    return { kind: 'unknown', name, hasValue: equals >= 0, next };
  }
  let value = equals < 0 ? undefined : text.slice(equals + 1);
  if (value === undefined && spec.kind !== 'bool' && spec.optionalText !== true) {
    value = words[next++];
    if (value === undefined) return fail(`flag needs an argument: -${name}`);
  }
  const problem = state.set(name, spec, value);
  if (problem !== undefined) {
    const kind = spec.kind === 'bool' ? 'boolean value' : 'value';
    const flag = spec.kind === 'bool' ? `-${name}` : `flag -${name}`;
    return fail(`invalid ${kind} ${quoteString(value ?? '')} for ${flag}: ${problem}`);
  }
  return { kind: 'flag', name, text: value, next };
}

export class FlagState {
  readonly values: Record<string, FlagValue> = {};
  readonly given = new Set<string>();
  readonly #table: FlagTable;
  readonly #fromCommandLine = new Set<string>();

  constructor(table: FlagTable) {
    this.#table = table;
    for (const [name, spec] of Object.entries(table)) {
      this.values[name] = spec.value ?? zero[spec.kind];
    }
  }

  spec(name: string): FlagSpec | undefined {
    return Object.hasOwn(this.#table, name) ? this.#table[name] : undefined;
  }

  /** Takes a value; what is wrong with it otherwise. */
  set(name: string, spec: FlagSpec, text: string | undefined): string | undefined {
    this.given.add(name);
    if (spec.kind === 'bool') {
      const value = text === undefined ? true : parseBool(text);
      if (value === undefined) {
        if (spec.optionalText !== true) return 'parse error';
        const problem = refusal(spec, text!);
        if (problem !== undefined) return problem;
        this.values[name] = text!;
        return undefined;
      }
      this.values[name] = value;
    } else if (spec.kind === 'int') {
      if (!/^[-+]?(\d[\d_]*|0x[\da-f_]+|0b[01_]+|0o?[0-7_]+)$/i.test(text!)) return 'parse error';
      const value = Number(text!.replaceAll('_', ''));
      if (!Number.isSafeInteger(value)) return 'value out of range';
      this.values[name] = value;
    } else if (spec.into !== undefined) {
      const before = (this.values[spec.into] ?? []) as readonly string[];
      this.values[spec.into] = [...before, `${name}=${text ?? ''}`];
    } else if (spec.kind === 'list') {
      try {
        const more = (spec.parse ?? splitQuoted)(text ?? '');
        const first = !this.#fromCommandLine.has(name);
        const before = first || spec.append !== true ? [] : (this.values[name] as string[]);
        this.values[name] = [...before, ...more];
      } catch (error) {
        return (error as Error).message;
      }
    } else {
      const problem = refusal(spec, text!);
      if (problem !== undefined) return problem;
      this.values[name] = text!;
    }
    this.#fromCommandLine.add(name);
    return undefined;
  }

  /** A word of GOFLAGS; flags that this command does not have are passed over. */
  fromGoflags(word: string, usage: Usage): void {
    const text = word.replace(/^--?/, '');
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? undefined : text.slice(equals + 1);
    const spec = this.spec(name);
    if (spec === undefined) return;
    const fail = (what: string): never => {
      throw new Failure(`go: ${what}\n${usageText(usage)}`, 2);
    };
    const where = '(from $GOFLAGS)';
    if (value === undefined && spec.kind !== 'bool') {
      fail(`flag needs an argument: -${name} ${where}`);
    }
    const problem = this.set(name, spec, value);
    if (problem !== undefined) {
      const kind = spec.kind === 'bool' ? 'boolean value' : 'value';
      fail(`invalid ${kind} ${quoteString(value ?? '')} for flag -${name} ${where}: ${problem}`);
    }
    this.#fromCommandLine.delete(name);
  }
}

function refusal(spec: FlagSpec, text: string): string | undefined {
  try {
    spec.check?.(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}

/**
 * Words divided by space; a word that begins with a quote goes to the next such quote.
 * GOROOT: src/cmd/internal/quoted/quoted.go.
 */
export function splitQuoted(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/[ \t\n\r]/.test(text[at] ?? '')) at++;
    if (at >= text.length) return words;
    const first = text[at]!;
    if (first === "'" || first === '"') {
      const end = text.indexOf(first, at + 1);
      if (end < 0) throw new Error(`unterminated ${first} string`);
      words.push(text.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    const end = text.slice(at).search(/[ \t\n\r]/);
    const word = end < 0 ? text.slice(at) : text.slice(at, at + end);
    words.push(word);
    at += word.length;
  }
}

/** The words of GOFLAGS, each checked to be a flag of some command. */
export function readGoflags(text: string, knownToAny: (name: string) => boolean): string[] {
  let words: string[];
  try {
    words = splitQuoted(text);
  } catch (error) {
    throw new Failure(`go: parsing $GOFLAGS: ${(error as Error).message}`);
  }
  for (const word of words) {
    if (!/^--?[^-=]/.test(word)) {
      throw new Failure(`go: parsing $GOFLAGS: non-flag ${quoteString(word)}`);
    }
    const name = word.replace(/^--?/, '').split('=', 1)[0]!;
    if (!knownToAny(name)) throw new Failure(`go: parsing $GOFLAGS: unknown flag -${name}`);
  }
  return words;
}
