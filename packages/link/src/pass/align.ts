/**
 * Alignment of data: what the object says, else by size, up to the machine's limit.
 *
 * GOROOT: src/cmd/link/internal/ld/data.go (symalign).
 */
import { type Loader, type Sym } from '../loader/loader.ts';
import { type ArchTarget } from '../target/target.ts';

export function symAlign(ldr: Loader, s: Sym, arch: ArchTarget): number {
  const given = ldr.align[s]!;
  if (given !== 0) return Math.max(given, arch.minDataAlign);
  const size = ldr.size[s]!;
  let align = arch.maxDataAlign;
  while (align > size && align > arch.minDataAlign) align >>>= 1;
  ldr.align[s] = align;
  return align;
}
