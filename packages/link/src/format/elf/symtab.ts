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
import { Span } from '../../loader/names.ts';
import { type Section } from '../../section.ts';
import { type ElfSymbols } from './write.ts';

const STB_LOCAL = 0;
const STB_GLOBAL = 1;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_FILE = 4;
const SHN_ABS = 0xfff1;

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

  const syms = collect(ldr, text);
  const isLocal = syms.map((s) => isLocalSym(ldr, s));
  const span = new Span();
  let firstGlobal = 0;
  for (const bind of [STB_LOCAL, STB_GLOBAL]) {
    if (bind === STB_GLOBAL) firstGlobal = count;
    for (let i = 0; i < syms.length; i++) {
      if (isLocal[i] !== (bind === STB_LOCAL)) continue;
      const s = syms[i]!;
      const outer = ldr.outer[s]!;
      const section = ldr.section(outer === 0 ? s : outer);
      if (section === null) continue;
      const at = strings.length;
      putName(ldr, s, span, strings);
      const type = isText(ldr.kind[s]!) ? STT_FUNC : STT_OBJECT;
      put(at, (bind << 4) | type, sectionIndex(section), ldr.value[s]!, ldr.size[s]!);
    }
  }
  return { table: table.take(), strings: strings.take(), firstGlobal };
}

function isLocalSym(ldr: Loader, s: Sym): boolean {
  const a = ldr.attr[s]!;
  if ((a & AttrLocal) !== 0) return true;
  if ((a & AttrHashed) !== 0 && isText(ldr.kind[s]!)) return true;
  return ldr.abi(s) === ABIStatic && !ldr.name(s).includes('..stmp_');
}

/** Functions in order of address, then data. */
function collect(ldr: Loader, text: readonly Sym[]): Sym[] {
  const syms = [ldr.lookup('runtime.text'), ...text, ldr.lookup('runtime.etext')];
  const span = new Span();
  for (let s = 1; s < ldr.count; s++) {
    if ((ldr.attr[s]! & (AttrReachable | AttrNotInSymbolTable)) !== AttrReachable) continue;
    const kind = ldr.kind[s]!;
    if (kind < SELFRXSECT || kind >= SFirstUnallocated || kind === STLSBSS) continue;
    const bytes = ldr.nameSpan(s, span);
    if (span.length > 0 && bytes[span.at] !== 0x2e) syms.push(s);
  }
  return syms;
}

/** Writes the name as printed, copied where nothing changes. */
function putName(ldr: Loader, s: Sym, span: Span, strings: ByteWriter): void {
  const bytes = ldr.nameSpan(s, span);
  const end = span.at + span.length;
  let isASCII = true;
  for (let i = span.at; i < end && isASCII; i++) isASCII = bytes[i]! < 0x80;
  if (isASCII) strings.bytes(bytes.subarray(span.at, end));
  else strings.text(ldr.name(s).replaceAll('·', '.'));
  if (isText(ldr.kind[s]!) && ldr.abi(s) === ABI0) {
    const twin = ldr.names.find(bytes, span, ABIInternal);
    if (twin !== 0 && isText(ldr.kind[twin]!)) strings.text('.abi0');
  }
  strings.u8(0);
}
