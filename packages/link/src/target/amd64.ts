/**
 * amd64.
 *
 * All references in code are 32-bit and relative to the end of the patched field (R_CALL, R_PCREL);
 * an immediate that follows the field is accounted for by the addend. Absolute addresses occur in
 * data only. Every call reaches 2 GB, more than an executable may be large, so there are no
 * trampolines. Thread-local g is at -8 from the thread base on ELF (R_TLS_LE, without a symbol).
 *
 * So nothing here is particular: the relocations are those of pass/reloc.ts.
 *
 * GOROOT: src/cmd/link/internal/amd64/{l,obj}.go; psABI ch. 4.
 */
import { type ArchTarget } from './target.ts';

export const amd64: ArchTarget = {
  name: 'amd64',
  ptrSize: 8,
  minLC: 1,
  funcAlign: 32,
  maxDataAlign: 32,
  minDataAlign: 1,
  codePad: 0xcc, // int3
  callReach: 0x7fff_ffff,
  callRelocOffset: 1,
  dwarfSP: 7,
  dwarfLR: 16,
  hasLR: false,
  elfMachine: 62,
  elfTextAddr: 0x401000,
  elfPage: 0x1000,
  applyReloc: () => false,
};
