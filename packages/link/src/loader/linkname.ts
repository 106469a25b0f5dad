/**
 * Which references by linkname are allowed.
 *
 * `//go:linkname` lets a package reach into another. For symbols of the standard library the
 * definition must agree (it carries a linkname itself), and some names are closed to all but the
 * packages listed here. References that no linkname and no assembly made are not checked.
 *
 * GOROOT: src/cmd/link/internal/loader/loader.go (blockedLinknames, checkLinkname); the list is
 * compared with it by test/linkname.test.ts.
 */
import { ABIInternal, ABI0 } from '@go-ts/objfile/sym';
import { LinkFailure } from '../options.ts';
import { AttrLinkname, AttrLinknameStd, type Loader, type Obj, type Sym } from './loader.ts';

/** Name → the only packages that may refer to it. */
export const blockedLinknames: ReadonlyMap<string, readonly string[]> = new Map<
  string,
  readonly string[]
>([
  ['go:fipsinfo', ['crypto/internal/fips140/check']],
  ['crypto/internal/fips140.fatal', ['crypto/internal/fips140']],
  ['crypto/internal/fips140.getIndicator', ['crypto/internal/fips140']],
  ['crypto/internal/fips140.setIndicator', ['crypto/internal/fips140']],
  ['crypto/internal/sysrand.fatal', ['crypto/internal/sysrand']],
  ['crypto/rand.fatal', ['crypto/rand']],
  ['internal/runtime/maps.errNilAssign', ['internal/runtime/maps']],
  ['internal/runtime/maps.fatal', ['internal/runtime/maps']],
  ['internal/runtime/maps.newarray', ['internal/runtime/maps']],
  ['internal/runtime/maps.newobject', ['internal/runtime/maps']],
  ['internal/runtime/maps.rand', ['internal/runtime/maps']],
  ['internal/runtime/maps.typedmemclr', ['internal/runtime/maps']],
  ['internal/runtime/maps.typedmemmove', ['internal/runtime/maps']],
  ['internal/sync.fatal', ['internal/sync']],
  ['internal/sync.runtime_canSpin', ['internal/sync']],
  ['internal/sync.runtime_doSpin', ['internal/sync']],
  ['internal/sync.runtime_nanotime', ['internal/sync']],
  ['internal/sync.runtime_Semrelease', ['internal/sync']],
  ['internal/sync.runtime_SemacquireMutex', ['internal/sync']],
  ['internal/sync.throw', ['internal/sync']],
  ['internal/synctest.Run', ['internal/synctest']],
  ['internal/synctest.Wait', ['internal/synctest']],
  ['internal/synctest.acquire', ['internal/synctest']],
  ['internal/synctest.release', ['internal/synctest']],
  ['internal/synctest.inBubble', ['internal/synctest']],
  ['runtime.getStaticuint64s', ['reflect']],
  ['sync.runtime_SemacquireWaitGroup', ['sync']],
  ['time.runtimeNow', ['time']],
  ['time.runtimeNano', ['time']],
  ['runtime.mapaccess1', ['runtime']],
  ['runtime.mapaccess1_fast32', ['runtime']],
  ['runtime.mapaccess1_fast64', ['runtime']],
  ['runtime.mapaccess1_faststr', ['runtime']],
  ['runtime.mapdelete_fast32', ['runtime']],
  ['runtime.mapdelete_fast64', ['runtime']],
  ['runtime.mapdelete_faststr', ['runtime']],
  ['internal/cpu.riscvHWProbe', ['internal/cpu']],
  ['internal/runtime/cgroup.throw', ['internal/runtime/cgroup']],
  ['internal/runtime/maps.typeString', ['internal/runtime/maps']],
  ['internal/synctest.IsInBubble', ['internal/synctest']],
  ['internal/synctest.associate', ['internal/synctest']],
  ['internal/synctest.disassociate', ['internal/synctest']],
  ['internal/synctest.isAssociated', ['internal/synctest']],
  ['runtime/trace.runtime_readTrace', ['runtime/trace']],
  ['runtime/trace.runtime_traceClockUnitsPerSecond', ['runtime/trace']],
  ['sync_test.runtime_blockUntilEmptyCleanupQueue', ['sync_test']],
  ['time.runtimeIsBubbled', ['time']],
  ['unique.runtime_blockUntilEmptyCleanupQueue', ['unique']],
  ['net.newWindowsFile', ['net']],
  ['testing/synctest.testingSynctestTest', ['testing/synctest']],
  ['crypto/fips140.isBypassed', ['crypto/fips140']],
  ['crypto/fips140.setBypass', ['crypto/fips140']],
  ['crypto/fips140.unsetBypass', ['crypto/fips140']],
  ['crypto/subtle.setDITEnabled', ['crypto/subtle']],
  ['crypto/subtle.setDITDisabled', ['crypto/subtle']],
  ['internal/cpu.sysctlbynameBytes', ['internal/cpu']],
  ['internal/cpu.sysctlbynameInt32', ['internal/cpu']],
  ['runtime.pprof_goroutineLeakProfileWithLabels', ['runtime/pprof']],
  ['runtime/pprof.runtime_goroutineLeakGC', ['runtime/pprof']],
  ['runtime/pprof.runtime_goroutineleakcount', ['runtime/pprof']],
  ['runtime/secret.appendSignalStacks', ['runtime/secret']],
  ['runtime/secret.count', ['runtime/secret']],
  ['runtime/secret.dec', ['runtime/secret']],
  ['runtime/secret.eraseSecrets', ['runtime/secret']],
  ['runtime/secret.getStack', ['runtime/secret']],
  ['runtime/secret.inc', ['runtime/secret']],
  ['syscall.rawsyscalln', ['syscall']],
  ['syscall.runtimeClearenv', ['syscall']],
  ['syscall.syscalln', ['syscall']],
  ['crypto/internal/rand.SetTestingReader', ['testing/cryptotest']],
  ['testing.checkParallel', ['testing/cryptotest']],
  ['runtime.addmoduledata', []],
]);

