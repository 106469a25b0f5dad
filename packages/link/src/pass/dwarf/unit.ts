/**
 * One compilation unit's share of each debug section.
 *
 * The compiler left, per function, the encoded subprogram entry, the line program, range and
 * location lists; the linker puts headers, tables of files and addresses around those of reached
 * functions. Code addresses are indices into the unit's part of `.debug_addr`, given out here on
 * first use.
 *
 * DWARF 5 §6.2.4, §7.5.1, §7.25-29; GOROOT: src/cmd/link/internal/ld/dwarf.go (writelines,
 * writepcranges, writeUnitInfo).
 */
import { type ByteWriter, u32At } from '@go-ts/objfile/bytes';
import {
  DW_ABRV_COMPUNIT,
  DW_ABRV_COMPUNIT_TEXTLESS,
  DW_AT_addr_base,
  DW_AT_comp_dir,
  DW_AT_go_package_name,
  DW_AT_language,
  DW_AT_low_pc,
  DW_AT_name,
  DW_AT_producer,
  DW_AT_ranges,
  DW_AT_stmt_list,
  DW_FORM_string,
  DW_FORM_udata,
  DW_LANG_Go,
  DW_LNCT_directory_index,
  DW_LNCT_path,
  DW_RLE_base_addressx,
  DW_RLE_end_of_list,
  DW_RLE_offset_pair,
  DW_UT_compile,
  LINE_BASE,
  LINE_RANGE,
  OPCODE_BASE,
} from '@go-ts/objfile/dwarf';
import { auxSize } from '@go-ts/objfile/format';
import { R_DWARFSECREF, R_DWTXTADDR_U1, R_DWTXTADDR_U4, R_USETYPE } from '@go-ts/objfile/reloc';
import { AuxDwarfInfo, AuxDwarfLines, AuxDwarfLoc, AuxDwarfRanges } from '@go-ts/objfile/sym';
import * as K from '../../kind.ts';
import {
  AttrNotInSymbolTable,
  AttrReachable,
  type Loader,
  type Obj,
  RelocCursor,
  type Sym,
} from '../../loader/loader.ts';
import { LinkFailure } from '../../options.ts';
import { Die, type DiePlace, putAttrs, putDie } from './die.ts';
import { type DwarfTypes, infoPrefix } from './types.ts';

/** Standard opcodes' operand counts, from opcode 1 on; upstream's first two are swapped thus. */
const opcodeLengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0];

interface FuncSyms {
  readonly func: Sym;
  readonly info: Sym;
  readonly loc: Sym;
  readonly ranges: Sym;
  readonly lines: Sym;
}

export class Unit {
  readonly obj: Obj;
  readonly #ldr: Loader;
  readonly die: Die;
  readonly #funcs: FuncSyms[] = [];
  readonly #abstract: Sym[] = [];
  readonly vars: Sym[] = [];
  consts: Sym = 0;
  /** Encoded by the unit beside its own entries (the runtime's has the types). */
  children: readonly Die[] = [];
  /** Places of made entries in the last of `infoSyms`. */
  readonly places: DiePlace[] = [];
  // What it contributes to each section.
  lineSyms: Sym[] = [];
  infoSyms: Sym[] = [];
  locSyms: Sym[] = [];
  rangeSyms: Sym[] = [];
  addrSym: Sym = 0;

  constructor(ldr: Loader, obj: Obj, number: number, producer: string, packageName: string) {
    this.#ldr = ldr;
    this.obj = obj;
    const { path } = obj.lib;
    const sym = ldr.lookupOrCreate(`${infoPrefix}.pkg.${path}.${number}`);
    ldr.kind[sym] = K.SDWARFCUINFO;
    ldr.set(sym, AttrReachable | AttrNotInSymbolTable);
    ldr.update(sym, 'fresh');
    this.die = new Die(
      obj.text.length === 0 ? DW_ABRV_COMPUNIT_TEXTLESS : DW_ABRV_COMPUNIT,
      path,
      sym,
    );
    this.die.setText(DW_AT_name, path);
    this.die.setNumber(DW_AT_language, DW_LANG_Go);
    this.die.setText(DW_AT_comp_dir, '.');
    this.die.setText(DW_AT_producer, producer);
    this.die.setText(DW_AT_go_package_name, packageName);
  }

