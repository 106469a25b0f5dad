/**
 * One value per supported Go release. Nothing else in the project tests a version: what differs
 * between releases is a field here.
 */
import { go1_27 } from './go1_27.ts';

export interface Experiment {
  /** Lower case, as in GOEXPERIMENT and in object headers. */
  readonly name: string;
  /** On in the baseline. */
  readonly on: boolean;
  /** Systems where the baseline has it off although `on` is set. */
  readonly offOn?: readonly string[];
}

export interface ToolchainModule {
  readonly path: string;
  readonly version: string;
  /** The hash of the module's zip, in go.sum's form. */
  readonly hash: string;
}

export interface Release {
  /** What VERSION says and what object headers carry, `go1.27.4`. */
  readonly version: string;
  /** The language version that std is compiled for, `go1.27`. */
  readonly language: string;
  /** Minor number of the language version. */
  readonly minor: number;
  /** In the order of upstream's flag struct. */
  readonly experiments: readonly Experiment[];
  /** Where the sources come from when no GOROOT is found. */
  readonly module: ToolchainModule;
  /** Debian source package that has the same sources. */
  readonly debianPackage: string;
  /** Suites that may have it, in the order to try. */
  readonly debianSuites: readonly string[];
}

/** Newest first. */
export const releases: readonly Release[] = [go1_27];

export const currentRelease: Release = go1_27;

/** The release of exactly this version, `go1.27.4`. */
export function releaseOf(version: string): Release | undefined {
  return releases.find((release) => release.version === version);
}

/** The tags go1.1 … go1.N that a release satisfies. */
export function releaseTags(release: Release): string[] {
  return Array.from({ length: release.minor }, (_, i) => `go1.${i + 1}`);
}
