/**
 * Which ABIs the package's assembly defines and uses, and so which wrappers are to be made.
 *
 * A function with a Go body is defined in ABIInternal; one that assembly defines, in that ABI. Every
 * function counts as used in ABIInternal, in ABI0 too if assembly or a linkname says so. For each ABI
 * in which a function is used but not defined there is a wrapper of the same name.
 *
 * GOROOT: src/cmd/compile/internal/ssagen/abi.go; contract §1.5.
 */
import { type FuncSym, Pragma } from './ir/sym.ts';

export interface AsmAbis {
  /** ABI (0, 1) by linker name. */
  readonly defs: ReadonlyMap<string, number>;
  readonly refs: ReadonlyMap<string, ReadonlySet<0 | 1>>;
}

export function parseSymabis(text: string): AsmAbis {
  const defs = new Map<string, number>();
  const refs = new Map<string, Set<0 | 1>>();
  for (const line of text.split('\n')) {
    const [kind, name, abi] = line.trim().split(/\s+/);
    if (name === undefined || abi === undefined || kind!.startsWith('#')) continue;
    const n = abi === 'ABIInternal' ? 1 : 0;
    if (kind === 'def') defs.set(name, n);
    else if (kind === 'ref') {
      let set = refs.get(name);
      if (set === undefined) refs.set(name, (set = new Set()));
      set.add(n);
    }
  }
  return { defs, refs };
}

export interface WrapperNeed {
  /** The ABI in which assembly defines the function, -1 if it does not. */
  readonly asmAbi: number;
  /** The ABIs to make wrappers for. */
  readonly wrap: readonly (0 | 1)[];
}

export function wrappersFor(f: FuncSym, hasBody: boolean, abis: AsmAbis): WrapperNeed {
  const asmAbi = hasBody ? -1 : (abis.defs.get(f.name) ?? -1);
  const cgo = (f.pragma & Pragma.CgoUnsafeArgs) !== 0;
  const defined = hasBody ? (cgo ? 0 : 1) : asmAbi;
  if (defined < 0) return { asmAbi, wrap: [] };
  const used = new Set<0 | 1>([1, ...(abis.refs.get(f.name) ?? [])]);
  if ((f.pragma & (Pragma.Linkname | Pragma.LinknameStd)) !== 0) used.add(0);
  return { asmAbi, wrap: [...used].filter((abi) => abi !== defined).sort((a, b) => a - b) };
}