  #use(s: Sym): Sym {
    if (s !== 0) this.#ldr.set(s, AttrReachable | AttrNotInSymbolTable);
    return s;
  }

  /** Takes in the reached functions and makes the types that they mention. */
  visitFunctions(types: DwarfTypes, seenAbstract: Set<Sym>): void {
    const ldr = this.#ldr;
    const c = new RelocCursor(ldr);
    for (const func of this.obj.text) {
      const syms = this.#fragments(func);
      const { info } = syms;
      this.#funcs.push(syms);
      if (info === 0) continue;
      for (c.start(info); c.next();) {
        if (c.type === R_USETYPE) types.entry(c.sym);
        if (c.type !== R_DWARFSECREF) continue;
        const target = c.sym;
        const kind = ldr.kind[target]!;
        if (kind === K.SDWARFABSFCN) {
          if (seenAbstract.has(target)) continue;
          seenAbstract.add(target);
          this.#abstract.push(target);
          this.importInfo(types, target);
        } else if (kind === K.SDWARFTYPE || kind === K.Sxxx) types.require(target);
      }
    }
  }

  /** What the compiler left for a function; ranges and locations mean nothing without an entry. */
  #fragments(func: Sym): FuncSyms {
    const ldr = this.#ldr;
    const syms = { func, info: 0, loc: 0, ranges: 0, lines: 0 };
    const { r } = this.obj;
    const li = ldr.localOf[func]!;
    const end = r.auxStart(li + 1);
    for (let k = r.auxStart(li); k < end; k++) {
      const at = r.auxBase + k * auxSize;
      const type = r.bytes[at]!;
      if (type < AuxDwarfInfo || type > AuxDwarfLines) continue;
      const s = ldr.resolve(this.obj, u32At(r.bytes, at + 1), u32At(r.bytes, at + 5));
      if (type === AuxDwarfInfo) syms.info = this.#use(s);
      else if (type === AuxDwarfLines) syms.lines = this.#use(s);
      else if (syms.info === 0) continue;
      else if (type === AuxDwarfLoc) syms.loc = this.#use(s);
      else if (type === AuxDwarfRanges) syms.ranges = this.#use(s);
    }
    return syms;
  }

  /** Keeps an entry of constants or of an inlined function, and the types it mentions. */
  importInfo(types: DwarfTypes, s: Sym): void {
    this.#use(s);
    const c = new RelocCursor(this.#ldr);
    for (c.start(s); c.next();) if (c.type === R_DWARFSECREF) types.require(c.sym);
  }

  /** Makes the unit's symbols. `addrIndex` collects the indices of functions in `.debug_addr`. */
  build(abbrev: Sym, addrIndex: Map<Sym, number>, expand: (file: string) => string): void {
    if (this.die.abbrev === DW_ABRV_COMPUNIT) {
      this.#buildLines(expand);
      this.#buildAddrs(addrIndex);
      this.#buildRanges(addrIndex);
      this.#collectLocations();
    }
    this.#buildInfo(abbrev);
  }

  #finish(s: Sym): void {
    this.#ldr.size[s] = this.#ldr.dataLength(s);
  }

  #buildLines(expand: (file: string) => string): void {
    const ldr = this.#ldr;
    const head = ldr.newAnonymous(K.SDWARFLINES);
    const { data } = ldr.update(head, 'fresh');
    this.die.setRef(DW_AT_stmt_list, head);
    data.u32(0); // length of the unit, below
    data.u16(5); // version
    data.u8(8); // address size
    data.u8(0); // segment selector size
    data.u32(0); // length of the header, below
    const start = data.length;
    data.u8(1); // minimum instruction length
    data.u8(1); // operations per instruction
    data.u8(1); // is_stmt to begin with
    data.u8(LINE_BASE);
    data.u8(LINE_RANGE);
    data.u8(OPCODE_BASE);
    for (const length of opcodeLengths) data.u8(length);
    writeFileTable(data, this.obj.files.map(expand));
    data.patch32(8, data.length - start);
    this.lineSyms = [head];
    let length = data.length - 4;
    for (const { lines } of this.#funcs) {
      if (lines === 0) continue;
      this.lineSyms.push(lines);
      length += ldr.dataLength(lines);
    }
    data.patch32(0, length);
    this.#finish(head);
  }

  #buildAddrs(addrIndex: Map<Sym, number>): void {
    const ldr = this.#ldr;
    this.addrSym = ldr.newAnonymous(K.SDWARFADDR);
    ldr.update(this.addrSym, 'fresh');
    const c = new RelocCursor(ldr);
    for (const { info, loc, ranges } of this.#funcs) {
      for (const s of [info, ranges, loc]) {
        if (s === 0) continue;
        for (c.start(s); c.next();) {
          if (c.type < R_DWTXTADDR_U1 || c.type > R_DWTXTADDR_U4) continue;
          const target = c.sym;
          if (ldr.obj(target) !== this.obj) {
            throw new LinkFailure(
              `dwarf: ${ldr.name(target)} is indexed by unit ${this.obj.lib.path} that is not its own`,
            );
          }
          this.#addrIndexOf(target, addrIndex);
        }
      }
    }
  }

  #addrIndexOf(func: Sym, addrIndex: Map<Sym, number>): void {
    if (addrIndex.has(func)) return;
    const made = this.#ldr.update(this.addrSym, 'keep');
    addrIndex.set(func, made.data.length / 8);
    made.addAddr(func);
  }

  #buildRanges(addrIndex: Map<Sym, number>): void {
    const ldr = this.#ldr;
    const base = this.obj.text[0]!;
    const head = ldr.newAnonymous(K.SDWARFRANGE);
    const made = ldr.update(head, 'fresh');
    this.die.setRef(DW_AT_ranges, head);
    this.die.setRef(DW_AT_low_pc, base);
    this.die.setRef(DW_AT_addr_base, this.addrSym);
    made.data.u8(DW_RLE_base_addressx);
    made.addReloc(made.data.length, 4, R_DWTXTADDR_U4, 0, base);
    made.data.u32(0);
    for (const { from, to } of this.ranges) {
      made.data.u8(DW_RLE_offset_pair);
      made.data.uvarint(from);
      made.data.uvarint(to);
    }
    made.data.u8(DW_RLE_end_of_list);
    this.#addrIndexOf(base, addrIndex);
    this.#finish(this.addrSym);
    this.#finish(head);
    this.rangeSyms = [head];
    for (const { ranges } of this.#funcs) if (ranges !== 0) this.rangeSyms.push(ranges);
  }

  /** Runs of the unit's functions in text without another unit's between, from its first one. */
  readonly ranges: { from: number; to: number }[] = [];

  #collectLocations(): void {
    const ldr = this.#ldr;
    const c = new RelocCursor(ldr);
    for (const { info } of this.#funcs) {
      if (info === 0) continue;
      for (c.start(info); c.next();) {
        if (c.type !== R_DWARFSECREF || ldr.kind[c.sym] !== K.SDWARFLOC) continue;
        this.locSyms.push(c.sym);
        break;
      }
    }
  }

  #buildInfo(abbrev: Sym): void {
    const ldr = this.#ldr;
    if (this.obj.text.length === 0 && this.children.length === 0 && this.vars.length === 0) return;
    const head = this.die.sym;
    const made = ldr.update(head, 'fresh');
    const { data } = made;
    data.u32(0); // length, below
    data.u16(5); // version
    data.u8(DW_UT_compile);
    data.u8(8); // address size
    made.addReloc(data.length, 4, R_DWARFSECREF, 0, abbrev);
    data.u32(0);
    putAttrs(made, this.die);
    const syms = [head, ...this.#abstract];
    for (const { info } of this.#funcs) if (info !== 0) syms.push(info);
    if (this.consts !== 0) syms.push(this.consts);
    syms.push(...this.vars);
    const tail = ldr.newAnonymous(K.SDWARFTYPE);
    const tailMade = ldr.update(tail, 'fresh');
    for (const child of this.children) putDie(tailMade, child, this.places);
    tailMade.data.u8(0); // closes the unit
    syms.push(tail);
    let length = -4;
    for (const s of syms) {
      if (ldr.made(s) !== undefined) this.#finish(s);
      this.#use(s);
      length += ldr.dataLength(s);
    }
    data.patch32(0, length);
    this.infoSyms = syms;
  }
}

