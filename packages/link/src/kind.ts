/**
 * What a symbol is for the linker: a number that also says where it goes.
 *
 * Layout walks kinds in numeric order, so the order below is the order of an executable's contents:
 * text, read-only data, read-only data that a loader may have to relocate, writable data, zeroed
 * data, then everything that has no address.
 *
 * GOROOT: src/cmd/link/internal/sym/symkind.go (the order), contract 11.7.
 */
import * as S from '@go-ts/objfile/sym';

export const Sxxx = 0;
export const STEXT = 1;
export const STEXTFIPSSTART = 2;
export const STEXTFIPS = 3;
export const STEXTFIPSEND = 4;
export const STEXTEND = 5;
export const SELFRXSECT = 6;
export const SMACHOPLT = 7;
export const SSTRING = 8;
export const SGOSTRING = 9;
export const SGCBITS = 10;
export const SRODATA = 11;
export const SRODATAFIPSSTART = 12;
export const SRODATAFIPS = 13;
export const SRODATAFIPSEND = 14;
export const SRODATAEND = 15;
export const SPCLNTAB = 16;
export const SELFROSECT = 17;
export const SRODATARELRO = 18;
export const STYPE = 19;
export const SGOFUNC = 20;
export const SELFRELROSECT = 21;
export const SMACHORELROSECT = 22;
export const SFirstWritable = 23;
export const SBUILDINFO = 24;
export const SFIPSINFO = 25;
export const SELFSECT = 26;
export const SMACHO = 27;
export const SWINDOWS = 28;
export const SMODULEDATA = 29;
export const SELFGOT = 30;
export const SMACHOGOT = 31;
export const SNOPTRDATA = 32;
export const SNOPTRDATAFIPSSTART = 33;
export const SNOPTRDATAFIPS = 34;
export const SNOPTRDATAFIPSEND = 35;
export const SNOPTRDATAEND = 36;
export const SINITARR = 37;
export const SDATA = 38;
export const SDATAFIPSSTART = 39;
export const SDATAFIPS = 40;
export const SDATAFIPSEND = 41;
export const SDATAEND = 42;
export const SBSS = 44;
export const SNOPTRBSS = 45;
export const SGCMASK = 46;
export const SLIBFUZZER_8BIT_COUNTER = 47;
export const SCOVERAGE_COUNTER = 48;
export const SCOVERAGE_AUXVAR = 49;
export const STLSBSS = 50;
export const SFirstUnallocated = 51;
export const SDYNIMPORT = 57;
export const SDWARFSECT = 60;
export const SDWARFCUINFO = 61;
export const SDWARFCONST = 62;
export const SDWARFFCN = 63;
export const SDWARFABSFCN = 64;
export const SDWARFTYPE = 65;
export const SDWARFVAR = 66;
export const SDWARFRANGE = 67;
export const SDWARFLOC = 68;
export const SDWARFLINES = 69;
export const SDWARFADDR = 70;
export const SSEHUNWINDINFO = 71;
export const SSEHSECT = 72;

/** By kind in objects. */
export const kindOfObjKind: Uint8Array = (() => {
  const table = new Uint8Array(256);
  const rows: readonly (readonly [number, number])[] = [
    [S.STEXT, STEXT],
    [S.STEXTFIPS, STEXTFIPS],
    [S.SRODATA, SRODATA],
    [S.SRODATAFIPS, SRODATAFIPS],
    [S.SNOPTRDATA, SNOPTRDATA],
    [S.SNOPTRDATAFIPS, SNOPTRDATAFIPS],
    [S.SDATA, SDATA],
    [S.SDATAFIPS, SDATAFIPS],
    [S.SBSS, SBSS],
    [S.SNOPTRBSS, SNOPTRBSS],
    [S.STLSBSS, STLSBSS],
    [S.SDWARFCUINFO, SDWARFCUINFO],
    [S.SDWARFCONST, SDWARFCONST],
    [S.SDWARFFCN, SDWARFFCN],
    [S.SDWARFABSFCN, SDWARFABSFCN],
    [S.SDWARFTYPE, SDWARFTYPE],
    [S.SDWARFVAR, SDWARFVAR],
    [S.SDWARFRANGE, SDWARFRANGE],
    [S.SDWARFLOC, SDWARFLOC],
    [S.SDWARFLINES, SDWARFLINES],
    [S.SDWARFADDR, SDWARFADDR],
    [S.SLIBFUZZER_8BIT_COUNTER, SLIBFUZZER_8BIT_COUNTER],
    [S.SCOVERAGE_COUNTER, SCOVERAGE_COUNTER],
    [S.SCOVERAGE_AUXVAR, SCOVERAGE_AUXVAR],
    [S.SSEHUNWINDINFO, SSEHUNWINDINFO],
  ];
  for (const [from, to] of rows) table[from] = to;
  return table;
})();

/** The name of a kind that symbols of objects may have, for messages. */
export function kindName(kind: number): string {
  return S.symKindNames[kindOfObjKind.indexOf(kind)] ?? String(kind);
}

/** In .rodata, in this order. */
export const readOnlyKinds: readonly number[] = [
  SSTRING,
  SGOSTRING,
  SGCBITS,
  SRODATA,
  SRODATAFIPSSTART,
  SRODATAFIPS,
  SRODATAFIPSEND,
  SRODATAEND,
];

export function isText(kind: number): boolean {
  return kind >= STEXT && kind <= STEXTEND;
}

/** Any kind of variable, initialised or not. */
export function isData(kind: number): boolean {
  return kind >= SNOPTRDATA && kind <= SNOPTRBSS;
}

export function isDwarf(kind: number): boolean {
  return kind >= SDWARFSECT && kind <= SDWARFADDR;
}
