import { type ModuleInfo } from '../modload/info.ts';

/** The module that a package belongs to, as far as building it and `go list` need it. */
export interface PackageModule {
  readonly path: string;
  /** '' for a main module. */
  readonly version: string;
  readonly isMain: boolean;
  /** The folder of the module's files. */
  readonly dir: string;
  /** `1.27`; undefined if there is no go line. */
  readonly goVersion: string | undefined;
  /** `h1:` hash of the zip, '' if it is not known. */
  readonly sum: string;
  readonly replacement: ReplacingModule | undefined;
  /** What `go list -json` prints, where it was asked for. */
  readonly info: ModuleInfo | undefined;
}

export interface ReplacingModule {
  readonly path: string;
  /** '' for a folder. */
  readonly version: string;
  readonly sum: string;
}
