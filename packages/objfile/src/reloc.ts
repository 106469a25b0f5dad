/**
 * Relocation types: the contract between encoders and the linker.
 *
 * What each one computes is the linker's business (`link/target/*`); here are the numbers, the names
 * and the widths at which they occur. Only the types of the supported targets have constants; the
 * numbers between belong to other machines.
 *
 * GOROOT: src/cmd/internal/objabi/reloctype.go (1.27: every number from 32 on differs from 1.24's).
 */

/** S+A, in 4 or 8 bytes. */
export const R_ADDR = 1;
/** adrp+add pair. */
export const R_ADDRARM64 = 3;
/** 4 bytes: S+A relative to the start of the section holding S. */
export const R_ADDROFF = 5;
/** amd64 call or jump: 4 bytes, S+A-(P+4). */
export const R_CALL = 7;
/** arm64 bl or b, 26-bit. */
export const R_CALLARM64 = 9;
/** Marks an indirect call; feeds the stack check only. */
export const R_CALLIND = 10;
/** 4 bytes: S+A-(P+4); the addend accounts for immediates after the displacement. */
export const R_PCREL = 14;
/** Offset of the thread-local g from the thread base; has no symbol on amd64. */
export const R_TLS_LE = 15;
export const R_TLS_IE = 16;
export const R_USETYPE = 22;
/** The target type is converted to an interface here. */
export const R_USEIFACE = 23;
/** An interface method is called: target type, addend = offset of the method in the descriptor. */
export const R_USEIFACEMETHOD = 24;
/** A method with the name in the target's bytes is called through a generic interface. */
export const R_USENAMEDMETHOD = 25;
/** One of three per method in a descriptor: func type, interface entry, direct entry. */
export const R_METHODOFF = 26;
export const R_KEEP = 27;
export const R_GOTPCREL = 29;
/** Offset in the target's DWARF section. */
export const R_DWARFSECREF = 31;
export const R_ARM64_TLS_LE = 32;
export const R_ARM64_TLS_IE = 33;
export const R_ARM64_GOTPCREL = 34;
export const R_ARM64_GOT = 35;
export const R_ARM64_PCREL = 36;
export const R_ARM64_PCREL_LDST8 = 37;
export const R_ARM64_PCREL_LDST16 = 38;
export const R_ARM64_PCREL_LDST32 = 39;
export const R_ARM64_PCREL_LDST64 = 40;
export const R_ARM64_LDST8 = 41;
export const R_ARM64_LDST16 = 42;
export const R_ARM64_LDST32 = 43;
export const R_ARM64_LDST64 = 44;
export const R_ARM64_LDST128 = 45;
/** DWARF 4: address relative to the compile unit's. */
export const R_ADDRCUOFF = 98;
export const R_PEIMAGEOFF = 101;
/** Between two init tasks: the target runs first. */
export const R_INITORDER = 102;
/** DWARF 5: index in .debug_addr of a text symbol, as ULEB128 of that many bytes. */
export const R_DWTXTADDR_U1 = 103;
export const R_DWTXTADDR_U2 = 104;
export const R_DWTXTADDR_U3 = 105;
export const R_DWTXTADDR_U4 = 106;

/** Or-ed in: does not make its target reachable. */
export const R_WEAK = 0x8000;
export const R_WEAKADDR = R_WEAK | R_ADDR;
export const R_WEAKADDROFF = R_WEAK | R_ADDROFF;

interface RelocType {
  readonly type: number;
  readonly name: string;
  /** Bytes at which it occurs; 0 marks a relocation that is never applied. */
  readonly widths: readonly number[];
}

