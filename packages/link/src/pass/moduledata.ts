/**
 * Defines the marks that the runtime reads (runtime.data, runtime.etypes, …), sorts symbols into
 * groups, and fills in runtime.firstmoduledata.
 *
 * Groups: Go strings, GC masks, type descriptors with itabs, func values and lazily built masks each
 * lie together and appear in the symbol table under one carrier's name (`type:*`).
 *
 * GOROOT: src/cmd/link/internal/ld/symtab.go (symtab), src/runtime/symtab.go; contract 11.5.
 */
import { utf8 } from '@go-ts/objfile/bytes';
import { R_ADDR } from '@go-ts/objfile/reloc';
import { ModuledataLayout } from '@go-ts/runtime/layout/moduledata';
import * as K from '../kind.ts';
import {
  AttrItab,
  AttrLocal,
  AttrNotInSymbolTable,
  AttrReachable,
  AttrSpecial,
  type Loader,
  type Made,
  type Sym,
} from '../loader/loader.ts';
import { type Pclntab } from './pclntab.ts';

/** Before dead code is known: what moduledata will be, and the thread-local slot. */
export function defineEarly(ldr: Loader): Sym {
  const tlsg = ldr.define('runtime.tlsg', K.STLSBSS);
  ldr.size[tlsg] = 8;
  const moduledata = ldr.define('runtime.firstmoduledata', K.SMODULEDATA);
  ldr.update(moduledata, 'fresh');
  disableUnusedProfiling(ldr);
  return moduledata;
}

/** A program that never asks for the memory profile need not sample allocations. */
function disableUnusedProfiling(ldr: Loader): void {
  const profile = ldr.lookup('runtime.memProfileInternal', 1);
  if (profile === 0 || ldr.isReachable(profile)) return;
  const s = ldr.lookupOrCreate('runtime.disableMemoryProfiling');
  ldr.kind[s] = K.SNOPTRDATA;
  ldr.setData(s, Uint8Array.of(1));
}

/** Marks whose addresses the layout sets, in the order of upstream's symbol numbers. */
const marks: readonly (readonly [string, number])[] = [
  ['runtime.rodata', K.SRODATA],
  ['runtime.erodata', K.SRODATAEND],
  ['runtime.types', K.SRODATA],
  ['runtime.etypes', K.SRODATA],
  ['runtime.noptrdata', K.SNOPTRDATA],
  ['runtime.enoptrdata', K.SNOPTRDATAEND],
  ['runtime.data', K.SDATA],
  ['runtime.edata', K.SDATAEND],
  ['runtime.bss', K.SBSS],
  ['runtime.ebss', K.SBSS],
  ['runtime.noptrbss', K.SNOPTRBSS],
  ['runtime.enoptrbss', K.SNOPTRBSS],
  ['runtime.gcmask.*', K.SNOPTRBSS],
  ['runtime.covctrs', K.SNOPTRBSS],
  ['runtime.ecovctrs', K.SNOPTRBSS],
  ['runtime.end', K.SBSS],
  ['runtime.epclntab', K.SRODATA],
];

export interface Groups {
  /** By symbol: the kind to lay it out with, 0 for its own. */
  readonly kindOf: Uint8Array;
  /** Offsets in moduledata of fields that the layout of types fills in. */
  readonly moduledata: Sym;
}

export interface ModuledataInputs {
  readonly moduledata: Sym;
  readonly pcln: Pclntab;
  readonly inittasks: Sym;
  readonly textLength: number;
}

export function makeModuledata(ldr: Loader, inputs: ModuledataInputs): Groups {
  for (const [name, kind] of marks) ldr.defineMark(name, kind, 0);
  ldr.size[ldr.define('runtime.gcdata', K.SRODATA)] = 0;
  ldr.defineMark('runtime.egcdata', K.SRODATA, 0);
  ldr.size[ldr.define('runtime.gcbss', K.SRODATA)] = 0;
  ldr.defineMark('runtime.egcbss', K.SRODATA, 0);
  const kindOf = groupSymbols(ldr);
  const textsectionmap = makeTextsectionmap(ldr, inputs.textLength);
  fillModuledata(ldr, inputs, textsectionmap);
  return { kindOf, moduledata: inputs.moduledata };
}

function carrier(ldr: Loader, name: string, kind: number): Sym {
  const s = ldr.define(name, kind);
  ldr.size[s] = 0;
  ldr.align[s] = 8;
  return s;
}

const prefixString = utf8('go:string.');
const prefixGCBits = utf8('runtime.gcbits.');
const prefixType = utf8('type:');
const prefixGCMask = utf8('type:.gcmask.');
const suffixFunc = utf8('·f');

