/**
 * Functions that the runtime recognises by number, and which symbol has which.
 *
 * GOROOT: src/internal/abi/symtab.go (numbers), src/cmd/internal/objabi/funcid.go (names).
 */
import { ABIWRAPPER, WRAPPER } from './func.ts';

export const FuncIDNormal = 0;
export const FuncIDWrapper = 23;

const runtimeIds: ReadonlyMap<string, number> = new Map(
  (
    'abort asmcgocall asyncPreempt cgocallback corostart debugCallV2 gcBgMarkWorker goexit gogo ' +
    'gopanic handleAsyncEvent mcall morestack mstart panicwrap rt0_go main runFinalizers ' +
    'runCleanups sigpanic systemstack systemstack_switch deferreturn'
  )
    .split(' ')
    .map((name, i) => [`runtime.${name}`, i + 1]),
);

/** Wrappers are invisible in tracebacks and to recover; `deferreturn` counts as one. */
export function funcId(name: string, flags: number): number {
  if ((flags & (WRAPPER | ABIWRAPPER)) !== 0) return FuncIDWrapper;
  return runtimeIds.get(name) ?? FuncIDNormal;
}
