/**
 * Instruction numbers that every target has. A target's own begin at `FIRST_TARGET_AS`.
 *
 * GOROOT: src/cmd/internal/obj/link.go (the names).
 */

export const AXXX = 0;
export const ACALL = 1;
export const AEND = 2;
export const AFUNCDATA = 3;
export const AJMP = 4;
export const ANOP = 5;
/** Pads with no-operations to the alignment in `from`. */
export const APCALIGN = 6;
/** As PCALIGN, if at most `from3` bytes are needed. */
export const APCALIGNMAX = 7;
export const APCDATA = 8;
export const ARET = 9;
/** Loads the PC of the caller of the physical frame into `to`. */
export const AGETCALLERPC = 10;
export const ATEXT = 11;
/** An instruction that faults. */
export const AUNDEF = 12;

export const FIRST_TARGET_AS = 16;

export const genericNames: readonly string[] = [
  'XXX',
  'CALL',
  'END',
  'FUNCDATA',
  'JMP',
  'NOP',
  'PCALIGN',
  'PCALIGNMAX',
  'PCDATA',
  'RET',
  'GETCALLERPC',
  'TEXT',
  'UNDEF',
];