function groupSymbols(ldr: Loader): Uint8Array {
  const typeStar = carrier(ldr, 'type:*', K.STYPE);
  const strings = carrier(ldr, 'go:string.*', K.SGOSTRING);
  const funcs = carrier(ldr, 'go:funcdesc', K.SGOFUNC);
  const gcbits = carrier(ldr, 'runtime.gcbits.*', K.SGCBITS);
  const gcmask = carrier(ldr, 'runtime.gcmask.*', K.SGCMASK);
  for (const s of [strings, funcs, gcbits, gcmask]) ldr.set(s, AttrLocal);

  const kindOf = new Uint8Array(ldr.count + 1024);
  const { attr, kind } = ldr;
  const put = (s: Sym, group: number, under: Sym) => {
    kindOf[s] = group;
    attr[s] = attr[s]! | AttrNotInSymbolTable;
    ldr.outer[s] = under;
  };
  for (let s = 1; s < ldr.count; s++) {
    const a = attr[s]!;
    const isHidden = (a & AttrReachable) === 0 || (a & AttrSpecial) !== 0;
    if (isHidden) continue;
    const obj = ldr.obj(s);
    if (obj !== null && !obj.isAssembly && ldr.isStatic(s)) attr[s] = a | AttrNotInSymbolTable;
    const k = kind[s]!;
    if (k === K.SCOVERAGE_COUNTER) attr[s] = attr[s]! | AttrNotInSymbolTable;
    if (k === K.SNOPTRBSS && ldr.hasPrefix(s, prefixGCMask)) put(s, K.SGCMASK, gcmask);
    if (k !== K.SRODATA) continue;
    if (ldr.hasPrefix(s, prefixString)) put(s, K.SGOSTRING, strings);
    else if (ldr.hasPrefix(s, prefixGCBits)) put(s, K.SGCBITS, gcbits);
    else if (ldr.hasSuffix(s, suffixFunc)) put(s, K.SGOFUNC, funcs);
    else if (ldr.hasPrefix(s, prefixType) || (a & AttrItab) !== 0) put(s, K.STYPE, typeStar);
  }
  return kindOf;
}

/** One text section: {start, end, address}. */
function makeTextsectionmap(ldr: Loader, textLength: number): Sym {
  const s = ldr.define('runtime.textsectionmap', K.SRODATA);
  const made = ldr.update(s, 'fresh');
  made.data.u64(0);
  made.data.u64(textLength);
  made.addAddr(ldr.lookup('runtime.text'));
  ldr.size[s] = made.data.length;
  return s;
}

function fillModuledata(ldr: Loader, inputs: ModuledataInputs, textsectionmap: Sym): void {
  const { moduledata, pcln, inittasks } = inputs;
  const { at } = ModuledataLayout;
  const made = ldr.update(moduledata, 'fresh');
  const { data } = made;
  data.zeros(ModuledataLayout.size);
  ldr.size[moduledata] = ModuledataLayout.size;

  const w = new FieldWriter(made);
  w.addr(at.pcHeader, pcln.pcheader);
  w.slice(at.funcnametab, pcln.funcnametab, ldr.size[pcln.funcnametab]!);
  w.slice(at.cutab, pcln.cutab, Math.floor(ldr.size[pcln.cutab]! / 4));
  w.slice(at.filetab, pcln.filetab, ldr.size[pcln.filetab]!);
  w.slice(at.pctab, pcln.pctab, ldr.size[pcln.pctab]!);
  w.slice(at.pclntable, pcln.functab, ldr.size[pcln.functab]!);
  w.slice(at.ftab, pcln.functab, pcln.nfunc + 1);
  w.addr(at.findfunctab, pcln.findfunctab);
  w.addr(at.minpc, pcln.firstFunc);
  w.addr(at.maxpc, pcln.lastFunc, ldr.size[pcln.lastFunc]);
  const named: readonly (readonly [number, string])[] = [
    [at.text, 'runtime.text'],
    [at.etext, 'runtime.etext'],
    [at.noptrdata, 'runtime.noptrdata'],
    [at.enoptrdata, 'runtime.enoptrdata'],
    [at.data, 'runtime.data'],
    [at.edata, 'runtime.edata'],
    [at.bss, 'runtime.bss'],
    [at.ebss, 'runtime.ebss'],
    [at.noptrbss, 'runtime.noptrbss'],
    [at.enoptrbss, 'runtime.enoptrbss'],
    [at.covctrs, 'runtime.covctrs'],
    [at.ecovctrs, 'runtime.ecovctrs'],
    [at.end, 'runtime.end'],
    [at.gcdata, 'runtime.gcdata'],
    [at.gcbss, 'runtime.gcbss'],
    [at.types, 'runtime.types'],
    [at.etypes, 'runtime.etypes'],
    [at.rodata, 'runtime.rodata'],
    [at.gofunc, 'go:func.*'],
    [at.epclntab, 'runtime.epclntab'],
  ];
  for (const [off, name] of named) w.addr(off, ldr.lookup(name));
  w.slice(at.textsectmap, textsectionmap, 1);
  if (inittasks !== 0) w.slice(at.inittasks, inittasks, ldr.size[inittasks]! / 8);
  data.patch8(at.hasmain, 1);

  const last = ldr.lookupOrCreate('runtime.lastmoduledatap');
  ldr.set(last, AttrReachable);
  ldr.kind[last] = K.SNOPTRDATA;
  ldr.update(last, 'fresh').addAddr(moduledata);
  ldr.size[last] = 8;
}

class FieldWriter {
  readonly #made: Made;

  constructor(made: Made) {
    this.#made = made;
  }

  addr(off: number, s: Sym, add = 0): void {
    this.#made.addReloc(off, 8, R_ADDR, add, s);
  }

  slice(off: number, s: Sym, length: number): void {
    this.addr(off, s);
    this.word(off + 8, length);
    this.word(off + 16, length);
  }

  word(off: number, x: number): void {
    this.#made.data.patch32(off, x);
    this.#made.data.patch32(off + 4, Math.floor(x / 0x1_0000_0000));
  }
}
