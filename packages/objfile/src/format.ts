/**
 * The goobj format, as numbers.
 *
 * An object is one header, one heap of string bytes, and 18 blocks of fixed-size records:
 *
 *     0   magic "\0go120ld"
 *     8   fingerprint of the export data, 8 bytes; zeros for assembly
 *     16  u32 flags
 *     20  19 u32 offsets from the magic: where each block begins, and where the last one ends
 *     96  string bytes
 *         the blocks, in the order below
 *
 * A string reference is u32 length, u32 offset. A symbol reference is u32 PkgIdx, u32 SymIdx.
 *
 * | block | record | fields |
 * |---|---:|---|
 * | Autolib | 16 | path string, fingerprint of an import |
 * | PkgIdx | 8 | path string of a package referred to by index; entry 0 is empty |
 * | File | 8 | name string |
 * | Symdef, Hashed64def, Hasheddef, Nonpkgdef, Nonpkgref | 21 | name string, ABI u16, kind u8, flag u8, flag2 u8, size u32, align u32 |
 * | RefFlags | 10 | symbol, flag u8, flag2 u8 |
 * | Hash64 / Hash | 8 / 16 | content hash, per Hashed64def / Hasheddef |
 * | RelocIdx, AuxIdx, DataIdx | 4 | first relocation, auxiliary, data byte of each defined symbol, plus a total |
 * | Reloc | 23 | off i32, siz u8, type u16, add i64, symbol |
 * | Aux | 9 | type u8, symbol |
 * | Data | 1 | |
 * | RefName | 16 | symbol, name string: for tools only |
 *
 * Defined symbols are counted through Symdef, Hashed64def, Hasheddef and Nonpkgdef, in that order.
 *
 * GOROOT: src/cmd/internal/goobj/objfile.go.
 */

/** After a zero byte. */
export const magic = '\0go120ld';
export const headerSize = 96;

export const BlkAutolib = 0;
export const BlkPkgIdx = 1;
export const BlkFile = 2;
export const BlkSymdef = 3;
export const BlkHashed64def = 4;
export const BlkHasheddef = 5;
export const BlkNonpkgdef = 6;
export const BlkNonpkgref = 7;
export const BlkRefFlags = 8;
export const BlkHash64 = 9;
export const BlkHash = 10;
export const BlkRelocIdx = 11;
export const BlkAuxIdx = 12;
export const BlkDataIdx = 13;
export const BlkReloc = 14;
export const BlkAux = 15;
export const BlkData = 16;
export const BlkRefName = 17;
export const BlkEnd = 18;
export const blockCount = 19;

export const symSize = 21;
export const relocSize = 23;
export const auxSize = 9;
export const autolibSize = 16;
export const refFlagsSize = 10;
export const refNameSize = 16;
export const hash64Size = 8;
export const hashSize = 16;
