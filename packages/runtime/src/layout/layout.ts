/**
 * How a structure that programs and tools share lies in memory.
 *
 * Each table below names the Go declaration that it restates; the contract test computes offsets
 * from that declaration in a GOROOT and compares every row. All our targets are 64-bit and
 * little-endian, so one set of numbers serves them all.
 */
export interface Layout<Field extends string = string> {
  /** Import path of the package that declares it. */
  readonly pkg: string;
  readonly name: string;
  readonly size: number;
  /** Offset in bytes of every field that tools use. */
  readonly at: Readonly<Record<Field, number>>;
}

export function layout<Field extends string>(
  pkg: string,
  name: string,
  size: number,
  at: Readonly<Record<Field, number>>,
): Layout<Field> {
  return { pkg, name, size, at };
}

export const ptrSize = 8;
