/**
 * What the rest of the module system asks of the world: which versions there are, and their bytes.
 *
 * `graph/` and the commands are written against these types only, so that they can be tried on tables.
 * The implementation over module cache, GOPROXY, checksum database and version control is
 * `openModuleSource` in fetch/fetcher.ts. Whatever these functions return has been verified against
 * go.sum and, where it applies, the checksum database; a mismatch is a `SecurityError`, which a
 * command prints as it stands before it exits with 1.
 *
 * Errors: a thing that does not exist (a 404, no such revision, GOPROXY=off) answers true to
 * `isNotExist` of error.ts, and the message is upstream's.
 * GOROOT: src/cmd/go/internal/modfetch/{repo,cache,fetch}.go.
 */
import { type GoSum, type SumKey } from './sum/gosum.ts';
import { type ModuleVersion } from './version/module.ts';

/** Where a version came from, with the spelling that .info files and `-json` output have. */
export interface Origin {
  readonly VCS?: string;
  readonly URL?: string;
  readonly Subdir?: string;
  readonly Hash?: string;
  readonly TagPrefix?: string;
  readonly TagSum?: string;
  readonly Ref?: string;
  readonly RepoSum?: string;
}

export interface RevInfo {
  readonly version: string;
  /** As the .info file has it, RFC 3339; '' if it has none. */
  readonly time: string;
  readonly origin?: Origin;
  /** The whole and the shortened name in the underlying repository, if one was asked. */
  readonly name?: string;
  readonly short?: string;
}

export interface Versions {
  /** In semver order, without pseudo-versions. */
  readonly list: readonly string[];
  readonly origin?: Origin;
}

/** All versions of one module as one proxy, or its origin, has them. */
export interface Repo {
  readonly path: string;
  /** Versions that start with `prefix`. An empty list is a good answer. */
  versions(prefix: string): Promise<Versions>;
  /** A version, a commit, a branch, a tag. */
  stat(rev: string): Promise<RevInfo>;
  /** The newest commit; only asked when no version is tagged. */
  latest(): Promise<RevInfo>;
  goMod(version: string): Promise<Uint8Array>;
  /** Resolves if what was answered under `old` would be answered again. */
  checkReuse(old: Origin): Promise<void>;
}

/** `direct`, `off`, `noproxy`, or an address. */
export type Proxy = string;

export interface ModuleSource {
  readonly goSum: GoSum;
  /**
   * Asks the places of GOPROXY in turn until one answers, falling through as its `,` and `|` say, and
   * throws the most telling error otherwise. `ask` uses `repo(proxy, path)`.
   */
  tryProxies<T>(ask: (proxy: Proxy) => Promise<T>): Promise<T>;
  repo(proxy: Proxy, path: string): Repo;
  /** The module in the working tree at `dir` of a local repository, for the main module's version. */
  localRepo(codeRoot: string, path: string, dir: string): Repo;

  /** From the module cache, else through tryProxies; `version` must be canonical. */
  info(path: string, version: string): Promise<RevInfo>;
  /** The cache's .info file. */
  infoFile(path: string, version: string): Promise<string>;
  /** Verified content of go.mod; `rev` may be anything that stat takes. */
  goMod(path: string, rev: string): Promise<Uint8Array>;
  goModFile(path: string, version: string): Promise<string>;
  /** `h1:` hash of go.mod. */
  goModSum(path: string, version: string): Promise<string>;

  /** Downloads, verifies and unpacks if need be; the folder of the module. */
  download(mod: ModuleVersion): Promise<string>;
  /** The zip in the cache, verified. */
  downloadZip(mod: ModuleVersion): Promise<string>;
  /** The folder if it is complete already. Does not look at go.sum. */
  cachedDir(mod: ModuleVersion): string | undefined;
  /** Where a file of the module is or will be in the cache: `info`, `mod`, `zip`, `ziphash`, `lock`. */
  cachePath(mod: ModuleVersion, suffix: string): string;
  /** `h1:` hash of the zip if the cache has it, without verifying. */
  sum(mod: ModuleVersion): string | undefined;

  /** Writes go.sum if something that `keep` names is new, or something was trimmed. */
  writeGoSum(keep: ReadonlySet<SumKey>): Promise<void>;
  /** Lets idle connections go, which would keep the process alive. */
  close(): void;
}

export interface FetchSettings {
  readonly GOPROXY: string;
  readonly GONOPROXY: string;
  readonly GOPRIVATE: string;
  readonly GONOSUMDB: string;
  readonly GOSUMDB: string;
  readonly GOINSECURE: string;
  readonly GOAUTH: string;
  readonly GOVCS: string;
  readonly GOMODCACHE: string;
  /** GOPATH's pkg/sumdb; '' if there is no GOPATH. */
  readonly sumdbDir: string;
  /** -modcacherw. */
  readonly modCacheRW: boolean;
  /** -x. */
  readonly trace: boolean;
  /** Why lookups are forbidden, as the error says it: `module lookup disabled by -mod=vendor`. */
  readonly lookupDisabled: string | undefined;
  /** The version of Go that runs, `1.27.4`. */
  readonly goVersion: string;
  /** Environment for git and GOAUTH commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for stderr, without its newline: `go: downloading …`, warnings, traces of -x. */
  readonly say: (line: string) => void;
  /** Whether to say `go: downloading …`; `go mod download` does not. */
  readonly sayDownloads: boolean;
  /** The go.sum to check against and to add to; '' outside a module. */
  readonly goSumFile: string;
  /** go.sum files of a workspace's modules. */
  readonly workspaceGoSumFiles: readonly string[];
  /** Reads a go.sum file, '' if there is none; by default from disk. */
  readonly readGoSum?: (file: string) => string;
  /** `go mod tidy` mends a malformed go.sum; others refuse it. */
  readonly ignoreMalformedGoSum: boolean;
  readonly signal?: AbortSignal;
}
