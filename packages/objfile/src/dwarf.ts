/**
 * The DWARF that compiler, assembler and linker agree on: abbreviations by number, and constants.
 *
 * All objects of a program share one abbreviation table, since fragments of `.debug_info` come ready
 * encoded in objects. So the numbers below and the order of each row's attributes are a format.
 *
 * DWARF 5 ch. 7; GOROOT: src/cmd/internal/dwarf/{dwarf,dwarf_defs,putvarabbrevgen}.go.
 */
import { ByteWriter } from './bytes.ts';

export const DW_TAG_array_type = 0x01;
export const DW_TAG_formal_parameter = 0x05;
export const DW_TAG_lexical_block = 0x0b;
export const DW_TAG_member = 0x0d;
export const DW_TAG_pointer_type = 0x0f;
export const DW_TAG_compile_unit = 0x11;
export const DW_TAG_structure_type = 0x13;
export const DW_TAG_subroutine_type = 0x15;
export const DW_TAG_typedef = 0x16;
export const DW_TAG_unspecified_parameters = 0x18;
export const DW_TAG_inlined_subroutine = 0x1d;
export const DW_TAG_subrange_type = 0x21;
export const DW_TAG_base_type = 0x24;
export const DW_TAG_constant = 0x27;
export const DW_TAG_subprogram = 0x2e;
export const DW_TAG_variable = 0x34;
export const DW_TAG_unspecified_type = 0x3b;

export const DW_AT_location = 0x02;
export const DW_AT_name = 0x03;
export const DW_AT_byte_size = 0x0b;
export const DW_AT_stmt_list = 0x10;
export const DW_AT_low_pc = 0x11;
export const DW_AT_high_pc = 0x12;
export const DW_AT_language = 0x13;
export const DW_AT_comp_dir = 0x1b;
export const DW_AT_const_value = 0x1c;
export const DW_AT_inline = 0x20;
export const DW_AT_producer = 0x25;
export const DW_AT_abstract_origin = 0x31;
export const DW_AT_count = 0x37;
export const DW_AT_data_member_location = 0x38;
export const DW_AT_decl_file = 0x3a;
export const DW_AT_decl_line = 0x3b;
export const DW_AT_encoding = 0x3e;
export const DW_AT_external = 0x3f;
export const DW_AT_frame_base = 0x40;
export const DW_AT_type = 0x49;
export const DW_AT_variable_parameter = 0x4b;
export const DW_AT_ranges = 0x55;
export const DW_AT_trampoline = 0x56;
export const DW_AT_call_file = 0x58;
export const DW_AT_call_line = 0x59;
export const DW_AT_addr_base = 0x73;
export const DW_AT_go_kind = 0x2900;
export const DW_AT_go_key = 0x2901;
export const DW_AT_go_elem = 0x2902;
export const DW_AT_go_embedded_field = 0x2903;
export const DW_AT_go_runtime_type = 0x2904;
export const DW_AT_go_package_name = 0x2905;
export const DW_AT_go_dict_index = 0x2906;
export const DW_AT_go_closure_offset = 0x2907;

export const DW_FORM_addr = 0x01;
export const DW_FORM_data4 = 0x06;
export const DW_FORM_string = 0x08;
export const DW_FORM_block1 = 0x0a;
export const DW_FORM_data1 = 0x0b;
export const DW_FORM_flag = 0x0c;
export const DW_FORM_sdata = 0x0d;
export const DW_FORM_udata = 0x0f;
export const DW_FORM_ref_addr = 0x10;
export const DW_FORM_sec_offset = 0x17;
export const DW_FORM_addrx = 0x1b;

export const DW_ATE_boolean = 0x02;
export const DW_ATE_complex_float = 0x03;
export const DW_ATE_float = 0x04;
export const DW_ATE_signed = 0x05;
export const DW_ATE_unsigned = 0x07;
export const DW_LANG_Go = 0x16;
export const DW_UT_compile = 0x01;
export const DW_LNCT_path = 0x01;
export const DW_LNCT_directory_index = 0x02;
export const DW_RLE_end_of_list = 0x00;
export const DW_RLE_base_addressx = 0x01;
export const DW_RLE_offset_pair = 0x04;

export const DW_CFA_advance_loc = 0x40;
export const DW_CFA_advance_loc1 = 0x02;
export const DW_CFA_advance_loc2 = 0x03;
export const DW_CFA_advance_loc4 = 0x04;
export const DW_CFA_offset_extended = 0x05;
export const DW_CFA_undefined = 0x07;
export const DW_CFA_same_value = 0x08;
export const DW_CFA_def_cfa = 0x0c;
export const DW_CFA_offset_extended_sf = 0x11;
export const DW_CFA_def_cfa_offset_sf = 0x13;
export const DW_CFA_val_offset = 0x14;