/** Directories, then files with the number of their directory. Debuggers count files from 1. */
function writeFileTable(w: ByteWriter, files: readonly string[]): void {
  const dirs = ['.'];
  const dirIndex = new Map([['.', 0]]);
  // File 0 is never meant; gdb wants it to have a name.
  const rows = [{ base: '?', dir: 0 }];
  files.forEach((file, i) => {
    const name = file === '' ? `<missing>_${i}` : file;
    const slash = name.lastIndexOf('/');
    const dirName = slash < 0 ? '.' : slash === 0 ? '/' : name.slice(0, slash);
    let dir = dirIndex.get(dirName);
    if (dir === undefined) {
      dir = dirs.length;
      dirs.push(dirName);
      dirIndex.set(dirName, dir);
    }
    rows.push({ base: name.slice(slash + 1), dir });
  });
  w.u8(1);
  w.uvarint(DW_LNCT_path);
  w.uvarint(DW_FORM_string);
  w.uvarint(dirs.length);
  for (const dir of dirs) w.text(`${dir}\0`);
  w.u8(2);
  w.uvarint(DW_LNCT_path);
  w.uvarint(DW_FORM_string);
  w.uvarint(DW_LNCT_directory_index);
  w.uvarint(DW_FORM_udata);
  w.uvarint(rows.length);
  for (const { base, dir } of rows) {
    w.text(`${base}\0`);
    w.uvarint(dir);
  }
}
