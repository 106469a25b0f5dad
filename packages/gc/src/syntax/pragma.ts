/**
 * Compiler directives: the `//go:` lines of a file, as structured values.
 *
 * A directive belongs to the declaration that follows it. The parser collects directives while it
 * scans, hands what it has to each declaration (or to the package clause) as that begins, and
 * reports as misplaced what reaches a construct that takes none. Which flags a kind of declaration
 * accepts is decided by whoever consumes the declaration; what was not consumed is misplaced too.
 *
 * GOROOT: src/cmd/compile/internal/noder/{noder,lex}.go (names, wordings).
 */
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

/** The directives that precede one declaration. */
export interface Pragma {
  /** Union of `PragmaFlag` bits. */
  readonly flags: number;
  /** Where each flag was given, in source order. */
  readonly positions: readonly { readonly flag: number; readonly pos: Pos }[];
  readonly embeds: readonly PragmaEmbed[];
  readonly wasmImport: { readonly pos: Pos; readonly module: string; readonly name: string } | null;
  readonly wasmExport: { readonly pos: Pos; readonly name: string } | null;
}

export interface PragmaEmbed {
  readonly pos: Pos;
  readonly patterns: readonly string[];
}

/** `//go:linkname local [remote]`, also `//go:linknamestd`; remote is '' when left out. */
export interface Linkname {
  readonly pos: Pos;
  readonly local: string;
  readonly remote: string;
  /** Only objects of the standard library may refer to it (`linknamestd`). */
  readonly std: boolean;
}
