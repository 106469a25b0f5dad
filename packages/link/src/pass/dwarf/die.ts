/**
 * Debugging information entries that the linker makes, and their encoding.
 *
 * Entries from the compiler come encoded, as symbols; only compile units and types are made here.
 * All of a unit's made entries are encoded into one symbol. An entry that others may refer to has a
 * symbol of its own besides, `go:info.NAME`, which marks a place in it.
 *
 * GOROOT: src/cmd/internal/dwarf/dwarf.go (putattr), src/cmd/link/internal/ld/dwarf.go (putdie).
 */
import { InternalError } from '@go-ts/base';
import {
  abbrevs,
  DW_FORM_addr,
  DW_FORM_data1,
  DW_FORM_flag,
  DW_FORM_ref_addr,
  DW_FORM_sec_offset,
  DW_FORM_string,
  DW_FORM_udata,
} from '@go-ts/objfile/dwarf';
import { R_ADDR, R_ADDROFF, R_DWARFSECREF } from '@go-ts/objfile/reloc';
import { type Made, type Sym } from '../../loader/loader.ts';

/** How a symbol is referred to where the form alone does not say. */
export type RefKind = 'address' | 'type';

interface Attr {
  readonly value: number;
  readonly text: string;
  readonly ref: Sym;
  readonly refKind: RefKind;
}

export class Die {
  readonly abbrev: number;
  readonly name: string;
  /** 0 if nothing refers to it. */
  sym: Sym;
  readonly attrs = new Map<number, Attr>();
  readonly children: Die[] = [];

  constructor(abbrev: number, name: string, sym: Sym) {
    this.abbrev = abbrev;
    this.name = name;
    this.sym = sym;
  }

  setNumber(attr: number, value: number): this {
    this.attrs.set(attr, { value, text: '', ref: 0, refKind: 'address' });
    return this;
  }

  setText(attr: number, text: string): this {
    this.attrs.set(attr, { value: 0, text, ref: 0, refKind: 'address' });
    return this;
  }

  /** Reference to `ref`, plus an offset. */
  setRef(attr: number, ref: Sym, refKind: RefKind = 'address'): this {
    this.attrs.set(attr, { value: 0, text: '', ref, refKind });
    return this;
  }

  number(attr: number): number {
    return this.attrs.get(attr)?.value ?? 0;
  }

  ref(attr: number): Sym {
    return this.attrs.get(attr)?.ref ?? 0;
  }
}

/** Where in the bytes being written the entry of a symbol is. */
export interface DiePlace {
  readonly sym: Sym;
  readonly off: number;
}

/** Encodes an entry with what is below it, and notes where those with symbols are. */
export function putDie(made: Made, die: Die, places: DiePlace[]): void {
  if (die.sym !== 0) places.push({ sym: die.sym, off: made.data.length });
  putAttrs(made, die);
  if (!abbrevs[die.abbrev]!.hasChildren) return;
  for (const child of die.children) putDie(made, child, places);
  made.data.u8(0);
}

/** Number of the abbreviation, then the attributes; those that are not set are zero. */
export function putAttrs(made: Made, die: Die): void {
  const { data } = made;
  data.uvarint(die.abbrev);
  for (const [attr, form] of abbrevs[die.abbrev]!.attrs) {
    const a = die.attrs.get(attr);
    switch (form) {
      case DW_FORM_string:
        data.text(a?.text ?? '');
        data.u8(0);
        break;
      case DW_FORM_data1:
      case DW_FORM_flag:
        data.u8(a?.value ?? 0);
        break;
      case DW_FORM_udata:
        data.uvarint(a?.value ?? 0);
        break;
      case DW_FORM_addr:
        if (a === undefined || a.ref === 0) data.u64(0);
        else {
          made.addReloc(data.length, 8, a.refKind === 'type' ? R_ADDROFF : R_ADDR, 0, a.ref);
          data.u64(0);
        }
        break;
      case DW_FORM_ref_addr:
      case DW_FORM_sec_offset:
        if (a === undefined) throw new InternalError(`dwarf: null reference in ${die.name}`);
        made.addReloc(data.length, 4, R_DWARFSECREF, a.value, a.ref);
        data.u32(0);
        break;
      default:
        throw new InternalError(`dwarf: unsupported form ${form}`);
    }
  }
}
