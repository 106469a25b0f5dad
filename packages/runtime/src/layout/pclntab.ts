/**
 * The table from program counters to functions, files, lines and maps.
 * GOROOT: src/runtime/{symtab,runtime2}.go, src/internal/abi/symtab.go, src/cmd/link/internal/ld/pcln.go.
 */
import { layout } from './layout.ts';

/** `pad` fields, minLC and ptrSize are bytes 4…7. Byte 24 is an unused word. */
export const PcHeaderLayout = layout('runtime', 'pcHeader', 72, {
  magic: 0,
  pad1: 4,
  pad2: 5,
  minLC: 6,
  ptrSize: 7,
  nfunc: 8,
  nfiles: 16,
  funcnameOffset: 32,
  cuOffset: 40,
  filetabOffset: 48,
  pctabOffset: 56,
  pclnOffset: 64,
});

/** abi.CurrentPCLnTabMagic. */
export const CurrentPCLnTabMagic = 0xfffffff1;

/** Followed by npcdata and nfuncdata 32-bit words. */
export const FuncLayout = layout('runtime', '_func', 44, {
  entryOff: 0,
  nameOff: 4,
  args: 8,
  deferreturn: 12,
  pcsp: 16,
  pcfile: 20,
  pcln: 24,
  npcdata: 28,
  cuOffset: 32,
  startLine: 36,
  funcID: 40,
  flag: 41,
  nfuncdata: 43,
});

export const FunctabLayout = layout('runtime', 'functab', 8, { entryoff: 0, funcoff: 4 });
export const TextsectLayout = layout('runtime', 'textsect', 24, { vaddr: 0, end: 8, baseaddr: 16 });
export const FindfuncbucketLayout = layout('runtime', 'findfuncbucket', 20, {
  idx: 0,
  subbuckets: 4,
});

/** Every function occupies at least this much text, so that findfunctab's byte deltas suffice. */
export const MINFUNC = 16;
/** Text covered by one findfuncbucket. */
export const FuncTabBucketSize = 4096;
/** _func.args and FuncInfo.Args of a function whose arguments are unknown, as a 32-bit pattern. */
export const ArgsSizeUnknown = -0x80000000;

/** abi.FuncFlag. */
export const FuncFlag = { FuncFlagTopFrame: 1, FuncFlagSPWrite: 2, FuncFlagAsm: 4 } as const;

/** abi.FuncID: functions that the runtime treats specially. */
export const FuncID = {
  FuncIDNormal: 0,
  FuncID_abort: 1,
  FuncID_asmcgocall: 2,
  FuncID_asyncPreempt: 3,
  FuncID_cgocallback: 4,
  FuncID_corostart: 5,
  FuncID_debugCallV2: 6,
  FuncID_gcBgMarkWorker: 7,
  FuncID_goexit: 8,
  FuncID_gogo: 9,
  FuncID_gopanic: 10,
  FuncID_handleAsyncEvent: 11,
  FuncID_mcall: 12,
  FuncID_morestack: 13,
  FuncID_mstart: 14,
  FuncID_panicwrap: 15,
  FuncID_rt0_go: 16,
  FuncID_runtime_main: 17,
  FuncID_runFinalizers: 18,
  FuncID_runCleanups: 19,
  FuncID_sigpanic: 20,
  FuncID_systemstack: 21,
  FuncID_systemstack_switch: 22,
  FuncIDWrapper: 23,
} as const;
export type FuncID = (typeof FuncID)[keyof typeof FuncID];

/** By name within package runtime. GOROOT: src/cmd/internal/objabi/funcid.go. */
export const funcIDsByName: Readonly<Record<string, FuncID>> = {
  abort: FuncID.FuncID_abort,
  asmcgocall: FuncID.FuncID_asmcgocall,
  asyncPreempt: FuncID.FuncID_asyncPreempt,
  cgocallback: FuncID.FuncID_cgocallback,
  corostart: FuncID.FuncID_corostart,
  debugCallV2: FuncID.FuncID_debugCallV2,
  gcBgMarkWorker: FuncID.FuncID_gcBgMarkWorker,
  rt0_go: FuncID.FuncID_rt0_go,
  goexit: FuncID.FuncID_goexit,
  gogo: FuncID.FuncID_gogo,
  gopanic: FuncID.FuncID_gopanic,
  handleAsyncEvent: FuncID.FuncID_handleAsyncEvent,
  main: FuncID.FuncID_runtime_main,
  mcall: FuncID.FuncID_mcall,
  morestack: FuncID.FuncID_morestack,
  mstart: FuncID.FuncID_mstart,
  panicwrap: FuncID.FuncID_panicwrap,
  runFinalizers: FuncID.FuncID_runFinalizers,
  runCleanups: FuncID.FuncID_runCleanups,
  sigpanic: FuncID.FuncID_sigpanic,
  systemstack_switch: FuncID.FuncID_systemstack_switch,
  systemstack: FuncID.FuncID_systemstack,
  deferreturn: FuncID.FuncIDWrapper,
};

/** The FuncID of a function by its full linker name. */
export function funcIDOf(name: string, isWrapper: boolean): FuncID {
  if (isWrapper) return FuncID.FuncIDWrapper;
  if (!name.startsWith('runtime.')) return FuncID.FuncIDNormal;
  const own = name.slice('runtime.'.length);
  return Object.hasOwn(funcIDsByName, own) ? funcIDsByName[own]! : FuncID.FuncIDNormal;
}
