/**
 * The order in which packages are initialised.
 *
 * Each package with something to do has a record `p..inittask`: state, count, functions. R_INITORDER
 * relocations lead to the records of its imports. We sort topologically; among packages that are
 * ready the one whose symbol name sorts first goes first, which the language requires.
 *
 * GOROOT: src/cmd/link/internal/ld/inittask.go; Spec: "Package initialization"; contract 10.
 */
import { compareStrings } from '@go-ts/objfile/bytes';
import { R_INITORDER } from '@go-ts/objfile/reloc';
import { SNOPTRDATA } from '../kind.ts';
import { type Loader, RelocCursor, type Sym } from '../loader/loader.ts';
import { LinkFailure } from '../options.ts';

/** A record without functions ends after its two counters. */
const emptyTaskSize = 8;

/** Makes the two lists that the runtime runs; returns the program's, 0 if there is none. */
export function makeInitTasks(ldr: Loader): Sym {
  const main = taskList(ldr, 'main..inittask', 'go:main.inittasks');
  const slice = ldr.lookup('runtime.runtime_inittasks');
  if (slice !== 0) {
    const list = taskList(ldr, 'runtime..inittask', 'go:runtime.inittasks');
    const made = ldr.update(slice, 'fresh');
    ldr.kind[slice] = SNOPTRDATA;
    const count = list === 0 ? 0 : ldr.size[list]! / 8;
    made.addAddr(list);
    made.data.u64(count);
    made.data.u64(count);
    ldr.size[slice] = made.data.length;
  }
  return main;
}

interface Node {
  readonly sym: Sym;
  readonly name: string;
  /** Imports that have not been scheduled. */
  waiting: number;
  readonly importers: Node[];
}

function taskList(ldr: Loader, root: string, listName: string): Sym {
  const rootSym = ldr.lookup(root);
  if (rootSym === 0) return 0;
  const nodes = new Map<Sym, Node>();
  const nodeOf = (sym: Sym): Node => {
    let node = nodes.get(sym);
    if (node === undefined) {
      node = { sym, name: ldr.name(sym), waiting: 0, importers: [] };
      nodes.set(sym, node);
    }
    return node;
  };
  const ready: Node[] = [];
  const c = new RelocCursor(ldr);
  nodeOf(rootSym);
  // Iterating over a map also visits what is added meanwhile.
  for (const node of nodes.values()) {
    for (c.start(node.sym); c.next();) {
      if (c.type !== R_INITORDER) continue;
      node.waiting++;
      nodeOf(c.sym).importers.push(node);
    }
    if (node.waiting === 0) ready.push(node);
  }

  // Reached by deadcode, not from the start: what it mentions must be flooded.
  const list = ldr.lookupOrCreate(listName);
  ldr.kind[list] = SNOPTRDATA;
  const made = ldr.update(list, 'fresh');
  let scheduled = 0;
  for (;;) {
    const node = takeFirst(ready);
    if (node === undefined) break;
    scheduled++;
    if (ldr.size[node.sym]! > emptyTaskSize) made.addAddr(node.sym);
    for (const importer of node.importers) {
      if (--importer.waiting === 0) ready.push(importer);
    }
  }
  if (scheduled !== nodes.size) {
    const stuck = [...nodes.values()].find((node) => node.waiting > 0)!;
    throw new LinkFailure(`inittask for ${stuck.name} is not schedulable ${stuck.waiting}`);
  }
  ldr.size[list] = made.data.length;
  return list;
}

/** Removes the node with the smallest name. A program has a few hundred. */
function takeFirst(ready: Node[]): Node | undefined {
  let best = 0;
  for (let i = 1; i < ready.length; i++) {
    if (compareStrings(ready[i]!.name, ready[best]!.name) < 0) best = i;
  }
  return ready.length === 0 ? undefined : ready.splice(best, 1)[0];
}
