/**
 * Packages of std that the tools treat specially.
 * GOROOT: src/cmd/internal/objabi/pkgspecial.go, src/cmd/go/internal/work/gc.go (`complete`).
 */

/** Compiled in runtime mode: no heap-allocated variables, every point unsafe for preemption. */
export const runtimePackages: ReadonlySet<string> = new Set([
  'runtime',
  'internal/runtime/atomic',
  'internal/runtime/cgroup',
  'internal/runtime/exithook',
  'internal/runtime/gc',
  'internal/runtime/gc/scan',
  'internal/runtime/maps',
  'internal/runtime/math',
  'internal/runtime/sys',
  'internal/runtime/syscall/linux',
  'internal/runtime/syscall/windows',
  'internal/abi',
  'internal/bytealg',
  'internal/byteorder',
  'internal/chacha8rand',
  'internal/coverage/rtcov',
  'internal/cpu',
  'internal/goarch',
  'internal/godebugs',
  'internal/goexperiment',
  'internal/goos',
  'internal/profilerecord',
  'internal/strconv',
  'internal/stringslite',
]);

/** Functions of these may run before their package is initialised: their numbers are agreed on. */
const coverageNumbered = [
  'internal/asan',
  'internal/byteorder',
  'internal/coverage/rtcov',
  'internal/cpu',
  'internal/bytealg',
  'internal/goarch',
  'internal/abi',
  'internal/chacha8rand',
  'internal/godebugs',
  'internal/goexperiment',
  'internal/goos',
  'internal/msan',
  'internal/profilerecord',
  'internal/race',
  'internal/runtime/atomic',
  'internal/runtime/exithook',
  'internal/runtime/gc',
  'internal/runtime/math',
  'internal/runtime/sys',
  'internal/runtime/maps',
  'internal/runtime/syscall/linux',
  'internal/runtime/syscall/windows',
  'internal/runtime/cgroup',
  'internal/strconv',
  'internal/stringslite',
  'runtime',
];

/** The number that a package has in coverage data, if it is given none by the runtime. */
export function hardCodedCoverageID(path: string): number | undefined {
  const at = coverageNumbered.indexOf(path);
  return at < 0 ? undefined : -2 - at;
}

/** Never instrumented for races, sanitizers or coverage. */
export const noInstrumentPackages: ReadonlySet<string> = new Set([
  ...[...runtimePackages].filter((path) => path !== 'internal/bytealg'),
  'runtime/race',
  'runtime/msan',
  'runtime/asan',
]);

export const noRaceFuncPackages: ReadonlySet<string> = new Set([
  'sync',
  'sync/atomic',
  'internal/sync',
  'internal/runtime/atomic',
]);

/** Whose assembly may name ABIInternal and sees the GOEXPERIMENT macros. */
export const allowAsmABIPackages: ReadonlySet<string> = new Set([
  'runtime',
  'reflect',
  'syscall',
  'internal/bytealg',
  'internal/chacha8rand',
  'internal/runtime/syscall/linux',
  'internal/runtime/syscall/windows',
  'internal/runtime/startlinetest',
  'internal/runtime/maps',
]);

/** Have functions without bodies that other packages push into them: compiled without -complete. */
export const incompletePackages: ReadonlySet<string> = new Set([
  'bytes',
  'internal/poll',
  'net',
  'os',
  'runtime/metrics',
  'runtime/pprof',
  'runtime/trace',
  'sync',
  'syscall',
  'time',
]);
