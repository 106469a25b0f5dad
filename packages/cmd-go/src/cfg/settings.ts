/**
 * The configuration that stands outside the command line, read once and never changed.
 *
 * A variable's value is the first non-empty one of: the process's environment, the user's env file
 * (`go env -w`), go.env of the GOROOT, the built-in default. Flags come before all of these and are
 * not this file's business. Finding the GOROOT is put off until something needs it, because most of
 * `go env` does not.
 * GOROOT: src/cmd/go/internal/cfg/cfg.go (Getenv, EnvOrAndChanged, EnvFile), src/internal/cfg/cfg.go.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '@go-ts/base';
import {
  cachedGoroot,
  type Goroot,
  locateGoroot,
  locateRelease,
} from '@go-ts/runtime/goroot/locate';
import { readEnvFile } from '@go-ts/runtime/goroot/version';
import { currentRelease, type Release } from '@go-ts/runtime/release/release';

/** Variables that may stand in the env file. */
export const knownVariables: ReadonlySet<string> = new Set(
  `AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW
  CGO_CPPFLAGS_DISALLOW CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS
  CGO_FFLAGS_ALLOW CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC
  GCCGO GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOENV GOEXE
  GOEXPERIMENT GOFIPS140 GOFLAGS GOGCCFLAGS GOHOSTARCH GOHOSTOS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE
  GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR
  GOTOOLCHAIN GOTOOLDIR GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED PKG_CONFIG`.split(/\s+/),
);

export type Env = Readonly<Record<string, string | undefined>>;

const hostOS: Record<string, string> = { win32: 'windows', sunos: 'solaris' };
const hostArch: Record<string, string> = { x64: 'amd64', ia32: '386', loong64: 'loong64' };

export const goHostOS: string = hostOS[process.platform] ?? process.platform;
export const goHostArch: string = hostArch[process.arch] ?? process.arch;

export class Settings {
  readonly env: Env;
  /** Empty for GOENV=off. */
  readonly envFile: string;
  readonly #user: ReadonlyMap<string, string>;
  #goroot: Goroot | undefined;
  #pinned: Release | undefined;
  #located = false;
  /** What GOROOT says though it cannot be used: to be shown, with its go.env. */
  #unusable = '';
  #defaults: ReadonlyMap<string, string> | undefined;

  constructor(env: Env) {
    this.env = env;
    this.envFile = this.#envFilePath();
    this.#user = this.envFile === '' ? new Map() : readEnvFile(this.envFile);
  }

