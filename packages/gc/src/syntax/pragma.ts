/**
 * Compiler directives: the `//go:` lines of a file, as structured values.
 *
 * A directive belongs to the declaration that follows it. The parser hands each to the file's
 * `Directives`, which gathers them in a `Pragma` until a declaration (or the package clause) takes
 * it; what reaches a construct that takes none is reported as misplaced. Which flags a kind of
 * declaration accepts is checked when the package is compiled (`misplaced`).
 * `//go:linkname` and `//go:cgo_*` belong to the file, wherever they stand.
 *
 * GOROOT: src/cmd/compile/internal/noder/{noder,lex}.go (names, wordings, who may use what).
 */
import { quoteString, unquoteString } from '@go-ts/base/quote';
import { type Pos } from './pos.ts';

/** Bits of `Pragma.flags`. */
export const PragmaFlag = {
  Nointerface: 1 << 0,
  Noescape: 1 << 1,
  Norace: 1 << 2,
  Nosplit: 1 << 3,
  Noinline: 1 << 4,
  NoCheckPtr: 1 << 5,
  Systemstack: 1 << 6,
  Nowritebarrier: 1 << 7,
  Nowritebarrierrec: 1 << 8,
  Yeswritebarrierrec: 1 << 9,
  CgoUnsafeArgs: 1 << 10,
  UintptrKeepAlive: 1 << 11,
  UintptrEscapes: 1 << 12,
  GoBuildPragma: 1 << 13,
  RegisterParams: 1 << 14,
} as const;

/** What a function declaration accepts. */
export const funcPragmas: number = ~PragmaFlag.GoBuildPragma;
/** What the package clause accepts. */
export const filePragmas: number = PragmaFlag.GoBuildPragma;

/** The directives that precede one declaration. */
export interface Pragma {
  /** Union of `PragmaFlag` bits. */
  readonly flags: number;
  /** Where each flag was given, in source order. */
  readonly positions: readonly { readonly flags: number; readonly pos: Pos }[];
  readonly embeds: readonly PragmaEmbed[];
  readonly wasmImport: { readonly pos: Pos; readonly module: string; readonly name: string } | null;
  readonly wasmExport: { readonly pos: Pos; readonly name: string } | null;
}

export interface PragmaEmbed {
  readonly pos: Pos;
  readonly patterns: readonly string[];
}

/** `//go:linkname local [remote]` or `//go:linknamestd`; remote is '' when left out. */
export interface Linkname {
  readonly pos: Pos;
  readonly local: string;
  readonly remote: string;
  /** Only objects of the standard library may refer to it (`linknamestd`). */
  readonly std: boolean;
}

/** What decides who may use which directive. */
export interface DirectiveOptions {
  /** Compiling the standard library (-std). */
  readonly std: boolean;
  /** Compiling the runtime or a package that it is made of (-+). */
  readonly runtime: boolean;
  readonly goos: string;
  readonly goarch: string;
  /** Accept `//go:nointerface` (GOEXPERIMENT=fieldtrack). */
  readonly fieldTrack: boolean;
}

const flagOfVerb: ReadonlyMap<string, number> = new Map([
  ['go:build', PragmaFlag.GoBuildPragma],
  ['go:noescape', PragmaFlag.Noescape],
  ['go:norace', PragmaFlag.Norace],
  ['go:nosplit', PragmaFlag.Nosplit | PragmaFlag.NoCheckPtr],
  ['go:noinline', PragmaFlag.Noinline],
  ['go:nocheckptr', PragmaFlag.NoCheckPtr],
  ['go:systemstack', PragmaFlag.Systemstack],
  ['go:nowritebarrier', PragmaFlag.Nowritebarrier],
  ['go:nowritebarrierrec', PragmaFlag.Nowritebarrierrec | PragmaFlag.Nowritebarrier],
  ['go:yeswritebarrierrec', PragmaFlag.Yeswritebarrierrec],
  ['go:cgo_unsafe_args', PragmaFlag.CgoUnsafeArgs | PragmaFlag.NoCheckPtr],
  ['go:uintptrkeepalive', PragmaFlag.UintptrKeepAlive],
  ['go:uintptrescapes', PragmaFlag.UintptrEscapes | PragmaFlag.UintptrKeepAlive],
  ['go:registerparams', PragmaFlag.RegisterParams],
]);