/** Throws if `refObj` may not refer to `s` under this name. */
export function checkLinkname(ldr: Loader, refObj: Obj, name: string, s: Sym): void {
  if (!isAllowed(ldr, refObj, name, s)) {
    throw new LinkFailure(`${refObj.lib.path}: invalid reference to ${name}`);
  }
}

function isAllowed(ldr: Loader, refObj: Obj, name: string, s: Sym): boolean {
  const pkg = refObj.lib.path;
  const only = blockedLinknames.get(name);
  if (only !== undefined && !only.includes(pkg) && !only.includes(withoutFipsVersion(pkg))) {
    return false;
  }
  if (only !== undefined) return true;
  if (ldr.isUndefinedInObjects(s)) return true;
  const def = ldr.obj(s)!;
  if (!def.isStd || def.lib.path === pkg) return true;
  let attr = ldr.attr[s]!;
  if (def.isAssembly && (attr & (AttrLinkname | AttrLinknameStd)) === 0) {
    // An assembly function may be meant for the package in its name, or be no Go name at all.
    if (name.startsWith(pkg) || !name.includes('.')) return true;
    // Otherwise the linkname is on its wrapper for the other ABI.
    const wrapper = ldr.lookup(name, ldr.abi(s) === ABI0 ? ABIInternal : ABI0);
    if (wrapper !== 0) attr = ldr.attr[wrapper]!;
  }
  if ((attr & AttrLinknameStd) !== 0 && refObj.isStd) return true;
  return (attr & AttrLinkname) !== 0;
}

/** The frozen copy crypto/internal/fips140/vX.Y.Z/… has the rights of the original. */
function withoutFipsVersion(pkg: string): string {
  if (!pkg.startsWith('crypto/internal/fips140/v')) return pkg;
  return pkg.split('/').toSpliced(3, 1).join('/');
}