  #envFilePath(): string {
    const set = this.env['GOENV'] ?? '';
    if (set === 'off') return '';
    return set !== '' ? set : join(this.configDir, 'go/env');
  }

  get envFileChanged(): boolean {
    const set = this.env['GOENV'] ?? '';
    return set !== '' && set !== 'off';
  }

  get home(): string {
    const home = this.env['HOME'] ?? '';
    return home !== '' ? home : homedir();
  }

  get configDir(): string {
    if (goHostOS === 'darwin') return join(this.home, 'Library/Application Support');
    if (goHostOS === 'windows') return this.env['AppData'] ?? join(this.home, 'AppData/Roaming');
    const xdg = this.env['XDG_CONFIG_HOME'] ?? '';
    return xdg !== '' ? xdg : join(this.home, '.config');
  }

  get cacheDir(): string {
    if (goHostOS === 'darwin') return join(this.home, 'Library/Caches');
    if (goHostOS === 'windows') return this.env['LocalAppData'] ?? join(this.home, 'AppData/Local');
    const xdg = this.env['XDG_CACHE_HOME'] ?? '';
    return xdg !== '' ? xdg : join(this.home, '.cache');
  }

  /** Where this toolchain keeps what is its own: sources it brought, compiled JavaScript. */
  get ownDir(): string {
    return join(this.cacheDir, 'go-ts');
  }

  /** The GOROOT if one is on this machine already. */
  get goroot(): Goroot | undefined {
    if (!this.#located) {
      this.#located = true;
      const pinned = this.#pinned;
      if (pinned !== undefined) {
        this.#goroot = locateRelease(pinned, this.#moduleCacheWithoutDefaults(), this.gorootCache);
        return this.#goroot;
      }
      this.#goroot = locateGoroot({
        environment: this.env['GOROOT'] ?? '',
        envFile: this.#user.get('GOROOT') ?? '',
        path: this.env['PATH'] ?? '',
        moduleCache: this.#moduleCacheWithoutDefaults(),
        ownCache: this.gorootCache,
      });
    }
    return this.#goroot;
  }

  /** For a command that only shows settings: a wrong GOROOT is one of them. */
  tolerateGoroot(): void {
    try {
      void this.goroot;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      this.#unusable = this.env['GOROOT'] ?? this.#user.get('GOROOT') ?? '';
      this.pin(currentRelease);
    }
  }

  /** The folder of the GOROOT, or where it would be. */
  get gorootShown(): string {
    if (this.#unusable !== '') return this.#unusable;
    return this.goroot?.dir ?? cachedGoroot(this.gorootCache, this.release);
  }

  /** From now on this release counts, whatever tree was found. */
  pin(release: Release): void {
    this.#pinned = release;
    this.forgetGoroot();
  }

  /** Looks again, after one has been brought. */
  forgetGoroot(): void {
    this.#located = false;
    this.#defaults = undefined;
  }

  get gorootCache(): string {
    return join(this.ownDir, 'goroot');
  }

  get release(): Release {
    return this.goroot?.release ?? this.#pinned ?? currentRelease;
  }

  /** go.env's default would need the GOROOT that is being looked for. */
  #moduleCacheWithoutDefaults(): string {
    const set = this.env['GOMODCACHE'] || this.#user.get('GOMODCACHE');
    if (set !== undefined && set !== '') return set;
    const gopath = this.env['GOPATH'] || this.#user.get('GOPATH') || this.defaultGopath;
    return join(gopath.split(goHostOS === 'windows' ? ';' : ':')[0]!, 'pkg/mod');
  }

  get defaultGopath(): string {
    return join(this.home, 'go');
  }

  get #gorootDefaults(): ReadonlyMap<string, string> {
    if (this.#defaults === undefined) {
      const dir = this.#unusable === '' ? this.goroot?.dir : this.#unusable;
      this.#defaults = dir === undefined ? new Map() : readEnvFile(join(dir, 'go.env'));
    }
    return this.#defaults;
  }

  /** The value of a variable, empty if nothing sets it. */
  get(name: string): string {
    const set = this.env[name] ?? '';
    if (set !== '') return set;
    return this.#user.get(name) ?? this.#gorootDefaults.get(name) ?? '';
  }

  /** True for a variable that the env file may hold. */
  isKnown(name: string): boolean {
    return knownVariables.has(name) || this.#user.has(name) || this.#gorootDefaults.has(name);
  }

  /** The value or `fallback`, and whether it differs from what an untouched system would say. */
  orDefault(name: string, fallback: string): { value: string; changed: boolean } {
    const value = this.get(name);
    if (value === '') return { value: fallback, changed: false };
    return { value, changed: value !== (this.#gorootDefaults.get(name) ?? fallback) };
  }

  get goos(): string {
    return this.get('GOOS') || goHostOS;
  }

  get goarch(): string {
    return this.get('GOARCH') || goHostArch;
  }

  get gopath(): string {
    return this.get('GOPATH') || this.defaultGopath;
  }

  get gomodcache(): string {
    const set = this.get('GOMODCACHE');
    if (set !== '') return set;
    const first = this.gopath.split(goHostOS === 'windows' ? ';' : ':')[0]!;
    return first === '' ? '' : join(first, 'pkg/mod');
  }

  get gocache(): string {
    return this.get('GOCACHE') || this.defaultGocache;
  }

  get defaultGocache(): string {
    // Where there is nothing to go by there is no cache.
    const variable = goHostOS === 'windows' ? 'LocalAppData' : 'HOME';
    const isKnown = (this.env[variable] ?? '') !== '' || (this.env['XDG_CACHE_HOME'] ?? '') !== '';
    return isKnown ? join(this.cacheDir, 'go-build') : 'off';
  }
}