const runtimeFlags =
  PragmaFlag.Systemstack |
  PragmaFlag.Nowritebarrier |
  PragmaFlag.Nowritebarrierrec |
  PragmaFlag.Yeswritebarrierrec;

/** Directives that std may use though they set no flag. */
const quietVerbs: ReadonlySet<string> = new Set([
  'go:cgo_export_static',
  'go:cgo_export_dynamic',
  'go:cgo_import_static',
  'go:cgo_import_dynamic',
  'go:cgo_ldflag',
  'go:cgo_dynamic_linker',
  'go:embed',
  'go:fix',
  'go:generate',
]);

class PragmaRecord implements Pragma {
  flags = 0;
  positions: { flags: number; pos: Pos }[] = [];
  embeds: PragmaEmbed[] = [];
  wasmImport: { pos: Pos; module: string; name: string } | null = null;
  wasmExport: { pos: Pos; name: string } | null = null;
}

/** Where each misplaced directive of a declaration stands, given what the declaration accepts. */
export function misplaced(
  pragma: Pragma | null,
  accepts: { readonly flags: number; readonly embed: boolean },
): { readonly pos: Pos; readonly msg: string }[] {
  if (pragma === null) return [];
  const wrong = pragma.positions
    .filter((p) => (p.flags & ~accepts.flags) !== 0)
    .map((p) => ({ pos: p.pos, msg: 'misplaced compiler directive' }));
  if (accepts.embed) return wrong;
  const embeds = pragma.embeds.map((e) => ({ pos: e.pos, msg: 'misplaced go:embed directive' }));
  return [...wrong, ...embeds];
}

/** Gathers the directives of one file. */
export class Directives {
  readonly linknames: Linkname[] = [];
  readonly cgo: string[][] = [];
  readonly #options: DirectiveOptions;
  /** Base name starts with "_cgo_": may say anything to the linker. */
  readonly #cgoGenerated: boolean;
  readonly #report: (pos: Pos, msg: string) => void;
  #current: PragmaRecord | null = null;

  constructor(
    options: DirectiveOptions,
    fileName: string,
    report: (pos: Pos, msg: string) => void,
  ) {
    this.#options = options;
    this.#cgoGenerated = /(?:^|[/\\])_cgo_[^/\\]*$/.test(fileName);
    this.#report = report;
  }

  /** What has gathered, for a declaration. */
  take(): Pragma | null {
    const pragma = this.#current;
    this.#current = null;
    return pragma;
  }

  /** At a construct that takes no directives. */
  discard(): void {
    const pragma = this.#current;
    if (pragma === null) return;
    this.#current = null;
    for (const p of pragma.positions) {
      if ((p.flags & pragma.flags) !== 0) this.#report(p.pos, 'misplaced compiler directive');
    }
    for (const e of pragma.embeds) this.#report(e.pos, 'misplaced go:embed directive');
    const { wasmImport, wasmExport } = pragma;
    if (wasmImport) this.#report(wasmImport.pos, 'misplaced go:wasmimport directive');
    if (wasmExport) this.#report(wasmExport.pos, 'misplaced go:wasmexport directive');
  }

