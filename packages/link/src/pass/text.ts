/**
 * Orders functions and gives them addresses.
 *
 * Packages come in post-order of imports, those of the runtime first, so that callees tend to lie
 * near callers and before them. Within a package: its own functions in object order, then the shared
 * (dup-ok) ones that no earlier package brought. Functions of the FIPS module are moved together
 * behind the others, between their two markers.
 *
 * GOROOT: src/cmd/link/internal/loader/loader.go (AssignTextSymbolOrder), ld/data.go (textaddress).
 */
import { BitSet } from '@go-ts/base';
import { u32At } from '@go-ts/objfile/bytes';
import { isTextKind, SymFlagDupok } from '@go-ts/objfile/sym';
import { runtimePackages } from '@go-ts/runtime/entry/special';
import { MINFUNC } from '@go-ts/runtime/layout/pclntab';
import { STEXT, STEXTEND } from '../kind.ts';
import { AttrMade, AttrReachable, type Library, type Loader, type Sym } from '../loader/loader.ts';
import { LinkFailure } from '../options.ts';
import { roundUp, Section, type Segments } from '../section.ts';
import { type ArchTarget } from '../target/target.ts';

/** Reachable functions in the order of their addresses; `first` are the linker's own. */
export function orderText(ldr: Loader, first: readonly Sym[]): Sym[] {
  const own = new Map<Library, Sym[]>();
  const shared = new Map<Library, Sym[]>();
  for (const lib of ldr.libs) {
    own.set(lib, []);
    shared.set(lib, []);
  }
  for (const obj of ldr.objs) {
    if (obj === null) continue;
    const { r, syms } = obj;
    const libOwn = own.get(obj.lib)!;
    const libShared = shared.get(obj.lib)!;
    for (let li = 0; li < r.ndef; li++) {
      const at = r.symAt(li);
      if (!isTextKind(r.bytes[at + 10]!)) continue;
      const s = syms[li]!;
      if ((ldr.attr[s]! & AttrReachable) === 0) continue;
      const isElsewhere = ldr.objOf[s] !== obj.index || ldr.localOf[s] !== li;
      const isDupok = (r.bytes[at + 11]! & SymFlagDupok) !== 0;
      // A function that deadcode rewrote goes with the shared ones, only to have upstream's layout.
      const isRewritten = (ldr.attr[s]! & AttrMade) !== 0;
      if (isElsewhere || isDupok || isRewritten) libShared.push(s);
      else libOwn.push(s);
    }
  }

  const text = first.filter((s) => ldr.isReachable(s));
  const placed = new BitSet(ldr.count);
  const place = (s: Sym) => {
    if (!placed.add(s)) return;
    text.push(s);
    ldr.obj(s)?.text.push(s);
  };
  const order = postorder(ldr.libs);
  for (const isRuntime of [true, false]) {
    for (const lib of order) {
      if (runtimePackages.has(lib.path) !== isRuntime) continue;
      own.get(lib)!.forEach(place);
      shared.get(lib)!.forEach(place);
    }
  }
  return text;
}

/** Imports before importers. */
export function postorder(libs: readonly Library[]): Library[] {
  const order: Library[] = [];
  const state = new Map<Library, 'open' | 'done'>();
  const visit = (lib: Library) => {
    const seen = state.get(lib);
    if (seen === 'done') return;
    if (seen === 'open') {
      throw new LinkFailure(`found import cycle while visiting ${lib.path}`);
    }
    state.set(lib, 'open');
    lib.imports.forEach(visit);
    state.set(lib, 'done');
    order.push(lib);
  };
  libs.forEach(visit);
  return order;
}

/** Sorts `text` by kind and assigns addresses from `textAddr` on. */
export function placeText(
  ldr: Loader,
  segments: Segments,
  text: Sym[],
  textAddr: number,
  arch: ArchTarget,
): void {
  text.sort((a, b) => ldr.kind[a]! - ldr.kind[b]!);
  const section = addSection(ldr, segments.text, '.text', 5);
  section.align = arch.funcAlign;
  const start = ldr.defineMark('runtime.text', STEXT, 0);
  const end = ldr.defineMark('runtime.etext', STEXTEND, 0);
  let addr = roundUp(textAddr, arch.funcAlign);
  section.addr = addr;
  for (const s of text) {
    const align = Math.max(ldr.align[s]!, arch.funcAlign);
    if (section.align < align) section.align = align;
    addr = roundUp(addr, align);
    ldr.sect[s] = section.index;
    ldr.value[s] = addr;
    // The byte deltas of findfunctab rely on a least size.
    addr += Math.max(ldr.size[s]!, MINFUNC);
  }
  if (addr - section.addr > arch.callReach) {
    throw new LinkFailure(
      `text of ${addr - section.addr} bytes needs trampolines, which ${arch.name} has none of yet`,
    );
  }
  // One instruction past etext, so that it does not collide with the next symbol.
  section.length = addr - section.addr + arch.minLC;
  ldr.sect[start] = ldr.sect[end] = section.index;
  ldr.value[start] = section.addr;
  ldr.value[end] = addr;
}

export function addSection(
  ldr: Loader,
  segment: Segments[keyof Segments],
  name: string,
  rwx: number,
): Section {
  const section = new Section(name, rwx, segment, ldr.sections.length);
  ldr.sections.push(section);
  segment.sections.push(section);
  return section;
}

/** Offset of `s` from the start of text, as functab and method tables have it. */
export function textOffset(ldr: Loader, s: Sym, textStart: number): number {
  const off = ldr.value[s]! - textStart;
  if (off < 0 || off > 0xffff_ffff) {
    throw new LinkFailure(`${ldr.name(s)}: text offset out of range: ${off}`);
  }
  return off;
}

/** Number of inlined calls in a FuncInfo record, and where the first is. */
export function inlTreeAt(info: Uint8Array): { count: number; at: number } {
  const at = 20 + 4 * u32At(info, 16);
  return { count: u32At(info, at), at: at + 4 };
}
