/** What the driver and its workers say to each other. Everything is plain data. */
import { type Release } from '@go-ts/runtime/release/release';
import { type Target } from '@go-ts/runtime/target/targets';
import { type CoverMode } from '../cfg/cover.ts';

/** A file to read, with the content it must have: the key was made from that. */
export interface InputFile {
  /** Where it is. */
  readonly path: string;
  /** What positions call it. */
  readonly name: string;
  readonly hash: string;
}

export interface Dependency {
  readonly path: string;
  /** The output that holds its export data or, for a link, its archive. */
  readonly output: string;
}

/** How a package's sources get counters. */
export interface CoverJob {
  /** The file of cmd/cover. */
  readonly tool: string;
  readonly mode: CoverMode;
  /** What the names of counters begin with. */
  readonly variable: string;
  readonly path: string;
  readonly name: string;
  readonly modulePath: string;
  /** Key of what is known of the package before it has run. */
  readonly metaKey: string;
}

export interface PackageJob {
  readonly kind: 'package';
  readonly cacheDir: string;
  readonly now: number;
  readonly target: Target;
  readonly release: Release;
  /** Keys under which archive and export data are kept. */
  readonly archiveKey: string;
  readonly exportKey: string;
  /** Key of what the tools said although nothing is wrong, to be said again on a hit. */
  readonly remarksKey: string;
  readonly importPath: string;
  /** -p. */
  readonly path: string;
  readonly goFiles: readonly InputFile[];
  readonly sFiles: readonly InputFile[];
  /** What assembly includes; `name` is as it stands in the include line. */
  readonly hFiles: readonly InputFile[];
  /** Where GOROOT keeps the headers for all. */
  readonly includeDir: string;
  /** Undefined for what is not covered; `testmain` only starts the collecting. */
  readonly cover: CoverJob | 'testmain' | undefined;
  readonly embedPatterns: Readonly<Record<string, readonly string[]>> | undefined;
  readonly embedFiles: readonly InputFile[];
  readonly importMap: readonly (readonly [string, string])[];
  readonly deps: readonly Dependency[];
  readonly lang: string;
  readonly std: boolean;
  readonly complete: boolean;
  readonly shared: boolean;
  readonly buildID: string;
  readonly gcflags: readonly string[];
  readonly asmflags: readonly string[];
  /** The result is to say how long steps and passes took. */
  readonly timed: boolean;
}

export interface LinkJob {
  readonly kind: 'link';
  readonly cacheDir: string;
  readonly now: number;
  readonly target: Target;
  readonly release: Release;
  readonly key: string;
  readonly mainOutput: string;
  readonly deps: readonly Dependency[];
  readonly buildID: string;
  readonly buildmode: string;
  readonly modinfo: Uint8Array;
  readonly strings: readonly (readonly [string, string])[];
  readonly goroot: string;
  readonly flags: readonly string[];
}

/** What a compiled package exports, as official programs read it. */
export interface UnifiedJob {
  readonly kind: 'unified';
  readonly cacheDir: string;
  readonly now: number;
  readonly key: string;
  readonly importPath: string;
  readonly archive: string;
  /** Keep the objects too: the file can be linked. */
  readonly whole: boolean;
  /** Itself and all packages below, with what they export. */
  readonly deps: readonly Dependency[];
}

export type Job = PackageJob | LinkJob | UnifiedJob;

/** What a job is called where it fails. */
export function nameOf(job: Job): string {
  return job.kind === 'link' ? 'link' : job.importPath;
}

export interface JobResult {
  /** Outputs by role; absent after errors. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
  readonly messages: readonly string[];
  /** A failure that is not in the user's program. */
  readonly fault?: string;
  /** Milliseconds by step and pass, if the job asked for them. */
  readonly steps?: readonly (readonly [name: string, ms: number])[];
  /** The fault is one of the machine: a full disk, a file that cannot be read. */
  readonly faultIsEnvironment?: boolean;
}

export interface Request {
  readonly id: number;
  readonly job: Job;
}

export interface Reply {
  readonly id: number;
  readonly result: JobResult;
}

/** What a thread is given when it starts. */
export interface WorkerStart {
  /** The worker's own module. */
  readonly module: string;
  /** The folder of compiled code that the driver uses, if any. */
  readonly compileCache: string | undefined;
}
