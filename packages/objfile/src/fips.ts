/**
 * Which symbols belong to the FIPS 140 module and therefore take the FIPS variant of their kind.
 *
 * The linker puts these symbols together, so that a checksum over their bytes can be verified when
 * the program starts. Runtime metadata (stack maps, func values, dictionaries) stays outside.
 *
 * GOROOT: src/cmd/internal/obj/fips140.go (setFIPSType: names and exceptions).
 */
import {
  SDATA,
  SDATAFIPS,
  SNOPTRDATA,
  SNOPTRDATAFIPS,
  SRODATA,
  SRODATAFIPS,
  STEXT,
  STEXTFIPS,
} from './sym.ts';

const prefix = 'crypto/internal/fips140';
const outsideInfixes = ['.inittask', '.dict', '.typeAssert'];
const outsideSuffixes = [
  '.arginfo0',
  '.arginfo1',
  '.argliveinfo',
  '.args_stackmap',
  '.opendefer',
  '.stkobj',
  '·f',
];

export function isFIPSPackage(path: string): boolean {
  return (path === prefix || path.startsWith(`${prefix}/`)) && !path.endsWith('_test');
}

/** The kind to give to a symbol defined in package `pkgPath`. */
export function fipsKind(name: string, kind: number, pkgPath: string, isStatic: boolean): number {
  if (pkgPath.endsWith('_test')) return kind;
  if (isStatic) {
    if (!isFIPSPackage(pkgPath)) return kind;
  } else {
    const next = name[prefix.length];
    if ((next !== '.' && next !== '/') || !name.startsWith(prefix)) return kind;
    if (kind !== STEXT && isOutside(name)) return kind;
  }
  switch (kind) {
    case STEXT:
      return STEXTFIPS;
    case SDATA:
      return SDATAFIPS;
    case SRODATA:
      return SRODATAFIPS;
    case SNOPTRDATA:
      return SNOPTRDATAFIPS;
    default:
      return kind;
  }
}

function isOutside(name: string): boolean {
  return (
    outsideInfixes.some((infix) => name.includes(infix)) ||
    outsideSuffixes.some((suffix) => name.endsWith(suffix)) ||
    name === `${prefix}/check.linkinfo`
  );
}
