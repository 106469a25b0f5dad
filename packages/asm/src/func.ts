/**
 * What a function is before and after it becomes machine code: the interface between the compiler or
 * assembler on one side, and the target's passes and the object writer on the other.
 */
import { type ObjReloc, type ObjSym } from '@go-ts/objfile/builder';
import { TextFlag } from '@go-ts/runtime/layout/funcdata';
import { type Prog } from './prog.ts';

/** Flags of TEXT and GLOBL. */
export const {
  NOPROF,
  DUPOK,
  NOSPLIT,
  RODATA,
  NOPTR,
  WRAPPER,
  NEEDCTXT,
  LOCAL,
  TLSBSS,
  NOFRAME,
  REFLECTMETHOD,
  TOPFRAME,
  ABIWRAPPER,
  PKGINIT,
} = TextFlag;

/** The size of arguments where it is not known. GOROOT: src/internal/abi/stack.go. */
export const ARGS_SIZE_UNKNOWN = -0x80000000;

/** Bits of `FuncInfo.funcFlag`. GOROOT: src/internal/abi/symtab.go. */
export const FuncFlag_TopFrame = 1;
export const FuncFlag_SPWrite = 2;
export const FuncFlag_Asm = 4;

/** Where code comes from: a file of the object's file table, inside an inlined call or not. */
export interface PosBase {
  /** Index in the object's (compilation unit's) file table. */
  readonly file: number;
  /** Index in `FuncInput.inlinedCalls`, −1 outside any. */
  readonly inlined: number;
}

/** One call that was inlined. */
export interface InlinedCall {
  /** The inlined call that this one is in, −1 for the function itself. */
  readonly parent: number;
  /** Position of the call. */
  readonly file: number;
  readonly line: number;
  /** The function that was called, in ABIInternal. */
  readonly func: ObjSym;
  /** An instruction whose PC stands for the call in tracebacks; null: none. */
  mark: Prog | null;
}

/** How the slow path of the prologue saves an argument that came in a register. */
export interface RegSpill {
  readonly reg: number;
  /** Instructions that store and load it, e.g. MOVQ and MOVQ. */
  readonly spill: number;
  readonly unspill: number;
  /** Of the spill slot, relative to the first argument (as in NAME_PARAM). */
  readonly offset: number;
}

/** A function to be assembled. Its instructions are rewritten in place. */
export interface FuncInput {
  readonly sym: ObjSym;
  /** 0 or 1: ABI0, ABIInternal. */
  readonly abi: number;
  /** TEXT flags. */
  readonly flags: number;
  /** Size of locals and outgoing arguments; without return address and saved frame pointer. */
  readonly frameSize: number;
  /** Size of arguments, results and spill slots; ARGS_SIZE_UNKNOWN. */
  readonly argSize: number;
  readonly first: Prog | null;
  /** Line of the declaration; positions of the inserted prologue are `startBase`, `startLine`. */
  readonly startLine: number;
  readonly startBase: number;
  readonly posBases: readonly PosBase[];
  readonly inlinedCalls: readonly InlinedCall[];
  readonly spills: readonly RegSpill[];
  /** Symbols by FUNCDATA index. */
  readonly funcdata: readonly (ObjSym | null)[];
  /** Comes from a `.s` file: no jump padding, FuncFlag_Asm. */
  readonly fromAssembly: boolean;
  /** `go:systemstack`: the stack check is against the system stack's guard. */
  readonly systemStack: boolean;
}

/** A node of the inline tree that the function's code really mentions. */
export interface InlinedNode {
  /** Index in `FuncCode.inlineTree`, −1 for none. */
  readonly parent: number;
  readonly file: number;
  readonly line: number;
  readonly func: ObjSym;
  parentPC: number;
}

/** A function's machine code, and all that its object-file entry says about it. */
export interface FuncCode {
  readonly sym: ObjSym;
  readonly code: Uint8Array;
  readonly relocs: readonly ObjReloc[];
  /** The final flags: NOSPLIT may have been added. */
  readonly flags: number;
  readonly align: number;
  /** FuncInfo fields. */
  readonly args: number;
  readonly locals: number;
  readonly funcId: number;
  readonly funcFlag: number;
  readonly startLine: number;
  /** Indices of the files that `pcfile` mentions, in ascending order. */
  readonly files: readonly number[];
  readonly inlineTree: readonly InlinedNode[];
  /** Encoded pc-value tables. */
  readonly pcsp: Uint8Array;
  readonly pcfile: Uint8Array;
  readonly pcline: Uint8Array;
  readonly pcinline: Uint8Array;
  /** By PCDATA index; empty where a table says nothing. */
  readonly pcdata: readonly Uint8Array[];
  readonly funcdata: readonly (ObjSym | null)[];
  readonly isSystemStack: boolean;
  /** The instructions in their final order, with `pc` set. */
  readonly first: Prog | null;
}

/** Where symbols come from; an `ObjectBuilder` is one. */
export interface SymbolSource {
  /** The symbol of that name and ABI (0, 1), made if new. */
  lookup(name: string, abi: number): ObjSym;
  /** Read-only constants. */
  float32(value: number): ObjSym;
  float64(value: number): ObjSym;
}

/** What assembling asks of its surroundings. */
export interface AsmContext {
  readonly symbols: SymbolSource;
  /** GOOS: decides how thread-local storage is reached. */
  readonly goos: string;
  /** -shared: position-independent code; also set for -dynlink. */
  readonly shared: boolean;
  /** -dynlink: global data may be in another shared object. */
  readonly dynlink?: boolean;
  /** -spectre=ret: indirect calls and jumps go through the runtime's thunks. */
  readonly retpoline?: boolean;
  /** Called for a mistake in the program: an operand combination that does not exist, … */
  readonly error: (p: Prog | null, message: string) => void;
  /** How many mistakes have been reported so far. */
  readonly errorCount: () => number;
  /** `file:line` of an instruction, for messages. */
  readonly position: (p: Prog) => string;
}
