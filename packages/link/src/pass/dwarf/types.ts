/**
 * Debugging entries for types, made from the type descriptors that reflection uses.
 *
 * Named types, funcs and interfaces get a typedef with the name beside the definition, so that
 * references by name (`go:info.T`, in the compiler's fragments) find the typedef and cycles close.
 * Strings, slices, maps and channels are described by the runtime's own structures, with the element
 * types put in: `hchan<T>` and so on are copies of a prototype.
 *
 * Only types that some reached entry mentions are made.
 *
 * GOROOT: src/cmd/link/internal/ld/dwarf.go (newtype, synthesize…types).
 */
import {
  DW_ABRV_ARRAYRANGE,
  DW_ABRV_ARRAYTYPE,
  DW_ABRV_BARE_PTRTYPE,
  DW_ABRV_BASETYPE,
  DW_ABRV_CHANTYPE,
  DW_ABRV_DOTDOTDOT,
  DW_ABRV_FUNCTYPE,
  DW_ABRV_FUNCTYPEOUTPARAM,
  DW_ABRV_FUNCTYPEPARAM,
  DW_ABRV_IFACETYPE,
  DW_ABRV_MAPTYPE,
  DW_ABRV_NULLTYPE,
  DW_ABRV_PTRTYPE,
  DW_ABRV_SLICETYPE,
  DW_ABRV_STRINGTYPE,
  DW_ABRV_STRUCTFIELD,
  DW_ABRV_STRUCTTYPE,
  DW_ABRV_TYPEDECL,
  DW_AT_byte_size,
  DW_AT_count,
  DW_AT_data_member_location,
  DW_AT_encoding,
  DW_AT_go_elem,
  DW_AT_go_embedded_field,
  DW_AT_go_key,
  DW_AT_go_kind,
  DW_AT_go_runtime_type,
  DW_AT_name,
  DW_AT_type,
  DW_AT_variable_parameter,
  DW_ATE_boolean,
  DW_ATE_complex_float,
  DW_ATE_float,
  DW_ATE_signed,
  DW_ATE_unsigned,
} from '@go-ts/objfile/dwarf';
import { ChanTypeLayout, Kind, MapTypeLayout, PtrTypeLayout } from '@go-ts/runtime/layout/types';
import { SDWARFTYPE } from '../../kind.ts';
import { AttrNotInSymbolTable, AttrReachable, type Loader, type Sym } from '../../loader/loader.ts';
import { TypeDecoder } from '../../loader/typesym.ts';
import { LinkFailure } from '../../options.ts';
import { Die } from './die.ts';

export const infoPrefix = 'go:info.';
const typePrefix = 'type:';

/** Entries of these have no symbol: their names are not unique, and nothing refers to them. */
const symbolless: ReadonlySet<number> = new Set([
  DW_ABRV_FUNCTYPEPARAM,
  DW_ABRV_FUNCTYPEOUTPARAM,
  DW_ABRV_DOTDOTDOT,
  DW_ABRV_STRUCTFIELD,
  DW_ABRV_ARRAYRANGE,
]);

/** Names that denote no declared type get no typedef. */
const undeclared = ['map[', 'struct {', 'noalg.struct {', 'chan ', '[', '*'];

const encodings: ReadonlyMap<number, number> = new Map([
  [Kind.Bool, DW_ATE_boolean],
  ...[Kind.Int, Kind.Int8, Kind.Int16, Kind.Int32, Kind.Int64].map(
    (kind) => [kind, DW_ATE_signed] as const,
  ),
  ...[Kind.Uint, Kind.Uint8, Kind.Uint16, Kind.Uint32, Kind.Uint64, Kind.Uintptr].map(
    (kind) => [kind, DW_ATE_unsigned] as const,
  ),
  [Kind.Float32, DW_ATE_float],
  [Kind.Float64, DW_ATE_float],
  [Kind.Complex64, DW_ATE_complex_float],
  [Kind.Complex128, DW_ATE_complex_float],
]);

export class DwarfTypes {
  readonly #ldr: Loader;
  readonly #types: TypeDecoder;
  /** All entries, in the order of their making. */
  readonly dies: Die[] = [];
  /** Type name → symbol of its entry, the typedef's if there is one. */
  readonly #byName = new Map<string, Sym>();
  /** Entry symbol → descriptor. */
  readonly #descriptorOf = new Map<Sym, Sym>();
  /** Descriptor → entry symbol. */
  readonly #entryOf = new Map<Sym, Sym>();
  readonly #definitions = new Map<Sym, Die>();
  readonly #uintptr: Sym;
  readonly #unspecified: Sym;