  /** A directive `go:verb arguments`; `alone` if nothing but space stands before it in its line. */
  add(pos: Pos, text: string, alone: boolean): void {
    const pragma = (this.#current ??= new PragmaRecord());
    if (!alone) {
      this.#report(pos, 'misplaced compiler directive');
      return;
    }
    const verb = /^[^ ]*/.exec(text)![0];
    const hasArguments = text.length > verb.length;
    switch (verb) {
      case 'go:wasmimport':
        if (hasArguments) return this.#wasmImport(pragma, pos, text);
        break;
      case 'go:wasmexport':
        if (hasArguments) return this.#wasmExport(pragma, pos, text);
        break;
      case 'go:linkname':
      case 'go:linknamestd':
        if (hasArguments) return this.#linkname(pos, text, verb === 'go:linknamestd');
        break;
      case 'go:embed':
        return this.#embed(pragma, pos, text);
      default:
    }
    if (verb.startsWith('go:cgo_')) {
      const dynamic = verb === 'go:cgo_import_dynamic' && hasArguments;
      if (dynamic && this.#importDynamic(pos, text)) return;
      if (!this.#cgoGenerated && !this.#options.std) {
        this.#report(pos, `//${text} only allowed in cgo-generated code`);
      }
      this.#cgo(pos, text);
    }
    this.#flag(pragma, pos, verb);
  }

  #flag(pragma: PragmaRecord, pos: Pos, verb: string): void {
    const { std, runtime, fieldTrack } = this.#options;
    let flags = flagOfVerb.get(verb) ?? 0;
    if (verb === 'go:nointerface' && fieldTrack) flags = PragmaFlag.Nointerface;
    if (!runtime && (flags & runtimeFlags) !== 0) {
      this.#report(pos, `//${verb} only allowed in runtime`);
    }
    if (flags === PragmaFlag.UintptrKeepAlive && !std) {
      this.#report(pos, `//${verb} is only allowed in the standard library`);
    }
    if (flags === 0 && !quietVerbs.has(verb) && std) {
      this.#report(pos, `//${verb} is not allowed in the standard library`);
    }
    pragma.flags |= flags;
    pragma.positions.push({ flags, pos });
  }

  #wasmImport(pragma: PragmaRecord, pos: Pos, text: string): void {
    const words = fields(text);
    if (words.length !== 3) {
      this.#report(pos, 'usage: //go:wasmimport importmodule importname');
    } else if (this.#options.goarch === 'wasm') {
      pragma.wasmImport = { pos, module: words[1]!, name: words[2]! };
    }
  }

  #wasmExport(pragma: PragmaRecord, pos: Pos, text: string): void {
    const words = fields(text);
    if (words.length !== 2) this.#report(pos, 'usage: //go:wasmexport exportname');
    else if (this.#options.goarch === 'wasm') pragma.wasmExport = { pos, name: words[1]! };
  }

  #linkname(pos: Pos, text: string, std: boolean): void {
    const words = fields(text);
    if (words.length < 2 || words.length > 3) {
      this.#report(pos, `usage: //${words[0]!} localname [linkname]`);
      return;
    }
    this.linknames.push({ pos, local: words[1]!, remote: words[2] ?? '', std });
  }

  #embed(pragma: PragmaRecord, pos: Pos, text: string): void {
    const { patterns, error } = parseEmbed(text.slice('go:embed'.length));
    if (error !== '') this.#report(pos, `invalid quoted string in //go:embed: ${error}`);
    if (patterns.length === 0) this.#report(pos, 'usage: //go:embed pattern...');
    else pragma.embeds.push({ pos, patterns });
  }

  /** Allowed everywhere if complete, since code for Solaris outside std needs it. */
  #importDynamic(pos: Pos, text: string): boolean {
    const words = cgoFields(text);
    if (words.length < 4) return false;
    const library = words[3]!.replace(/^"+|"+$/g, '');
    const { goos } = this.#options;
    if (library !== '' && !isSafe(library, goos) && (!this.#cgoGenerated || goos === 'windows')) {
      const quoted = quoteString(library);
      this.#report(pos, `invalid library name ${quoted} in cgo_import_dynamic directive`);
    }
    this.#cgo(pos, text);
    return true;
  }

  #cgo(pos: Pos, text: string): void {
    const words = cgoFields(text);
    words[0] = words[0]!.replace(/^go:/, '');
    const shape = cgoShapes.get(words[0]);
    if (shape === undefined) return;
    const wrong = shape(words, this.#options.goos);
    if (wrong === '') this.cgo.push(words);
    else this.#report(pos, wrong);
  }
}

/**
 * For each `cgo_` directive that goes to the linker: unquotes the quoted words in place, and says
 * what is wrong with them, or ''.
 */
