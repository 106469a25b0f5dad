/**
 * The symbol table that nm, gdb and profilers read: first local symbols, then global ones; within
 * each functions by address, then data by number.
 *
 * Left out: what only a carrier (`type:*`) stands for, what has no name or a name with a leading
 * dot, thread-local storage. A function that exists for both ABIs has the ABI0 one renamed `.abi0`;
 * `·` becomes `.` for tools that know ASCII only.
 *
 * GOROOT: src/cmd/link/internal/ld/symtab.go (genelfsym, putelfsym, mangleABIName).
 */
import { ByteWriter } from '@go-ts/objfile/bytes';
import { ABI0, ABIInternal, ABIStatic } from '@go-ts/objfile/sym';
import { isText, SELFRXSECT, SFirstUnallocated, STLSBSS } from '../../kind.ts';
import {
  AttrHashed,
  AttrLocal,
  AttrNotInSymbolTable,
  AttrReachable,
  type Loader,
  type Sym,
} from '../../loader/loader.ts';
import { type Section } from '../../section.ts';
import { type ElfSymbols } from './write.ts';

const STB_LOCAL = 0;
const STB_GLOBAL = 1;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_FILE = 4;
const SHN_ABS = 0xfff1;

interface Entry {
  readonly sym: Sym;
  readonly type: number;
  readonly name: string;
  readonly isLocal: boolean;
}

export function elfSymbols(
  ldr: Loader,
  text: readonly Sym[],
  sectionIndex: (section: Section) => number,
): ElfSymbols {
  const table = new ByteWriter(1 << 18);
  const strings = new ByteWriter(1 << 18);
  let count = 0;
  // oxlint-disable-next-line max-params -- the fields of an entry
  const put = (name: number, info: number, shndx: number, addr: number, size: number) => {
    table.u32(name);
    table.u8(info);
    table.u8(0);
    table.u16(shndx);
    table.u64(addr);
    table.u64(size);
    count++;
  };
  strings.u8(0);
  put(0, 0, 0, 0, 0);
  const fileName = strings.length;
  strings.text('go.go\0');
  put(fileName, (STB_LOCAL << 4) | STT_FILE, SHN_ABS, 0, 0);

  const entries = collect(ldr, text);
  let firstGlobal = 0;
  for (const bind of [STB_LOCAL, STB_GLOBAL]) {
    if (bind === STB_GLOBAL) firstGlobal = count;
    for (const { sym, type, name, isLocal } of entries) {
      if (isLocal !== (bind === STB_LOCAL)) continue;
      const outer = ldr.outer[sym]!;
      const section = ldr.section(outer === 0 ? sym : outer);
      if (section === null) continue;
      const at = strings.length;
      strings.text(name);
      strings.u8(0);
      put(at, (bind << 4) | type, sectionIndex(section), ldr.value[sym]!, ldr.size[sym]!);
    }
  }
  return { table: table.take(), strings: strings.take(), firstGlobal };
}

function collect(ldr: Loader, text: readonly Sym[]): Entry[] {
  const entries: Entry[] = [];
  const add = (sym: Sym, type: number) => {
    const name = ldr.name(sym);
    const a = ldr.attr[sym]!;
    const abi = ldr.abi(sym);
    const isLocal =
      (a & AttrLocal) !== 0 ||
      (abi === ABIStatic && !name.includes('..stmp_')) ||
      ((a & AttrHashed) !== 0 && isText(ldr.kind[sym]!));
    entries.push({ sym, type, name: printedName(ldr, sym, name, abi), isLocal });
  };
  add(ldr.lookup('runtime.text'), STT_FUNC);
  for (const s of text) add(s, STT_FUNC);
  add(ldr.lookup('runtime.etext'), STT_FUNC);
  for (let s = 1; s < ldr.count; s++) {
    if ((ldr.attr[s]! & (AttrReachable | AttrNotInSymbolTable)) !== AttrReachable) continue;
    const kind = ldr.kind[s]!;
    if (kind < SELFRXSECT || kind >= SFirstUnallocated || kind === STLSBSS) continue;
    const name = ldr.name(s);
    if (name !== '' && !name.startsWith('.')) add(s, STT_OBJECT);
  }
  return entries;
}

function printedName(ldr: Loader, s: Sym, name: string, abi: number): string {
  let printed = name;
  if (abi === ABI0 && isText(ldr.kind[s]!)) {
    const twin = ldr.lookup(name, ABIInternal);
    if (twin !== 0 && isText(ldr.kind[twin]!)) printed += '.abi0';
  }
  return printed.includes('·') ? printed.replaceAll('·', '.') : printed;
}