  constructor(ldr: Loader) {
    this.#ldr = ldr;
    this.#types = new TypeDecoder(ldr);
    this.#unspecified = this.#newDie(this.dies, DW_ABRV_NULLTYPE, '<unspecified>').sym;
    const pointer = this.#builtin(DW_ABRV_BARE_PTRTYPE, 'unsafe.Pointer');
    pointer.setRef(DW_AT_go_runtime_type, this.#descriptor('unsafe.Pointer'), 'type');
    const word = this.#builtin(DW_ABRV_BASETYPE, 'uintptr');
    word.setNumber(DW_AT_encoding, DW_ATE_unsigned).setNumber(DW_AT_byte_size, 8);
    word.setNumber(DW_AT_go_kind, Kind.Uintptr);
    word.setRef(DW_AT_go_runtime_type, this.#descriptor('uintptr'), 'type');
    this.#uintptr = word.sym;
    // What debuggers' scripts need to look into interfaces.
    const abi = ['Type', 'ArrayType', 'ChanType', 'FuncType', 'MapType', 'PtrType', 'SliceType'];
    for (const name of [...abi, 'StructType', 'InterfaceType', 'ITab', 'Imethod']) {
      this.entry(this.#descriptor(`internal/abi.${name}`));
    }
  }

  #newDie(siblings: Die[], abbrev: number, name: string): Die {
    const die = new Die(abbrev, name, 0);
    die.setText(DW_AT_name, name);
    siblings.push(die);
    if (symbolless.has(abbrev)) return die;
    die.sym = this.#ldr.lookupOrCreate(infoPrefix + name);
    this.#own(die.sym);
    this.#byName.set(name, die.sym);
    return die;
  }

  #own(s: Sym): void {
    this.#ldr.kind[s] = SDWARFTYPE;
    this.#ldr.set(s, AttrReachable | AttrNotInSymbolTable);
  }

  #builtin(abbrev: number, name: string): Die {
    const die = this.#newDie(this.dies, abbrev, name);
    const descriptor = this.#descriptor(name);
    this.#descriptorOf.set(die.sym, descriptor);
    this.#entryOf.set(descriptor, die.sym);
    return die;
  }