const cgoShapes: ReadonlyMap<string, (words: string[], goos: string) => string> = new Map([
  ['cgo_export_static', symbolPair],
  ['cgo_export_dynamic', symbolPair],
  ['cgo_import_dynamic', importDynamic],
  [
    'cgo_import_static',
    (words: string[]): string => {
      if (words.length !== 2 || isQuoted(words[1]!)) return 'usage: //go:cgo_import_static local';
      return badSymbol(words, 2);
    },
  ],
  [
    'cgo_dynamic_linker',
    (words: string[]): string => {
      if (words.length !== 2 || !unquoteAt(words, 1)) {
        return 'usage: //go:cgo_dynamic_linker "path"';
      }
      if (!words[1]!.includes(',')) return '';
      return `invalid path ${quoteString(words[1]!)} in //go:cgo_dynamic_linker`;
    },
  ],
  [
    'cgo_ldflag',
    (words: string[]): string =>
      words.length === 2 && unquoteAt(words, 1) ? '' : 'usage: //go:cgo_ldflag "arg"',
  ],
]);

function symbolPair(words: string[]): string {
  const plain = words.slice(1).every((word) => !isQuoted(word));
  if (!plain || words.length < 2 || words.length > 3) {
    return `usage: //go:${words[0]!} local [remote]`;
  }
  return badSymbol(words, words.length);
}

function importDynamic(words: string[], goos: string): string {
  const usage = 'usage: //go:cgo_import_dynamic local [remote ["library"]]';
  const plain = words.slice(1, 3).every((word) => !isQuoted(word));
  if (!plain || words.length < 2 || words.length > 4) return usage;
  if (words.length === 4) {
    if (!unquoteAt(words, 3)) return usage;
    const aixForm = /^[^/]*\.a\/(?:[^/]*\.o|[^/]*\.so\.[^/]*)$/;
    if (goos === 'aix' && words[3] !== '' && !aixForm.test(words[3]!)) {
      return 'usage: //go:cgo_import_dynamic local [remote ["lib.a/object.o"]]';
    }
  }
  return badSymbol(words, Math.min(words.length, 3));
}

function badSymbol(words: readonly string[], end: number): string {
  const bad = words.slice(1, end).find((word) => word.includes(','));
  return bad === undefined ? '' : `invalid symbol name ${quoteString(bad)} in //go:${words[0]!}`;
}

function isQuoted(word: string): boolean {
  return word.length >= 2 && word.startsWith('"') && word.endsWith('"');
}

function unquoteAt(words: string[], i: number): boolean {
  const text = isQuoted(words[i]!) ? unquoteString(words[i]!) : undefined;
  if (text === undefined) return false;
  words[i] = text;
  return true;
}

function fields(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Words of a cgo directive: split at spaces, and before and after double-quoted parts. */
function cgoFields(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\[^])*"|[^\s"]+(?=[\s"]|$)/g) ?? [];
}

/** Patterns of `//go:embed`; `error` is the text at which parsing failed, or ''. */
function parseEmbed(text: string): { patterns: string[]; error: string } {
  const patterns: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^(?:`([^`]*)`|("(?:[^"\\]|\\[^])*")|([^\s`"]\S*))/.exec(rest);
    if (match === null) return { patterns: [], error: rest };
    const [whole, raw, quoted, plain] = match;
    const pattern = quoted === undefined ? (raw ?? plain) : unquoteString(quoted);
    if (pattern === undefined) return { patterns: [], error: whole };
    rest = rest.slice(whole.length);
    if (rest !== '' && !/^\s/.test(rest)) return { patterns: [], error: rest };
    patterns.push(pattern);
    rest = rest.trim();
  }
  return { patterns, error: '' };
}

/** Whether a library name means nothing special on a command line. */
function isSafe(name: string, goos: string): boolean {
  if (name.includes('..')) return false;
  const plain =
    goos === 'windows' ? /^[\w./\u0080-\u{10ffff}+-]+$/u : /^[\w./@\u0080-\u{10ffff}+-]+$/u;
  return plain.test(name) && !/^[+@-]/.test(name);
}
