/**
 * How PCDATA_PanicBounds tells runtime.panicBounds where its operands are and what failed.
 *
 * value = c·9 + code. In c: bit 0 x is a register, bit 1 y is a register; x register: bit 2 signed,
 * bits 3–6 its number; x constant: bits 2–6; y: from bit 7, four bits of register or five of
 * constant. GOROOT: src/internal/abi/bounds.go.
 */
export const BoundsCode = {
  BoundsIndex: 0,
  BoundsSliceAlen: 1,
  BoundsSliceAcap: 2,
  BoundsSliceB: 3,
  BoundsSlice3Alen: 4,
  BoundsSlice3Acap: 5,
  BoundsSlice3B: 6,
  BoundsSlice3C: 7,
  BoundsConvert: 8,
} as const;
export type BoundsCode = (typeof BoundsCode)[keyof typeof BoundsCode];

const numBoundsCodes = 9;
export const BoundsMaxReg = 15;
export const BoundsMaxConst = 31;

/** An operand of a failed check: a hardware register number, or a small constant. */
export type BoundsOperand =
  | { readonly reg: number; readonly signed?: boolean }
  | { readonly value: number };

export function encodeBounds(code: BoundsCode, x: BoundsOperand, y: BoundsOperand): number {
  let c = 0;
  if ('reg' in x) {
    checkRange(x.reg, BoundsMaxReg);
    c |= 1 | (x.signed === true ? 4 : 0) | (x.reg << 3);
  } else {
    checkRange(x.value, BoundsMaxConst);
    c |= x.value << 2;
  }
  if ('reg' in y) {
    checkRange(y.reg, BoundsMaxReg);
    c |= 2 | (y.reg << 7);
  } else {
    checkRange(y.value, BoundsMaxConst);
    c |= y.value << 7;
  }
  return c * numBoundsCodes + code;
}

function checkRange(n: number, max: number): void {
  if (Number.isInteger(n) && n >= 0 && n <= max) return;
  throw new RangeError(`bounds operand ${n} > ${max}`);
}
