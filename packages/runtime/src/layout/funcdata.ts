/**
 * PCDATA and FUNCDATA tables and their values, and the stack's constants.
 * GOROOT: src/internal/abi/{symtab,stack,rangefuncconsts}.go, src/cmd/internal/obj/textflag.go.
 */
import { layout } from './layout.ts';

export const PCDATA_UnsafePoint = 0;
export const PCDATA_StackMapIndex = 1;
export const PCDATA_InlTreeIndex = 2;
export const PCDATA_ArgLiveIndex = 3;
export const PCDATA_PanicBounds = 4;

export const FUNCDATA_ArgsPointerMaps = 0;
export const FUNCDATA_LocalsPointerMaps = 1;
export const FUNCDATA_StackObjects = 2;
export const FUNCDATA_InlTree = 3;
export const FUNCDATA_OpenCodedDeferInfo = 4;
export const FUNCDATA_ArgInfo = 5;
export const FUNCDATA_ArgLiveInfo = 6;
export const FUNCDATA_WrapInfo = 7;

/** Values of PCDATA_UnsafePoint. */
export const UnsafePointSafe = -1;
export const UnsafePointUnsafe = -2;
export const UnsafePointRestart1 = -3;
export const UnsafePointRestart2 = -4;
export const UnsafePointRestartAtEntry = -5;

/** FUNCDATA_ArgInfo: markers in the byte stream, and the limits of what is described. */
export const TraceArgsEndSeq = 0xff;
export const TraceArgsStartAgg = 0xfe;
export const TraceArgsEndAgg = 0xfd;
export const TraceArgsDotdotdot = 0xfc;
export const TraceArgsOffsetTooLarge = 0xfb;
export const TraceArgsSpecial = 0xf0;
export const TraceArgsLimit = 10;
export const TraceArgsMaxDepth = 5;

/** A record of FUNCDATA_StackObjects. */
export const StackObjectLayout = layout('runtime', 'stackObjectRecord', 16, {
  off: 0,
  size: 4,
  ptrBytes: 8,
  gcdataoff: 12,
});

/** A chain of functions without stack checks may use this much, less one word. */
export const StackNosplitBase = 800;
/** Frames up to here compare SP itself with the guard. */
export const StackSmall = 128;
/** Frames up to here cannot make the comparison wrap around. */
export const StackBig = 4096;

/** Attributes on TEXT, DATA and GLOBL. */
export const TextFlag = {
  NOPROF: 1,
  DUPOK: 2,
  NOSPLIT: 4,
  RODATA: 8,
  NOPTR: 16,
  WRAPPER: 32,
  NEEDCTXT: 64,
  LOCAL: 128,
  TLSBSS: 256,
  NOFRAME: 512,
  REFLECTMETHOD: 1024,
  TOPFRAME: 2048,
  ABIWRAPPER: 4096,
  PKGINIT: 8192,
} as const;

/** States of a range-over-func loop. */
export const RF_State = {
  RF_DONE: 0,
  RF_READY: 1,
  RF_PANIC: 2,
  RF_EXHAUSTED: 3,
  RF_MISSING_PANIC: 4,
} as const;