/** Line-number programs of all units. */
export const LINE_BASE = -4;
export const LINE_RANGE = 10;
export const OPCODE_BASE = 11;

// Numbers of abbreviations; those from 33 on are variables and parameters.
export const DW_ABRV_COMPUNIT = 1;
export const DW_ABRV_COMPUNIT_TEXTLESS = 2;
export const DW_ABRV_FUNCTION = 3;
export const DW_ABRV_WRAPPER = 4;
export const DW_ABRV_FUNCTION_ABSTRACT = 5;
export const DW_ABRV_FUNCTION_CONCRETE = 6;
export const DW_ABRV_WRAPPER_CONCRETE = 7;
export const DW_ABRV_INLINED_SUBROUTINE = 8;
export const DW_ABRV_INLINED_SUBROUTINE_RANGES = 9;
export const DW_ABRV_VARIABLE = 10;
export const DW_ABRV_INT_CONSTANT = 11;
export const DW_ABRV_LEXICAL_BLOCK_RANGES = 12;
export const DW_ABRV_LEXICAL_BLOCK_SIMPLE = 13;
export const DW_ABRV_STRUCTFIELD = 14;
export const DW_ABRV_FUNCTYPEPARAM = 15;
export const DW_ABRV_FUNCTYPEOUTPARAM = 16;
export const DW_ABRV_DOTDOTDOT = 17;
export const DW_ABRV_ARRAYRANGE = 18;
export const DW_ABRV_NULLTYPE = 19;
export const DW_ABRV_BASETYPE = 20;
export const DW_ABRV_ARRAYTYPE = 21;
export const DW_ABRV_CHANTYPE = 22;
export const DW_ABRV_FUNCTYPE = 23;
export const DW_ABRV_IFACETYPE = 24;
export const DW_ABRV_MAPTYPE = 25;
export const DW_ABRV_PTRTYPE = 26;
export const DW_ABRV_BARE_PTRTYPE = 27;
export const DW_ABRV_SLICETYPE = 28;
export const DW_ABRV_STRINGTYPE = 29;
export const DW_ABRV_STRUCTTYPE = 30;
export const DW_ABRV_TYPEDECL = 31;
export const DW_ABRV_DICT_INDEX = 32;
export const DW_ABRV_PUTVAR_START = 33;

export interface Abbrev {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attribute and form, in the order of the encoding. */
  readonly attrs: readonly (readonly [attr: number, form: number])[];
}

function row(tag: number, hasChildren: boolean, ...attrs: Abbrev['attrs']): Abbrev {
  return { tag, hasChildren, attrs };
}

const name = [DW_AT_name, DW_FORM_string] as const;
const type = [DW_AT_type, DW_FORM_ref_addr] as const;
const kind = [DW_AT_go_kind, DW_FORM_data1] as const;
const runtimeType = [DW_AT_go_runtime_type, DW_FORM_addr] as const;
const byteSize = [DW_AT_byte_size, DW_FORM_udata] as const;
const elem = [DW_AT_go_elem, DW_FORM_ref_addr] as const;
const origin = [DW_AT_abstract_origin, DW_FORM_ref_addr] as const;
const external = [DW_AT_external, DW_FORM_flag] as const;
const ranges = [DW_AT_ranges, DW_FORM_sec_offset] as const;
const lowPC = [DW_AT_low_pc, DW_FORM_addrx] as const;
const highPC = [DW_AT_high_pc, DW_FORM_udata] as const;
const frameBase = [DW_AT_frame_base, DW_FORM_block1] as const;
const declLine = [DW_AT_decl_line, DW_FORM_udata] as const;
const callFile = [DW_AT_call_file, DW_FORM_data4] as const;
const callLine = [DW_AT_call_line, DW_FORM_udata] as const;
const isResult = [DW_AT_variable_parameter, DW_FORM_flag] as const;
const trampoline = [DW_AT_trampoline, DW_FORM_flag] as const;
const inList = [DW_AT_location, DW_FORM_sec_offset] as const;
const inPlace = [DW_AT_location, DW_FORM_block1] as const;
const inClosure = [DW_AT_go_closure_offset, DW_FORM_udata] as const;
const unitTail = [
  [DW_AT_comp_dir, DW_FORM_string],
  [DW_AT_producer, DW_FORM_string],
  [DW_AT_go_package_name, DW_FORM_string],
] as const;
const language = [DW_AT_language, DW_FORM_data1] as const;

