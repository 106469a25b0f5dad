/**
 * The runtime's functions as IR callees, for bodies that the compiler makes up.
 */
import { InternalError } from '@go-ts/base';
import { type Entry, entries, type EntryType } from '@go-ts/runtime';
import { FuncSym } from './sym.ts';
import type { TypeTable } from './type-table.ts';
import type { Type } from './type.ts';

export class RuntimeFuncs {
  readonly #types: TypeTable;
  readonly #funcs = new Map<string, FuncSym>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  entry(name: string): Entry {
    const entry = entries.get(name);
    if (entry === undefined) throw new InternalError(`no runtime entry ${name}`);
    return entry;
  }

  /** `runtime.NAME` as the table of entry points (runtime/entry) describes it. */
  lookup(name: string): FuncSym {
    let sym = this.#funcs.get(name);
    if (sym === undefined) {
      sym = this.#make(this.entry(name));
      this.#funcs.set(name, sym);
    }
    return sym;
  }

  #make(entry: Entry): FuncSym {
    const params = entry.params.map((t) => this.#typeOf(t));
    const results = entry.results.map((t) => this.#typeOf(t));
    return new FuncSym({
      name: entry.symbol,
      pkgPath: 'runtime',
      type: this.#types.func(params, results, false),
      pragma: 0,
      hasBody: false,
      dupok: false,
      isMethod: false,
      origin: null,
    });
  }

  /** A type that is passed as the entry's is. */
  #typeOf(t: EntryType): Type {
    const types = this.#types;
    switch (t) {
      case 'ptr':
        return types.unsafePointer;
      case 'iface':
        return types.emptyInterface;
      case 'slice':
        return types.slice(types.uint8);
      case 'bytes16':
        return types.array(types.uint8, 16);
      default:
        return types[t];
    }
  }
}
