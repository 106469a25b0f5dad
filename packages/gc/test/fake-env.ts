/** What building and compiling one function asks for, without a package around it. */
import { ObjectBuilder } from '@go-ts/objfile';
import { entries } from '@go-ts/runtime/entry/entries';
import { type TypeTable } from '../src/ir/type-table.ts';
import { type Type } from '../src/ir/type.ts';
import { type BuildEnv } from '../src/ssa/build/env.ts';
import { type ParseEnv } from '../src/ssa/parse.ts';
import { newAbi0, newAmd64Abi } from '../src/target/amd64/abi.ts';

/** Symbols by name, no reflection data: enough for bodies. */
export function fakeEnv(types: TypeTable): BuildEnv {
  const obj = new ObjectBuilder({ pkgPath: 'p' });
  const named = (name: string) => obj.lookup(name);
  let temps = 0;
  const env: Partial<BuildEnv> = {
    obj,
    types,
    abi: newAmd64Abi(),
    abi0: newAbi0(),
    amd64Level: 1,
    options: { pkgPath: 'p', runtimeMode: false, noOptimize: false },
    isAbi0: () => false,
    textSym: (f) => obj.lookup(f.name, 1),
    funcValueSym: (f) => named(`${f.name}·f`),
    typeSym: (t) => named(`type:${t.id}`),
    itabSym: (t, i) => named(`go:itab.${t.id},${i.id}`),
    stringSym: (bytes) => named(`go:string.${JSON.stringify(bytes)}`),
    runtimeSym: (name) => obj.lookup(entries.get(name)!.symbol, 1),
    staticTemp: () => named(`stmp_${temps++}`),
    zeroSym: () => named('runtime.zeroVal'),
    typeHash: (t) => t.id,
    addFunc: () => {},
  };
  return env as BuildEnv;
}

/** For texts: types of a size with pointers in front. */
export function parseEnv(types: TypeTable): ParseEnv {
  const pointer = types.pointer(types.uint8);
  const typeOf = (size: number, ptrBytes: number): Type => {
    const field = (name: string, type: Type) => ({
      name,
      pkgPath: 'p',
      type,
      embedded: false,
      tag: '',
    });
    return types.struct([
      field('a', types.array(pointer, ptrBytes / 8)),
      field('b', types.array(types.uint8, size - ptrBytes)),
    ]);
  };
  return { ssa: fakeEnv(types), typeOf };
}