/** By number, for DWARF 5; entry 0 is not used. */
export const abbrevs: readonly Abbrev[] = [
  row(0, false),
  row(
    DW_TAG_compile_unit,
    true,
    name,
    language,
    [DW_AT_stmt_list, DW_FORM_sec_offset],
    [DW_AT_low_pc, DW_FORM_addr],
    ranges,
    ...unitTail,
    [DW_AT_addr_base, DW_FORM_sec_offset],
  ),
  row(DW_TAG_compile_unit, true, name, language, ...unitTail),
  row(
    DW_TAG_subprogram,
    true,
    name,
    lowPC,
    highPC,
    frameBase,
    [DW_AT_decl_file, DW_FORM_data4],
    declLine,
    external,
  ),
  row(DW_TAG_subprogram, true, name, lowPC, highPC, frameBase, trampoline),
  row(DW_TAG_subprogram, true, name, [DW_AT_inline, DW_FORM_data1], declLine, external),
  row(DW_TAG_subprogram, true, origin, lowPC, highPC, frameBase),
  row(DW_TAG_subprogram, true, origin, lowPC, highPC, frameBase, trampoline),
  row(DW_TAG_inlined_subroutine, true, origin, lowPC, highPC, callFile, callLine),
  row(DW_TAG_inlined_subroutine, true, origin, ranges, callFile, callLine),
  row(DW_TAG_variable, false, name, inPlace, type, external),
  row(DW_TAG_constant, false, name, type, [DW_AT_const_value, DW_FORM_sdata]),
  row(DW_TAG_lexical_block, true, ranges),
  row(DW_TAG_lexical_block, true, [DW_AT_low_pc, DW_FORM_addr], [DW_AT_high_pc, DW_FORM_addr]),
  row(DW_TAG_member, false, name, [DW_AT_data_member_location, DW_FORM_udata], type, [
    DW_AT_go_embedded_field,
    DW_FORM_flag,
  ]),
  row(DW_TAG_formal_parameter, false, type),
  row(DW_TAG_formal_parameter, false, isResult, type),
  row(DW_TAG_unspecified_parameters, false),
  row(DW_TAG_subrange_type, false, type, [DW_AT_count, DW_FORM_udata]),
  row(DW_TAG_unspecified_type, false, name),
  row(
    DW_TAG_base_type,
    false,
    name,
    [DW_AT_encoding, DW_FORM_data1],
    [DW_AT_byte_size, DW_FORM_data1],
    kind,
    runtimeType,
  ),
  row(DW_TAG_array_type, true, name, type, byteSize, kind, runtimeType),
  row(DW_TAG_typedef, false, name, type, kind, runtimeType, elem),
  row(DW_TAG_subroutine_type, true, name, byteSize, kind, runtimeType),
  row(DW_TAG_typedef, true, name, type, kind, runtimeType),
  row(DW_TAG_typedef, false, name, type, kind, runtimeType, [DW_AT_go_key, DW_FORM_ref_addr], elem),
  row(DW_TAG_pointer_type, false, name, type, kind, runtimeType),
  row(DW_TAG_pointer_type, false, name, runtimeType),
  row(DW_TAG_structure_type, true, name, byteSize, kind, runtimeType, elem),
  row(DW_TAG_structure_type, true, name, byteSize, kind, runtimeType),
  row(DW_TAG_structure_type, true, name, byteSize, kind, runtimeType),
  row(DW_TAG_typedef, false, name, type),
  row(DW_TAG_typedef, false, name, type, [DW_AT_go_dict_index, DW_FORM_udata]),
  // Variables, then parameters: abstract, concrete, in closures, others.
  row(DW_TAG_variable, false, name, declLine, type),
  row(DW_TAG_formal_parameter, false, name, isResult, type),
  row(DW_TAG_variable, false, origin, inList),
  row(DW_TAG_variable, false, origin, inPlace),
  row(DW_TAG_variable, false, name, declLine, type, inClosure, inList),
  row(DW_TAG_variable, false, name, declLine, type, inClosure, inPlace),
  row(DW_TAG_variable, false, name, declLine, type, inList),
  row(DW_TAG_variable, false, name, declLine, type, inPlace),
  row(DW_TAG_formal_parameter, false, origin, inList),
  row(DW_TAG_formal_parameter, false, origin, inPlace),
  row(DW_TAG_formal_parameter, false, name, isResult, declLine, type, inClosure, inList),
  row(DW_TAG_formal_parameter, false, name, isResult, declLine, type, inClosure, inPlace),
  row(DW_TAG_formal_parameter, false, name, isResult, declLine, type, inList),
  row(DW_TAG_formal_parameter, false, name, isResult, declLine, type, inPlace),
];

/** Contents of `.debug_abbrev`. */
export function encodeAbbrevs(): Uint8Array {
  const w = new ByteWriter(1024);
  abbrevs.forEach(({ tag, hasChildren, attrs }, number) => {
    if (number === 0) return;
    w.uvarint(number);
    w.uvarint(tag);
    w.u8(hasChildren ? 1 : 0);
    for (const [attr, form] of attrs) {
      w.uvarint(attr);
      w.uvarint(form);
    }
    w.u16(0);
  });
  w.u8(0);
  return w.take();
}
