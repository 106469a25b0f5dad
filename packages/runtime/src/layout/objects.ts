/**
 * Run-time structures whose fields compiled code or the linker touches.
 * GOROOT: src/runtime/{runtime2,chan,select,proc,symtab,plugin}.go, src/internal/runtime/maps/{map,table}.go.
 */
import { layout } from './layout.ts';

export const GLayout = layout('runtime', 'g', -1, {
  stack: 0,
  stackguard0: 16,
  stackguard1: 24,
  _panic: 32,
  _defer: 40,
  m: 48,
  sched: 56,
});

export const DeferLayout = layout('runtime', '_defer', 48, {
  heap: 0,
  rangefunc: 1,
  sp: 8,
  pc: 16,
  fn: 24,
  link: 32,
  head: 40,
});

export const HchanLayout = layout('runtime', 'hchan', -1, { qcount: 0, dataqsiz: 8, buf: 16 });
export const ScaseLayout = layout('runtime', 'scase', 16, { c: 0, elem: 8 });

/** Followed by nfns code pointers. */
export const InitTaskLayout = layout('runtime', 'initTask', 8, { state: 0, nfns: 4 });

export const MapLayout = layout('internal/runtime/maps', 'Map', 48, {
  used: 0,
  seed: 8,
  dirPtr: 16,
  dirLen: 24,
  globalDepth: 32,
  globalShift: 33,
  writing: 34,
  tombstonePossible: 35,
  clearSeq: 40,
});

export const MapIterLayout = layout('internal/runtime/maps', 'Iter', 96, {
  key: 0,
  elem: 8,
  typ: 16,
  m: 24,
  entryOffset: 32,
  dirOffset: 40,
  clearSeq: 48,
  globalDepth: 56,
  dirIdx: 64,
  tab: 72,
  group: 80,
  entryIdx: 88,
});
