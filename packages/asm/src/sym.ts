/**
 * What machine code may refer to, as far as encoding is concerned: the object builder's symbol, seen
 * through the two properties that decide what is emitted.
 */
export interface Sym {
  readonly name: string;
  /** 0 ABI0, 1 ABIInternal; data symbols 0, file-local ones 0xffff. */
  readonly abi: number;
}