  #descriptor(name: string): Sym {
    const s = this.#ldr.lookup(typePrefix + name);
    if (s === 0 || this.#ldr.dataLength(s) === 0) {
      throw new LinkFailure(`dwarf: missing type: ${typePrefix}${name}`);
    }
    return s;
  }

  /** True if `s` is the symbol of an entry that exists. */
  isMade(s: Sym): boolean {
    return this.#descriptorOf.has(s);
  }

  /** Makes the entry for a reference by name, `go:info.T`. */
  require(s: Sym): void {
    if (this.isMade(s)) return;
    this.entry(this.#ldr.lookup(typePrefix + this.#ldr.name(s).slice(infoPrefix.length)));
  }

  /** Symbol of the entry of a type, made if new. */
  entry(descriptor: Sym): Sym {
    if (descriptor === 0) return this.#unspecified;
    const known = this.#entryOf.get(descriptor);
    if (known !== undefined) return known;
    const name = this.#ldr.name(descriptor).slice(typePrefix.length);
    const open = this.#byName.get(name);
    if (open !== undefined) return open;
    const sym = this.#makeType(descriptor, name);
    this.#entryOf.set(descriptor, sym);
    return sym;
  }

  #makeType(s: Sym, name: string): Sym {
    const types = this.#types;
    const data = this.#ldr.data(s);
    if (data.length === 0) throw new LinkFailure(`${this.#ldr.name(s)}: missing type`);
    const kind = types.kind(data);
    let typedef: Die | undefined;
    const define = (abbrev: number): Die => {
      const die = this.#newDie(this.dies, abbrev, name);
      if (abbrev !== DW_ABRV_PTRTYPE) die.setNumber(DW_AT_byte_size, types.size(data));
      return die;
    };
    const declare = (die: Die) => {
      typedef = this.#typedef(die, name);
    };
    let die: Die;
    switch (kind) {
      case Kind.Array: {
        die = define(DW_ABRV_ARRAYTYPE);
        declare(die);
        die.setRef(DW_AT_type, this.entry(types.arrayElem(s)));
        const range = this.#newDie(die.children, DW_ABRV_ARRAYRANGE, 'range');
        range.setNumber(DW_AT_count, types.arrayLen(data)).setRef(DW_AT_type, this.#uintptr);
        break;
      }
      case Kind.Chan: {
        die = define(DW_ABRV_CHANTYPE);
        const elem = types.field(s, ChanTypeLayout.at.Elem);
        die.setRef(DW_AT_go_elem, this.entry(elem));
        break;
      }
      case Kind.Func:
        die = define(DW_ABRV_FUNCTYPE);
        declare(die);
        this.#addParams(die, s, data);
        break;
      case Kind.Interface: {
        die = define(DW_ABRV_IFACETYPE);
        declare(die);
        const isEmpty = types.interfaceMethodCount(data) === 0;
        const layout = this.#descriptor(isEmpty ? 'runtime.eface' : 'runtime.iface');
        die.setRef(DW_AT_type, this.entry(layout));
        break;
      }
      case Kind.Map:
        die = define(DW_ABRV_MAPTYPE);
        die.setRef(DW_AT_go_key, this.entry(types.field(s, MapTypeLayout.at.Key)));
        die.setRef(DW_AT_go_elem, this.entry(types.field(s, MapTypeLayout.at.Elem)));
        break;
      case Kind.Pointer:
        die = define(DW_ABRV_PTRTYPE);
        declare(die);
        die.setRef(DW_AT_type, this.entry(types.field(s, PtrTypeLayout.at.Elem)));
        break;
      case Kind.Slice:
        die = define(DW_ABRV_SLICETYPE);
        declare(die);
        die.setRef(DW_AT_go_elem, this.entry(types.ptrElem(s)));
        break;
      case Kind.String:
        die = define(DW_ABRV_STRINGTYPE);
        break;
      case Kind.Struct:
        die = define(DW_ABRV_STRUCTTYPE);
        declare(die);
        this.#addFields(die, s, data);
        break;
      case Kind.UnsafePointer:
        die = define(DW_ABRV_BARE_PTRTYPE);
        break;
      default:
        die = define(DW_ABRV_BASETYPE);
        die.setNumber(DW_AT_encoding, encodings.get(kind) ?? 0);
    }
    die.setNumber(DW_AT_go_kind, kind);
    if (this.#ldr.isReachable(s)) die.setRef(DW_AT_go_runtime_type, s, 'type');
    const { sym } = typedef ?? die;
    this.#descriptorOf.set(sym, s);
    this.#definitions.set(s, die);
    return sym;
  }

  /** The typedef takes over the name; the definition gets a symbol that only it refers to. */
  #typedef(die: Die, name: string): Die | undefined {
    if (undeclared.some((prefix) => name.startsWith(prefix))) return undefined;
    die.sym = this.#ldr.newAnonymous(SDWARFTYPE);
    this.#own(die.sym);
    const typedef = this.#newDie(this.dies, DW_ABRV_TYPEDECL, name);
    return typedef.setRef(DW_AT_type, die.sym);
  }

  #typeName(s: Sym): string {
    return this.#ldr.name(s).slice(typePrefix.length);
  }

  #addParams(die: Die, s: Sym, data: Uint8Array): void {
    const types = this.#types;
    const count = types.funcInCount(data);
    for (let i = 0; i < count; i++) {
      const param = types.funcParam(s, data, i);
      const child = this.#newDie(die.children, DW_ABRV_FUNCTYPEPARAM, this.#typeName(param));
      child.setRef(DW_AT_type, this.entry(param));
    }
    if (types.isFuncVariadic(data)) this.#newDie(die.children, DW_ABRV_DOTDOTDOT, '...');
    for (let i = 0; i < types.funcOutCount(data); i++) {
      const result = types.funcParam(s, data, count + i);
      const child = this.#newDie(die.children, DW_ABRV_FUNCTYPEOUTPARAM, this.#typeName(result));
      child.setNumber(DW_AT_variable_parameter, 1).setRef(DW_AT_type, this.entry(result));
    }
  }

  #addFields(die: Die, s: Sym, data: Uint8Array): void {
    const types = this.#types;
    for (let i = 0; i < types.structFieldCount(data); i++) {
      const type = types.structFieldType(s, data, i);
      const name = types.structFieldName(s, data, i) || this.#typeName(type);
      const field = this.#newDie(die.children, DW_ABRV_STRUCTFIELD, name);
      field.setRef(DW_AT_type, this.entry(type));
      field.setNumber(DW_AT_data_member_location, types.structFieldOffset(data, i));
      if (types.isStructFieldEmbedded(s, data, i)) field.setNumber(DW_AT_go_embedded_field, 1);
    }
  }

  // Strings, slices, maps, channels. Entries are visited newest first, as upstream does.

  /** Completes the entries made so far; makes no further types necessary. */
  synthesize(): void {
    this.#each(DW_ABRV_STRINGTYPE, this.#prototype('runtime.stringStructDWARF'), (die, proto) => {
      copyChildren(die, proto);
    });
    this.#each(DW_ABRV_SLICETYPE, this.#prototype('runtime.slice'), (die, proto) => {
      copyChildren(die, proto);
      substitute(die, 'array', this.#pointerTo(die.ref(DW_AT_go_elem)));
    });
    this.#maps();
    this.#chans();
  }

  #prototype(name: string): Die {
    const s = this.#descriptor(name);
    this.entry(s);
    return this.#definitions.get(s)!;
  }

  #each(abbrev: number, proto: Die, visit: (die: Die, proto: Die) => void): void {
    for (const die of this.dies.toReversed()) if (die.abbrev === abbrev) visit(die, proto);
  }

  /** The named entry of a type, for use in made-up names. */
  #nameOf(entry: Sym): string {
    return this.#ldr.name(entry).slice(infoPrefix.length);
  }

  #pointerTo(entry: Sym): Sym {
    const name = `*${this.#nameOf(entry)}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const die = this.#newDie(this.dies, DW_ABRV_PTRTYPE, name).setRef(DW_AT_type, entry);
    const descriptor = this.#ldr.lookup(typePrefix + name);
    if (descriptor === 0) return die.sym;
    if (this.#ldr.isReachable(descriptor)) {
      die.setNumber(DW_AT_go_kind, Kind.Pointer);
      die.setRef(DW_AT_go_runtime_type, descriptor, 'type');
    }
    this.#descriptorOf.set(die.sym, descriptor);
    this.#entryOf.set(descriptor, die.sym);
    return die.sym;
  }

  /** A struct like `proto` under a made-up name, with some fields' types replaced. */
  #instance(
    name: string,
    proto: Die,
    isMap: boolean,
    fields: () => readonly (readonly [string, Sym])[],
  ): Sym {
    const known = this.#ldr.lookup(infoPrefix + name);
    if (known !== 0 && this.#ldr.kind[known] === SDWARFTYPE) return known;
    const die = this.#newDie(this.dies, DW_ABRV_STRUCTTYPE, name);
    copyChildren(die, proto);
    for (const [field, type] of fields()) substitute(die, field, type);
    die.setNumber(DW_AT_byte_size, proto.number(DW_AT_byte_size));
    if (isMap) die.setNumber(DW_AT_go_kind, Kind.Struct);
    return die.sym;
  }

  #maps(): void {
    const map = this.#prototype('internal/runtime/maps.Map');
    const table = this.#prototype('internal/runtime/maps.table');
    const groups = this.#prototype('internal/runtime/maps.groupsReference');
    const { at } = MapTypeLayout;
    this.#each(DW_ABRV_MAPTYPE, map, (die) => {
      const s = this.#descriptorOf.get(die.sym)!;
      const key = this.entry(this.#types.field(s, at.Key));
      const elem = this.entry(this.#types.field(s, at.Elem));
      const group = this.entry(this.#types.field(s, at.Group));
      const args = `<${this.#nameOf(key)},${this.#nameOf(elem)}>`;
      const groupsSym = this.#instance(`groupReference${args}`, groups, true, () => [
        ['data', this.#pointerTo(group)],
      ]);
      const tableSym = this.#instance(`table${args}`, table, true, () => [['groups', groupsSym]]);
      const mapSym = this.#instance(`map${args}`, map, true, () => [
        ['dirPtr', this.#pointerTo(this.#pointerTo(tableSym))],
      ]);
      die.setRef(DW_AT_type, this.#pointerTo(mapSym));
    });
  }

  #chans(): void {
    const sudog = this.#prototype('runtime.sudog');
    const waitq = this.#prototype('runtime.waitq');
    const hchan = this.#prototype('runtime.hchan');
    this.#each(DW_ABRV_CHANTYPE, hchan, (die) => {
      const elem = this.#types.field(this.#descriptorOf.get(die.sym)!, ChanTypeLayout.at.Elem);
      const entry = this.entry(elem);
      const args = `<${this.#typeName(elem)}>`;
      const sudogSym = this.#instance(`sudog${args}`, sudog, false, () => [
        ['elem', this.#pointerTo(entry)],
      ]);
      const waitqSym = this.#instance(`waitq${args}`, waitq, false, () => [
        ['first', this.#pointerTo(sudogSym)],
        ['last', this.#pointerTo(sudogSym)],
      ]);
      const hchanSym = this.#instance(`hchan${args}`, hchan, false, () => [
        ['recvq', waitqSym],
        ['sendq', waitqSym],
      ]);
      die.setRef(DW_AT_type, this.#pointerTo(hchanSym));
    });
  }
}

/** Copies fields; they have neither symbols nor children. */
function copyChildren(to: Die, from: Die): void {
  for (const child of from.children) {
    const copy = new Die(child.abbrev, child.name, 0);
    for (const [attr, value] of child.attrs) copy.attrs.set(attr, value);
    to.children.push(copy);
  }
}

function substitute(die: Die, field: string, type: Sym): void {
  const child = die.children.find((c) => c.name === field);
  if (child === undefined) {
    throw new LinkFailure(`dwarf substitutetype: ${die.name} does not have member ${field}`);
  }
  child.setRef(DW_AT_type, type);
}
