/**
 * What a link is told: flags of `go tool link` as one frozen value, and where packages come from.
 */
import { type Release, type Target } from '@go-ts/runtime';

/** A compiled package: the archive of `packagefile PATH=FILE`. */
export interface PackageFile {
  /** For messages only. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface LinkOptions {
  readonly target: Target;
  readonly release: Release;
  /** The main package's archive. */
  readonly main: PackageFile;
  /** The archive of an imported package; asked at most once for each path. */
  readonly packageFile: (path: string) => PackageFile | undefined;
  /** -buildid. */
  readonly buildID: string;
  /** -B: `gobuildid`, `0x…`, `none` or empty (then derived from the build id if there is one). */
  readonly hostBuildID?: string;
  /**
   * -X settings in order, names with dots (`main.version`); `runtime.modinfo` comes this way too, as
   * bytes because its marks are no text.
   */
  readonly strings: readonly (readonly [name: string, value: string | Uint8Array])[];
  /** -s: no symbol table; implies -w. */
  readonly stripSymbols: boolean;
  /** -w: no DWARF. */
  readonly stripDwarf: boolean;
  /** -compressdwarf. */
  readonly compressDwarf: boolean;
  /** $GOROOT in recorded file names is replaced by it, unless empty; also runtime.defaultGOROOT. */
  readonly goroot: string;
  /** -E; empty for the system's default. */
  readonly entry?: string;
  /** -checklinkname; on unless false. */
  readonly checkLinkname?: boolean;
  /** -f: accept objects with another header line. */
  readonly ignoreHeader?: boolean;
  /** Called when a pass ends, for -v and -benchmark. */
  readonly onPass?: (name: string) => void;
}

/** The link cannot go on; carries what would be printed. */
export class LinkFailure extends Error {
  override readonly name = 'LinkFailure';
}
