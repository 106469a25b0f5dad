/**
 * Checks that chains of functions without stack check fit into the room that is always there.
 *
 * A function that may grow its stack guarantees a fixed number of bytes below its callees. From
 * there, each function marked NOSPLIT adds what its pc-sp table says at the call, plus what its
 * callee needs; a function with a check needs only the call of morestack, an indirect call is taken
 * to lead to one. Recursion without check never fits.
 *
 * DEVIATION: upstream's report of a chain over the limit also lists indirect calls beside it, as
 * infinite cycles; ours lists only what is over the limit.
 *
 * GOROOT: src/cmd/link/internal/ld/stackcheck.go (rules, wording); contract 4.5.
 */
import { isDirectCall, R_CALLIND } from '@go-ts/objfile/reloc';
import { AuxPcsp } from '@go-ts/objfile/sym';
import { type Target } from '@go-ts/runtime';
import { StackNosplitBase } from '@go-ts/runtime/layout/funcdata';
import { AttrNoSplit, type Loader, RelocCursor, type Sym } from '../loader/loader.ts';
import { PcIter } from '../pciter.ts';

/** A height that stands for endless recursion. */
const cycle = 0x7fff;
const notVisited = -1;
/** Stands for the target of an indirect call. */
const indirect: Sym = -1;

interface Edge {
  readonly growth: number;
  /** 0 for growth without a call. */
  readonly target: Sym;
}

export function checkStacks(ldr: Loader, text: readonly Sym[], target: Target): string[] {
  const checker = new StackChecker(ldr, target);
  const failed = text.filter((s) => checker.height(s) > checker.limit);
  return failed.length === 0 ? [] : checker.report(failed);
}

class StackChecker {
  readonly limit: number;
  readonly #ldr: Loader;
  readonly #callSize: number;
  readonly #minLC: number;
  readonly #morestack: Sym;
  readonly #heights: Int16Array;

  constructor(ldr: Loader, target: Target) {
    this.#ldr = ldr;
    // amd64's call pushes the return address; arm64 saves the frame pointer below SP.
    this.#callSize = target.goarch === 'amd64' ? 8 : 0;
    this.limit = StackNosplitBase - 8;
    this.#minLC = target.arch.minLC;
    this.#morestack = ldr.lookup('runtime.morestack');
    this.#heights = new Int16Array(ldr.count).fill(notVisited);
  }

  /** Bytes that `s` and what it calls may use below its caller's stack pointer. */
  height(s: Sym): number {
    if (s === indirect) return this.#callSize;
    const known = this.#heights[s]!;
    if (known !== notVisited) return known;
    this.#heights[s] = cycle;
    let max = 0;
    this.#visitEdges(s, (growth, target) => {
      const height = growth + (target === 0 ? 0 : this.height(target));
      if (height > max) max = height;
    });
    if (max > cycle) max = cycle;
    this.#heights[s] = max;
    return max;
  }

  #visitEdges(s: Sym, visit: (growth: number, target: Sym) => void): void {
    const ldr = this.#ldr;
    // Past morestack the stack is another one; foreign functions run on the system stack.
    if (s === this.#morestack || ldr.funcInfo(s).length === 0) return;
    if (!ldr.has(s, AttrNoSplit)) {
      visit(this.#callSize, this.#morestack);
      return;
    }
    const c = new RelocCursor(ldr);
    c.start(s);
    let hasReloc = c.next();
    let deepest = 0;
    let deepestCall = 0;
    const it = new PcIter(this.#minLC);
    for (it.init(ldr.data(ldr.aux(s, AuxPcsp))); !it.done; it.next()) {
      if (it.value > deepest) deepest = it.value;
      for (; hasReloc && c.off < it.nextPC; hasReloc = c.next()) {
        if (!isDirectCall(c.type) && c.type !== R_CALLIND) continue;
        const growth = it.value + this.#callSize;
        const target = c.type === R_CALLIND ? indirect : c.sym;
        deepestCall = Math.max(deepestCall, growth + this.height(target));
        visit(growth, target);
      }
    }
    if (deepest > deepestCall) visit(deepest, 0);
  }

  #name(s: Sym): string {
    if (s === indirect) return 'indirect';
    return s === 0 ? 'leaf' : `${this.#ldr.name(s)}<${this.#ldr.abi(s)}>`;
  }

  /** Messages for chains that start in functions nobody in the failing graph calls. */
  report(failed: readonly Sym[]): string[] {
    const graph = new Map<Sym, Edge[]>();
    const collect = (s: Sym) => {
      if (s === 0 || graph.has(s)) return;
      const edges: Edge[] = [];
      graph.set(s, edges);
      if (s === indirect) {
        edges.push({ growth: this.#callSize, target: this.#morestack });
      } else {
        this.#visitEdges(s, (growth, target) => {
          edges.push({ growth, target });
        });
      }
      for (const { target } of edges) collect(target);
    };
    for (const s of failed) collect(s);
    return this.#roots(graph).map((root) => {
      const lines = [`${this.#ldr.name(root)}: nosplit stack over ${this.limit} byte limit`];
      this.#printChains(graph, [{ growth: 0, target: root }], this.limit, new Set(), lines);
      return lines.join('\n');
    });
  }

  #roots(graph: ReadonlyMap<Sym, readonly Edge[]>): Sym[] {
    const roots = new Set(graph.keys());
    const seen = new Set<Sym>();
    const drop = (s: Sym, origin: Sym) => {
      for (const { target } of graph.get(s) ?? []) {
        if (target === origin || target === 0) continue;
        roots.delete(target);
        if (seen.has(target)) continue;
        seen.add(target);
        drop(target, origin);
      }
    };
    for (const s of roots) {
      seen.clear();
      drop(s, s);
    }
    const height = (s: Sym) => (s === indirect ? this.#callSize : this.#heights[s]!);
    return [...roots].sort((a, b) => height(b) - height(a) || a - b);
  }

  // oxlint-disable-next-line max-params -- the state of one recursive walk
  #printChains(
    graph: ReadonlyMap<Sym, readonly Edge[]>,
    chain: readonly Edge[],
    depth: number,
    printed: Set<Edge>,
    lines: string[],
  ): void {
    const { target } = chain.at(-1)!;
    const isCycle = chain.slice(0, -1).some((edge) => edge.target === target) && target !== 0;
    const edges = isCycle ? [] : (graph.get(target) ?? []);
    for (const edge of edges) {
      this.#printChains(graph, [...chain, edge], depth - edge.growth, printed, lines);
    }
    if (edges.length > 0 || (depth >= 0 && !isCycle)) return;
    chain.forEach((edge, i) => {
      if (printed.has(edge)) return;
      printed.add(edge);
      if (i === 0) {
        lines.push(this.#name(edge.target));
        return;
      }
      const call = edge.target === 0 ? '' : `, calls ${this.#name(edge.target)}`;
      lines.push(`${'    '.repeat(i)}grows ${edge.growth} bytes${call}`);
    });
    const indent = '    '.repeat(chain.length - 1);
    lines.push(isCycle ? `${indent}infinite cycle` : `${indent}${-depth} bytes over limit`);
  }
}
