/**
 * Facts about the systems that we build for, and the choice of one for a build.
 *
 * A `Target` is everything about a build's destination that tools agree on: GOOS, GOARCH, the
 * architecture level (GOAMD64, GOARM64) and the set of experiments. It is made once, by
 * `makeTarget`, from the user's settings, and handed to every tool; nothing else reads those
 * settings.
 *
 * Invariant: `objectHeader` is the line that both toolchains write at the head of every object and
 * that the linker compares as a whole, so it must be byte-equal to upstream's.
 * GOROOT: src/internal/buildcfg/{cfg,exp}.go, src/internal/goexperiment/flags.go,
 * src/internal/platform/zosarch.go, src/cmd/internal/objabi/util.go.
 */
import { type Release } from '../release/release.ts';

export type Goos = 'linux' | 'darwin' | 'windows';
export type Goarch = 'amd64' | 'arm64';

export type ObjectFormat = 'elf' | 'macho' | 'pe';

export interface ArchFacts {
  readonly goarch: Goarch;
  readonly ptrSize: 8;
  readonly regSize: 8;
  /** Loads and stores of this size or more need only this alignment. */
  readonly alignment: number;
  /** The smallest instruction; pc deltas in tables are divided by it. */
  readonly minLC: 1 | 4;
  /** Bytes at the bottom of every frame that belong to the callee's link register. */
  readonly fixedFrameSize: 0 | 8;
  readonly stackAlign: 8 | 16;
  readonly intArgRegs: number;
  readonly floatArgRegs: number;
  /** Name of the variable that selects the instruction set, and its default. */
  readonly levelVariable: 'GOAMD64' | 'GOARM64';
  readonly defaultLevel: string;
}

export const archFacts: Readonly<Record<Goarch, ArchFacts>> = {
  amd64: {
    goarch: 'amd64',
    ptrSize: 8,
    regSize: 8,
    alignment: 1,
    minLC: 1,
    fixedFrameSize: 0,
    stackAlign: 8,
    intArgRegs: 9,
    floatArgRegs: 15,
    levelVariable: 'GOAMD64',
    defaultLevel: 'v1',
  },
  arm64: {
    goarch: 'arm64',
    ptrSize: 8,
    regSize: 8,
    alignment: 1,
    minLC: 4,
    fixedFrameSize: 8,
    stackAlign: 16,
    intArgRegs: 16,
    floatArgRegs: 16,
    levelVariable: 'GOARM64',
    defaultLevel: 'v8.0',
  },
};

export interface OsFacts {
  readonly goos: Goos;
  readonly format: ObjectFormat;
  readonly exeSuffix: '' | '.exe';
  /** True if `-buildmode=default` means pie. */
  readonly defaultPie: boolean;
  /** True if the compiler and assembler are given -shared in a default build. */
  readonly defaultShared: boolean;
}

export const osFacts: Readonly<Record<Goos, OsFacts>> = {
  linux: { goos: 'linux', format: 'elf', exeSuffix: '', defaultPie: false, defaultShared: false },
  darwin: { goos: 'darwin', format: 'macho', exeSuffix: '', defaultPie: true, defaultShared: true },
  windows: {
    goos: 'windows',
    format: 'pe',
    exeSuffix: '.exe',
    defaultPie: true,
    defaultShared: false,
  },
};

/** Ports that exist upstream; those of ours are the ones `isSupported` admits. */
export const knownPorts: readonly string[] = [
  'aix/ppc64',
  'android/386',
  'android/amd64',
  'android/arm',
  'android/arm64',
  'darwin/amd64',
  'darwin/arm64',
  'dragonfly/amd64',
  'freebsd/386',
  'freebsd/amd64',
  'freebsd/arm',
  'freebsd/arm64',
  'freebsd/riscv64',
  'illumos/amd64',
  'ios/amd64',
  'ios/arm64',
  'js/wasm',
  'linux/386',
  'linux/amd64',
  'linux/arm',
  'linux/arm64',
  'linux/loong64',
  'linux/mips',
  'linux/mips64',
  'linux/mips64le',
  'linux/mipsle',
  'linux/ppc64',
  'linux/ppc64le',
  'linux/riscv64',
  'linux/s390x',
  'linux/sparc64',
  'netbsd/386',
  'netbsd/amd64',
  'netbsd/arm',
  'netbsd/arm64',
  'openbsd/386',
  'openbsd/amd64',
  'openbsd/arm',
  'openbsd/arm64',
  'openbsd/ppc64',
  'openbsd/riscv64',
  'plan9/386',
  'plan9/amd64',
  'plan9/arm',
  'solaris/amd64',
  'wasip1/wasm',
  'windows/386',
  'windows/amd64',
  'windows/arm64',
];

export interface Target {
  readonly goos: Goos;
  readonly goarch: Goarch;
  readonly os: OsFacts;
  readonly arch: ArchFacts;
  /** The value of GOAMD64 or GOARM64, in its canonical form. */
  readonly level: string;
  /** Lower-case names of the enabled experiments, in the order of upstream's flag struct. */
  readonly experiments: readonly string[];
  /** GOEXPERIMENT in canonical form: what differs from the baseline. */
  readonly goexperiment: string;
}