export const relocTypes: readonly RelocType[] = [
  { type: R_ADDR, name: 'R_ADDR', widths: [4, 8] },
  { type: R_ADDRARM64, name: 'R_ADDRARM64', widths: [8] },
  { type: R_ADDROFF, name: 'R_ADDROFF', widths: [4] },
  { type: R_CALL, name: 'R_CALL', widths: [4] },
  { type: R_CALLARM64, name: 'R_CALLARM64', widths: [4] },
  { type: R_CALLIND, name: 'R_CALLIND', widths: [0] },
  { type: R_PCREL, name: 'R_PCREL', widths: [4] },
  { type: R_TLS_LE, name: 'R_TLS_LE', widths: [4] },
  { type: R_TLS_IE, name: 'R_TLS_IE', widths: [4] },
  { type: R_USETYPE, name: 'R_USETYPE', widths: [0] },
  { type: R_USEIFACE, name: 'R_USEIFACE', widths: [0] },
  { type: R_USEIFACEMETHOD, name: 'R_USEIFACEMETHOD', widths: [0] },
  { type: R_USENAMEDMETHOD, name: 'R_USENAMEDMETHOD', widths: [0] },
  { type: R_METHODOFF, name: 'R_METHODOFF', widths: [4] },
  { type: R_KEEP, name: 'R_KEEP', widths: [0] },
  { type: R_GOTPCREL, name: 'R_GOTPCREL', widths: [4] },
  { type: R_DWARFSECREF, name: 'R_DWARFSECREF', widths: [4, 8] },
  { type: R_ARM64_TLS_LE, name: 'R_ARM64_TLS_LE', widths: [4] },
  { type: R_ARM64_TLS_IE, name: 'R_ARM64_TLS_IE', widths: [8] },
  { type: R_ARM64_GOTPCREL, name: 'R_ARM64_GOTPCREL', widths: [8] },
  { type: R_ARM64_GOT, name: 'R_ARM64_GOT', widths: [8] },
  { type: R_ARM64_PCREL, name: 'R_ARM64_PCREL', widths: [8] },
  { type: R_ARM64_PCREL_LDST8, name: 'R_ARM64_PCREL_LDST8', widths: [8] },
  { type: R_ARM64_PCREL_LDST16, name: 'R_ARM64_PCREL_LDST16', widths: [8] },
  { type: R_ARM64_PCREL_LDST32, name: 'R_ARM64_PCREL_LDST32', widths: [8] },
  { type: R_ARM64_PCREL_LDST64, name: 'R_ARM64_PCREL_LDST64', widths: [8] },
  { type: R_ARM64_LDST8, name: 'R_ARM64_LDST8', widths: [4] },
  { type: R_ARM64_LDST16, name: 'R_ARM64_LDST16', widths: [4] },
  { type: R_ARM64_LDST32, name: 'R_ARM64_LDST32', widths: [4] },
  { type: R_ARM64_LDST64, name: 'R_ARM64_LDST64', widths: [4] },
  { type: R_ARM64_LDST128, name: 'R_ARM64_LDST128', widths: [4] },
  { type: R_ADDRCUOFF, name: 'R_ADDRCUOFF', widths: [8] },
  { type: R_PEIMAGEOFF, name: 'R_PEIMAGEOFF', widths: [4] },
  { type: R_INITORDER, name: 'R_INITORDER', widths: [0] },
  { type: R_DWTXTADDR_U1, name: 'R_DWTXTADDR_U1', widths: [1] },
  { type: R_DWTXTADDR_U2, name: 'R_DWTXTADDR_U2', widths: [2] },
  { type: R_DWTXTADDR_U3, name: 'R_DWTXTADDR_U3', widths: [3] },
  { type: R_DWTXTADDR_U4, name: 'R_DWTXTADDR_U4', widths: [4] },
];

const names: readonly (string | undefined)[] = (() => {
  const list: (string | undefined)[] = Array.from({ length: R_DWTXTADDR_U4 + 1 }, () => undefined);
  for (const row of relocTypes) list[row.type] = row.name;
  return list;
})();

/** Upstream's name, with the weak bit spelled out. */
export function relocName(type: number): string {
  const plain = type & ~R_WEAK;
  const name = names[plain] ?? `R_${plain}`;
  return (type & R_WEAK) === 0 ? name : `R_WEAK|${name}`;
}

export function isDirectCall(type: number): boolean {
  return type === R_CALL || type === R_CALLARM64;
}

/** The index relocation that suits a package of `funcs` functions, and its width. */
export function dwTxtAddrType(funcs: number): { type: number; width: number } {
  if (funcs <= 0x7f) return { type: R_DWTXTADDR_U1, width: 1 };
  if (funcs <= 0x3fff) return { type: R_DWTXTADDR_U2, width: 2 };
  if (funcs <= 0x1f_ffff) return { type: R_DWTXTADDR_U3, width: 3 };
  return { type: R_DWTXTADDR_U4, width: 4 };
}
