/**
 * `.debug_frame`: where the caller's frame is, at each instruction, from the pc-sp tables.
 *
 * One common entry, then one per function: after each stretch of instructions the distance from the
 * stack pointer to the frame address.
 *
 * DWARF 5 §6.4; GOROOT: src/cmd/link/internal/ld/dwarf.go (writeframes).
 */
import { ByteWriter, u32At } from '@go-ts/objfile/bytes';
import {
  DW_CFA_advance_loc,
  DW_CFA_advance_loc1,
  DW_CFA_advance_loc2,
  DW_CFA_advance_loc4,
  DW_CFA_def_cfa,
  DW_CFA_def_cfa_offset_sf,
  DW_CFA_offset_extended,
  DW_CFA_offset_extended_sf,
  DW_CFA_same_value,
  DW_CFA_undefined,
  DW_CFA_val_offset,
} from '@go-ts/objfile/dwarf';
import { AuxPcsp } from '@go-ts/objfile/sym';
import { FuncFlag } from '@go-ts/runtime/layout/pclntab';
import { SDWARFSECT } from '../../kind.ts';
import { type Loader, type Sym } from '../../loader/loader.ts';
import { PcIter } from '../../pciter.ts';
import { type ArchTarget } from '../../target/target.ts';

const dataAlign = -4;
const noCIE = 0xffff_ffff;

export function makeFrames(ldr: Loader, text: readonly Sym[], arch: ArchTarget): Sym {
  const s = ldr.newAnonymous(SDWARFSECT);
  const made = ldr.update(s, 'fresh');
  const { data } = made;
  writeCommonEntry(data, arch);
  const code = new ByteWriter(256);
  const it = new PcIter(arch.minLC);
  for (const fn of text) {
    const info = ldr.funcInfo(fn);
    if (info.length === 0) continue;
    const isTop = (info[9]! & FuncFlag.FuncFlagTopFrame) !== 0;
    const size = ldr.dataLength(fn);
    code.clear();
    if (arch.hasLR && isTop) {
      code.u8(DW_CFA_undefined);
      code.uvarint(arch.dwarfLR);
    }
    for (it.init(ldr.data(ldr.aux(fn, AuxPcsp))); !it.done; it.next()) {
      // The table goes to the end of the function, DWARF wants to stop just before it.
      const end = it.nextPC === size ? it.nextPC - 1 : it.nextPC;
      if (end < it.pc) continue;
      const delta = it.value + (arch.hasLR ? 0 : arch.ptrSize);
      if (arch.hasLR && !isTop) writeReturnAddress(code, it.value, delta, arch);
      code.u8(DW_CFA_def_cfa_offset_sf);
      code.sleb128(delta / dataAlign);
      advance(code, end - it.pc);
    }
    code.align(arch.ptrSize);
    data.u32(4 + 2 * arch.ptrSize + code.length);
    data.u32(0); // the common entry
    made.addAddr(fn);
    data.u64(size);
    data.bytes(code.view());
  }
  ldr.size[s] = data.length;
  return s;
}

function writeCommonEntry(w: ByteWriter, arch: ArchTarget): void {
  const size = arch.hasLR ? 32 : 16;
  w.u32(size);
  w.u32(noCIE);
  w.u8(3); // version
  w.u8(0); // no augmentation
  w.uvarint(1); // code alignment
  w.sleb128(dataAlign);
  w.uvarint(arch.dwarfLR);
  w.u8(DW_CFA_def_cfa);
  w.uvarint(arch.dwarfSP);
  if (arch.hasLR) {
    w.uvarint(0);
    w.u8(DW_CFA_same_value);
    w.uvarint(arch.dwarfLR);
    w.u8(DW_CFA_val_offset);
    w.uvarint(arch.dwarfSP);
    w.uvarint(0);
  } else {
    w.uvarint(arch.ptrSize); // a call has pushed the return address
    w.u8(DW_CFA_offset_extended);
    w.uvarint(arch.dwarfLR);
    w.uvarint(-arch.ptrSize / dataAlign);
  }
  w.zeros(4 + size - w.length);
  if (u32At(w.view(), 0) !== size) throw new RangeError('dwarf: common entry too long');
}

function writeReturnAddress(w: ByteWriter, value: number, delta: number, arch: ArchTarget): void {
  if (value > 0) {
    w.u8(DW_CFA_offset_extended_sf);
    w.uvarint(arch.dwarfLR);
    w.sleb128(-delta / dataAlign);
  } else {
    w.u8(DW_CFA_same_value);
    w.uvarint(arch.dwarfLR);
  }
}

function advance(w: ByteWriter, delta: number): void {
  if (delta < 0x40) w.u8(DW_CFA_advance_loc + delta);
  else if (delta < 0x100) {
    w.u8(DW_CFA_advance_loc1);
    w.u8(delta);
  } else if (delta < 0x1_0000) {
    w.u8(DW_CFA_advance_loc2);
    w.u16(delta);
  } else {
    w.u8(DW_CFA_advance_loc4);
    w.u32(delta);
  }
}
