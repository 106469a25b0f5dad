/**
 * What a symbol is, in numbers: references, kinds, ABIs, attribute bits.
 *
 * A reference is a pair (PkgIdx, SymIdx): which list, which element. (0, 0) is none. A package index
 * below the special values counts entries of the object's package table.
 *
 * GOROOT: src/cmd/internal/goobj/objfile.go, src/cmd/internal/objabi/symkind.go (1.27: the bits of
 * the second flag byte after Linkname differ from 1.24's).
 */

export interface SymRef {
  readonly pkgIdx: number;
  readonly symIdx: number;
}

/** Non-package symbols, by name: Nonpkgdef, then Nonpkgref. */
export const PkgIdxNone = 0x7fff_ffff;
export const PkgIdxHashed64 = PkgIdxNone - 1;
export const PkgIdxHashed = PkgIdxNone - 2;
export const PkgIdxBuiltin = PkgIdxNone - 3;
export const PkgIdxSelf = PkgIdxNone - 4;
export const PkgIdxInvalid = 0;

// Symbol kinds.
export const Sxxx = 0;
export const STEXT = 1;
export const STEXTFIPS = 2;
export const SRODATA = 3;
export const SRODATAFIPS = 4;
export const SNOPTRDATA = 5;
export const SNOPTRDATAFIPS = 6;
export const SDATA = 7;
export const SDATAFIPS = 8;
export const SBSS = 9;
export const SNOPTRBSS = 10;
export const STLSBSS = 11;
export const SDWARFCUINFO = 12;
export const SDWARFCONST = 13;
export const SDWARFFCN = 14;
export const SDWARFABSFCN = 15;
export const SDWARFTYPE = 16;
export const SDWARFVAR = 17;
export const SDWARFRANGE = 18;
export const SDWARFLOC = 19;
export const SDWARFLINES = 20;
export const SDWARFADDR = 21;
export const SLIBFUZZER_8BIT_COUNTER = 22;
export const SCOVERAGE_COUNTER = 23;
export const SCOVERAGE_AUXVAR = 24;
export const SSEHUNWINDINFO = 25;

/** Names by number, for dumps. */
export const symKindNames: readonly string[] = [
  'Sxxx',
  'STEXT',
  'STEXTFIPS',
  'SRODATA',
  'SRODATAFIPS',
  'SNOPTRDATA',
  'SNOPTRDATAFIPS',
  'SDATA',
  'SDATAFIPS',
  'SBSS',
  'SNOPTRBSS',
  'STLSBSS',
  'SDWARFCUINFO',
  'SDWARFCONST',
  'SDWARFFCN',
  'SDWARFABSFCN',
  'SDWARFTYPE',
  'SDWARFVAR',
  'SDWARFRANGE',
  'SDWARFLOC',
  'SDWARFLINES',
  'SDWARFADDR',
  'SLIBFUZZER_8BIT_COUNTER',
  'SCOVERAGE_COUNTER',
  'SCOVERAGE_AUXVAR',
  'SSEHUNWINDINFO',
];

export function isTextKind(kind: number): boolean {
  return kind === STEXT || kind === STEXTFIPS;
}

/** Also the ABI of every data symbol. */
export const ABI0 = 0;
export const ABIInternal = 1;
/** In place of an ABI: the symbol is local to its file and has no entry in the name table. */
export const ABIStatic = 0xffff;

// First flag byte.
export const SymFlagDupok = 1;
export const SymFlagLocal = 2;
export const SymFlagTypelink = 4;
export const SymFlagLeaf = 8;
export const SymFlagNoSplit = 16;
export const SymFlagReflectMethod = 32;
export const SymFlagGoType = 64;

// Second flag byte.
export const SymFlagUsedInIface = 1;
export const SymFlagItab = 2;
export const SymFlagDict = 4;
export const SymFlagPkgInit = 8;
export const SymFlagLinkname = 16;
export const SymFlagLinknameStd = 32;
export const SymFlagABIWrapper = 64;
export const SymFlagWasmExport = 128;

// Flags of a whole object.
export const ObjFlagShared = 1;
export const ObjFlagFromAssembly = 4;
/** Compiled without -p. */
export const ObjFlagUnlinkable = 8;
export const ObjFlagStd = 16;

// Auxiliary symbols of a symbol.
export const AuxGotype = 0;
export const AuxFuncInfo = 1;
export const AuxFuncdata = 2;
export const AuxDwarfInfo = 3;
export const AuxDwarfLoc = 4;
export const AuxDwarfRanges = 5;
export const AuxDwarfLines = 6;
export const AuxPcsp = 7;
export const AuxPcfile = 8;
export const AuxPcline = 9;
export const AuxPcinline = 10;
export const AuxPcdata = 11;
export const AuxWasmImport = 12;
export const AuxWasmType = 13;
export const AuxSehUnwindInfo = 14;

export const auxNames: readonly string[] = [
  'Gotype',
  'FuncInfo',
  'Funcdata',
  'DwarfInfo',
  'DwarfLoc',
  'DwarfRanges',
  'DwarfLines',
  'Pcsp',
  'Pcfile',
  'Pcline',
  'Pcinline',
  'Pcdata',
  'WasmImport',
  'WasmType',
  'SehUnwindInfo',
];
