/**
 * What compiling a package takes and gives: values only.
 *
 * The names of flags are those of `go tool compile` (contract §1.3).
 */
import { type Diagnostic } from '@go-ts/base';
import { type Release, type Target } from '@go-ts/runtime';
import { type CoverageConfig } from './coverage.ts';
import { type SsaOptions } from './ssa/options.ts';

export interface SourceFile {
  /** As it stands in messages. */
  readonly name: string;
  /** As it stands in the object: absolute, after -trimpath. */
  readonly recordedName: string;
  readonly bytes: Uint8Array;
}

export interface EmbedConfig {
  /** Files by pattern, as -embedcfg's `Patterns`. */
  readonly patterns: ReadonlyMap<string, readonly string[]>;
  /** Contents by name, as `Files` leads to them. */
  readonly contents: (name: string) => Uint8Array;
}

export interface CompileInput {
  /** -p */
  readonly path: string;
  readonly files: readonly SourceFile[];
  /** Export data of a package (after `importMap`), null if there is none of that path. */
  readonly exportData: (path: string) => Uint8Array | null;
  /** -importcfg's `importmap` lines: what an import path in the source stands for. */
  readonly importMap: ReadonlyMap<string, string>;
  /** -D: what relative import paths are relative to; null: there may be none (-nolocalimports). */
  readonly localPrefix: string | null;
  readonly target: Target;
  readonly release: Release;
  /** -lang; '' for the release's own. */
  readonly lang: string;
  readonly std: boolean;
  readonly complete: boolean;
  /** -e: no limit on the number of errors. */
  readonly allErrors: boolean;
  /** -+: runtime mode whatever the path. */
  readonly runtimeMode: boolean;
  readonly shared: boolean;
  readonly buildID: string;
  /** Contents of -symabis, or null. */
  readonly symabis: string | null;
  /** -asmhdr was given. */
  readonly asmhdr: boolean;
  readonly embed: EmbedConfig | null;
  /** -coveragecfg: what cmd/cover says of the sources, if it has written them. */
  readonly coverage: CoverageConfig | null;
  /** -N: nothing that is not required. */
  readonly noOptimize: boolean;
  /** -l: no inlining. */
  readonly noInline: boolean;
  /** -d settings of the SSA passes. */
  readonly ssa: SsaOptions;
  /** -S: a listing of every function. */
  readonly listing: boolean;
  /** -dwarf: write debug information. */
  readonly dwarf: boolean;
  /** -smallframes: less on the stack. */
  readonly smallFrames: boolean;
  readonly reports: ReportOptions;
  readonly debug: DebugOptions;
}

/** Which decisions are to be reported. */
export interface ReportOptions {
  /** -m, as often as given, or its number: inlining and escapes; from 2 on with reasons. */
  readonly m: number;
  /** -live: variables live at calls. */
  readonly live: boolean;
  /** -d: keys in lower case, with their numbers (debug.ts). */
  readonly debug: ReadonlyMap<string, number>;
}

/** Windows into the compiler; all optional. */
export interface DebugOptions {
  /** Called with the IR of each function before it is lowered (-W). */
  readonly dumpIR?: (name: string, text: string) => void;
  /** Called with the SSA after each pass of functions that `ssaFunc` accepts. */
  readonly dumpSSA?: (name: string, pass: string, text: string) => void;
  readonly ssaFunc?: (name: string) => boolean;
  /**
   * Called with each finished step and the milliseconds that it took by `now`; and, within the step
   * `compile bodies`, with `ssa/PASS` for every pass over every function.
   */
  readonly timing?: (step: string, ms: number) => void;
  readonly now?: () => number;
}

export interface CompileResult {
  /** `__.PKGDEF` and `_go_.o`; null after errors. */
  readonly archive: Uint8Array | null;
  /** Text of go_asm.h, if asked for. */
  readonly asmhdr: string | null;
  /** What importers need; also in the archive. */
  readonly exportData: Uint8Array | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Decisions that were asked for, in the order to print them; they fail nothing. */
  readonly remarks: readonly Diagnostic[];
  /** What -S and -d=gossahash print, without the last line's end. */
  readonly listing: readonly string[];
  /** ssa.html of the functions that -d=ssafunc names. */
  readonly pages: readonly SsaPage[];
}

export interface SsaPage {
  readonly func: string;
  readonly html: string;
}
