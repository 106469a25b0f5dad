/** What a machine architecture must supply to the linker. */
import { type Loader, type RelocCursor, type Sym } from '../loader/loader.ts';

/** Where relocation arithmetic takes place: the symbol patched, its bytes, facts of the link. */
export interface RelocSite {
  readonly ldr: Loader;
  readonly s: Sym;
  readonly bytes: Uint8Array;
  /** Offset in `bytes` of the symbol's first byte. */
  readonly base: number;
  /** Offset of g from the thread base. */
  readonly tlsOffset: number;
  report(message: string): void;
}

export interface ArchTarget {
  readonly name: string;
  readonly ptrSize: 8;
  readonly minLC: number;
  readonly funcAlign: number;
  readonly maxDataAlign: number;
  readonly minDataAlign: number;
  /** Fills the gaps between functions; traps. */
  readonly codePad: number;
  /** Bytes of text within which every call reaches; more would need trampolines. */
  readonly callReach: number;
  /** A deferreturn call is found by its relocation, so many bytes after its instruction's start. */
  readonly callRelocOffset: number;
  /** DWARF numbers of the stack pointer and the return address. */
  readonly dwarfSP: number;
  readonly dwarfLR: number;
  readonly hasLR: boolean;
  /** e_machine. */
  readonly elfMachine: number;
  readonly elfTextAddr: number;
  readonly elfPage: number;
  /**
   * Applies a relocation that only this architecture has, to `target` (0 if it has none); false if
   * its type is unknown.
   */
  applyReloc(site: RelocSite, c: RelocCursor, target: Sym): boolean;
}
