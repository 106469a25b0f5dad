/**
 * What a body may refer to outside itself: functions and package-level variables, by linker name.
 *
 * They are interned by the reader, so `===` is identity. A FuncSym is one *instance*: generic
 * functions appear with their type arguments (architecture.md, decision 4).
 */
import type { Type } from './type.ts';

/** Pragmas of a function that the back end acts on (contract §8.2), as bits. */
export const Pragma = {
  Nosplit: 1,
  Noinline: 2,
  Noescape: 4,
  Systemstack: 8,
  Nowritebarrier: 16,
  Nowritebarrierrec: 32,
  Yeswritebarrierrec: 64,
  CgoUnsafeArgs: 128,
  UintptrKeepAlive: 256,
  UintptrEscapes: 512,
  Norace: 1024,
  Nocheckptr: 2048,
  Linkname: 4096,
  LinknameStd: 8192,
} as const;

export class FuncSym {
  /** Linker name: `p.F`, `p.(*T).M`, `p.F[int]`, `p.F.func1`, or what //go:linkname says. */
  readonly name: string;
  /** Import path of the declaring package. */
  readonly pkgPath: string;
  /** Receiver first, if any; then parameters. */
  readonly type: Type;
  readonly pragma: number;
  /** False for assembly functions and linkname pulls. */
  readonly hasBody: boolean;
  /** Merged by name over packages: instances, wrappers of unnamed types. */
  readonly dupok: boolean;
  /** The type has the receiver as first parameter. */
  readonly isMethod: boolean;
  /** Where the reader finds the body and the summaries; opaque to everybody else. */
  readonly origin: unknown;
  /** Of a literal that inlining has copied, the first one's name; else its own. */
  readonly firstName: string;

  constructor(init: FuncSymInit) {
    this.name = init.name;
    this.pkgPath = init.pkgPath;
    this.type = init.type;
    this.pragma = init.pragma;
    this.hasBody = init.hasBody;
    this.dupok = init.dupok;
    this.isMethod = init.isMethod;
    this.origin = init.origin;
    this.firstName = init.firstName ?? init.name;
  }
}

export interface FuncSymInit {
  readonly name: string;
  readonly pkgPath: string;
  readonly type: Type;
  readonly pragma: number;
  readonly hasBody: boolean;
  readonly dupok: boolean;
  readonly isMethod: boolean;
  readonly origin: unknown;
  readonly firstName?: string;
}

export class GlobalSym {
  /** Linker name, `p.v`, or what //go:linkname says. */
  readonly name: string;
  readonly pkgPath: string;
  readonly type: Type;
  /** Defined in another object under this name (pull linkname): emit references only. */
  readonly isExternal: boolean;

  constructor(name: string, pkgPath: string, type: Type, isExternal: boolean) {
    this.name = name;
    this.pkgPath = pkgPath;
    this.type = type;
    this.isExternal = isExternal;
  }
}
