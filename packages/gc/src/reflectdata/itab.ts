/**
 * Interface tables that the compiler knows: `go:itab.T,I`.
 *
 * Interface descriptor, type descriptor, the type's hash, then one code pointer per interface method.
 * The slots are weak: a method stays in the program only if something calls it through an interface.
 * A T that lacks a method (possible where generic code was instantiated and can't be reached) gets
 * one zero slot.
 *
 * GOROOT: src/internal/abi/iface.go. Contract §5.9.
 */
import { type ObjSym } from '@go-ts/objfile';
import { R_ADDR, R_WEAK } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagItab, SymFlagDupok } from '@go-ts/objfile/sym';
import { ITabLayout } from '@go-ts/runtime/layout/itab';
import { linkString } from '../ir/type-string.ts';
import type { Type } from '../ir/type.ts';
import type { MethodEntry, TypeDataEnv } from './env.ts';
import { type TypeData, typeHash } from './type.ts';

export class ItabData {
  readonly #env: TypeDataEnv;
  readonly #types: TypeData;

  constructor(env: TypeDataEnv, types: TypeData) {
    this.#env = env;
    this.#types = types;
  }

  itabSym(t: Type, iface: Type): ObjSym {
    const { builder } = this.#env;
    const sym = builder.lookup(`go:itab.${linkString(t)},${linkString(iface)}`);
    if (sym.isDefined) return sym;
    const L = ITabLayout.at;
    const methods = methodsFor(iface, this.#env.methodSet(t));
    sym.putAddr(L.Inter, R_ADDR, this.#types.typeSym(iface), 0);
    sym.putAddr(L.Type, R_ADDR, this.#types.typeSym(t), 0);
    const w = sym.growTo(L.Fun);
    w.patch32(L.Hash, typeHash(linkString(t)));
    if (methods === null) {
      sym.growTo(L.Fun + 8);
    } else {
      methods.forEach((method, i) => {
        sym.putAddr(L.Fun + 8 * i, R_ADDR | R_WEAK, this.#env.textSym(method.ifn), 0);
      });
    }
    sym.size = w.length;
    sym.kind = SRODATA;
    sym.flags |= SymFlagDupok;
    sym.flags2 |= SymFlagItab;
    // One itab is one address. Contents would not make it one, since objects refer to the same method
    // by index or by name.
    sym.addressByName();
    sym.align = 8;
    builder.defineData(sym);
    return sym;
  }
}

/** The methods of `iface`, in its order; null if one is missing. Both lists are sorted alike. */
function methodsFor(iface: Type, set: readonly MethodEntry[]): MethodEntry[] | null {
  const found: MethodEntry[] = [];
  let at = 0;
  for (const wanted of iface.methods) {
    while (at < set.length && !isSame(set[at]!, wanted)) at++;
    if (at === set.length) return null;
    found.push(set[at++]!);
  }
  return found;
}

function isSame(
  a: { name: string; pkgPath: string },
  b: { name: string; pkgPath: string },
): boolean {
  return a.name === b.name && a.pkgPath === b.pkgPath;
}
