/**
 * What the driver wants of a compiler, an assembler and a linker: functions from bytes to bytes.
 *
 * The product's implementation is tools.ts over packages gc, asm and link; tests have another that
 * calls the official tools, to prove the driver alone. Nothing here touches files: what a tool reads
 * it gets, or asks for through a callback.
 */
import { type CoverageConfig } from '@go-ts/gc/coverage';
import { type Release } from '@go-ts/runtime/release/release';
import { type Target } from '@go-ts/runtime/target/targets';

export interface SourceFile {
  /** As positions and the line table record it, after -trimpath. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** -embedcfg: what the patterns of a package's `//go:embed` lines mean. */
export interface EmbedConfig {
  readonly patterns: Readonly<Record<string, readonly string[]>>;
  /** Name as in the patterns' lists → content. */
  readonly read: (name: string) => Uint8Array;
}

export interface CompileRequest {
  /** -p: `main` for a program. */
  readonly path: string;
  readonly files: readonly SourceFile[];
  /** Path as written in an import → path of the package meant, where they differ. */
  readonly importMap: ReadonlyMap<string, string>;
  /** Export data of an imported package, or of one that it imports; undefined if not to be had. */
  readonly exportData: (path: string) => Uint8Array | undefined;
  readonly target: Target;
  readonly release: Release;
  /** -lang, `go1.27`. */
  readonly lang: string;
  readonly std: boolean;
  readonly complete: boolean;
  /** -shared: position-independent code. */
  readonly shared: boolean;
  readonly buildID: string;
  /** The assembler's -gensymabis output; absent if there is no assembly. */
  readonly symabis?: string;
  /** Whether go_asm.h is wanted. */
  readonly asmHeader: boolean;
  readonly embed?: EmbedConfig;
  /** What cmd/cover says of the sources that it wrote. */
  readonly coverage?: CoverageConfig;
  /** What the user gave with -gcflags. */
  readonly flags: readonly string[];
  /** Told how long each step and pass took, if anybody wants to know. */
  readonly timing?: CompileTiming;
}

export interface CompileTiming {
  readonly now: () => number;
  readonly step: (name: string, ms: number) => void;
}

export interface CompileResult {
  /** The archive, without assembly; undefined after errors. */
  readonly archive: Uint8Array | undefined;
  /** What importers of the package get from `exportData`. */
  readonly exportData: Uint8Array | undefined;
  readonly asmHeader: string | undefined;
  /** Messages as they are printed, `file:line:col: text`, with names as in `files`. */
  readonly messages: readonly string[];
  /** Functions whose passes are to be shown, as pages. */
  readonly pages?: readonly { readonly func: string; readonly html: string }[];
}

export interface AssembleRequest {
  readonly path: string;
  readonly file: SourceFile;
  /** The text of an included file: go_asm.h, the package's own headers, pkg/include. */
  readonly include: (name: string) => string | undefined;
  /** The folder of the headers that all packages may include, for messages. */
  readonly includeDir: string;
  readonly target: Target;
  readonly release: Release;
  readonly std: boolean;
  readonly shared: boolean;
  readonly flags: readonly string[];
}

export interface AssembleResult {
  /** The body of an archive member: header line and object. */
  readonly object: Uint8Array | undefined;
  readonly messages: readonly string[];
}

export interface SymABIsResult {
  readonly text: string | undefined;
  readonly messages: readonly string[];
}

export interface LinkRequest {
  readonly main: Uint8Array;
  /** The archive of a package of the program. */
  readonly archive: (path: string) => Uint8Array | undefined;
  /** Every package whose archive can be asked for. */
  readonly paths: readonly string[];
  readonly target: Target;
  readonly release: Release;
  readonly buildID: string;
  readonly buildmode: string;
  /** The information for runtime/debug.ReadBuildInfo, with its marks; empty for none. */
  readonly modinfo: Uint8Array;
  /** -X settings of the driver's own. */
  readonly strings: readonly (readonly [name: string, value: string])[];
  /** What runtime.GOROOT says; empty with -trimpath. */
  readonly goroot: string;
  /** -s -w and the like: the driver's own and what the user gave with -ldflags. */
  readonly flags: readonly string[];
}

export interface LinkResult {
  readonly executable: Uint8Array | undefined;
  readonly messages: readonly string[];
}

export interface Toolchain {
  /** Export data of a package in the form of the official compiler, from what we have. */
  unifiedExport(
    path: string,
    exportData: (path: string) => Uint8Array | undefined,
  ): Uint8Array | Promise<Uint8Array>;
  compile(request: CompileRequest): CompileResult | Promise<CompileResult>;
  symABIs(files: readonly AssembleRequest[]): SymABIsResult | Promise<SymABIsResult>;
  assemble(request: AssembleRequest): AssembleResult | Promise<AssembleResult>;
  link(request: LinkRequest): LinkResult | Promise<LinkResult>;
}