export interface TargetSettings {
  readonly goos: string;
  readonly goarch: string;
  /** GOAMD64 or GOARM64, whichever the architecture reads; empty for the default. */
  readonly level?: string;
  readonly goexperiment?: string;
}

export function isSupported(goos: string, goarch: string): boolean {
  return Object.hasOwn(osFacts, goos) && Object.hasOwn(archFacts, goarch);
}

/** A target, or upstream's words for what is wrong with the settings. */
export function makeTarget(settings: TargetSettings, release: Release): Target | string {
  const { goos, goarch } = settings;
  if (!isSupported(goos, goarch)) return `unsupported GOOS/GOARCH pair ${goos}/${goarch}`;
  const os = osFacts[goos as Goos];
  const arch = archFacts[goarch as Goarch];
  const level = parseLevel(arch, settings.level || arch.defaultLevel);
  if (typeof level !== 'string') return level.error;
  const experiments = parseExperiments(goos as Goos, settings.goexperiment ?? '', release);
  if (typeof experiments === 'string') return experiments;
  return { goos: os.goos, goarch: arch.goarch, os, arch, level, ...experiments };
}

/** The target of tests and examples: every setting at its default. */
export function defaultTarget(goos: Goos, goarch: Goarch, release: Release): Target {
  const target = makeTarget({ goos, goarch }, release);
  if (typeof target === 'string') throw new RangeError(target);
  return target;
}

function parseLevel(arch: ArchFacts, value: string): string | { error: string } {
  if (arch.goarch === 'amd64') {
    if (/^v[1-4]$/.test(value)) return value;
    return { error: 'invalid GOAMD64: must be v1, v2, v3, v4' };
  }
  const match = /^(v8\.[0-9]|v9\.[0-5])((?:,lse|,crypto)*)$/.exec(value);
  if (match === null) {
    return {
      error:
        'invalid GOARM64: must start with v8.{0-9} or v9.{0-5} and may optionally end in ",lse" and/or ",crypto"',
    };
  }
  const [, version = '', options = ''] = match;
  // The large-system atomics are part of every version after v8.0.
  const lse = version !== 'v8.0' || options.includes('lse');
  return `${version}${lse ? ',lse' : ''}${options.includes('crypto') ? ',crypto' : ''}`;
}

export function hasLSE(target: Target): boolean {
  return target.goarch === 'arm64' && target.level.includes(',lse');
}

/** The experiments that GOEXPERIMENT asks for, or upstream's words for what is wrong with it. */
export function parseExperiments(
  goos: Goos,
  goexperiment: string,
  release: Release,
): { experiments: string[]; goexperiment: string } | string {
  const known = new Map(
    release.experiments.map((e) => [e.name, e.offOn?.includes(goos) !== true && e.on]),
  );
  const state = new Map(known);
  for (const word of goexperiment.split(',')) {
    if (word === '') continue;
    if (word === 'none') {
      for (const name of state.keys()) state.set(name, false);
      continue;
    }
    const value = !word.startsWith('no');
    const name = value ? word : word.slice(2);
    if (name === 'regabi') {
      state.set('regabiwrappers', value);
      state.set('regabiargs', value);
    } else if (state.has(name)) {
      state.set(name, value);
    } else {
      return `unknown GOEXPERIMENT ${name}`;
    }
  }
  // The register ABI cannot be switched off on our architectures.
  state.set('regabiwrappers', true);
  state.set('regabiargs', true);
  const experiments: string[] = [];
  const differs: string[] = [];
  for (const [name, on] of state) {
    if (on) experiments.push(name);
    if (on !== known.get(name)) differs.push(on ? name : `no${name}`);
  }
  return { experiments, goexperiment: differs.join(',') };
}

/** Build tags that the tools themselves stand for: experiments, then architecture levels. */
export function toolTags(target: Target): string[] {
  return [
    ...target.experiments.map((name) => `goexperiment.${name}`),
    ...levelTags(target.arch, target.level),
  ];
}

function levelTags(arch: ArchFacts, level: string): string[] {
  const tags: string[] = [];
  if (arch.goarch === 'amd64') {
    for (let i = 1; i <= Number(level.slice(1)); i++) tags.push(`amd64.v${i}`);
    return tags;
  }
  const major = Number(level[1]);
  const minor = Number(level[3]);
  for (let i = 0; i <= minor; i++) tags.push(`arm64.v${major}.${i}`);
  // Armv9.x takes in all of Armv8.(x+5).
  if (major === 9) for (let i = 0; i <= minor + 5 && i <= 9; i++) tags.push(`arm64.v8.${i}`);
  return tags;
}

/** The first line of every object and of the linker's check, with its newline. */
export function objectHeader(target: Target, release: Release): string {
  const { goos, goarch, arch, level, experiments } = target;
  return `go object ${goos} ${goarch} ${release.version} ${arch.levelVariable}=${level} X:${experiments.join(',')}\n`;
}
