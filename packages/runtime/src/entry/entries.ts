/**
 * The runtime's functions and variables that compiled code may refer to without importing runtime.
 *
 * `builtinEntries` stand in the order of upstream's builtin list, so that a row's position is
 * the symbol index that objects use with PkgIdxBuiltin. Types of parameters are given as far as the
 * calling convention sees them: `ptr` is any one-word pointer (map and channel too), `iface` two
 * words, `slice` three. All are ABIInternal unless the row says otherwise.
 * GOROOT: src/cmd/compile/internal/typecheck/_builtin/runtime.go, src/cmd/internal/goobj/mkbuiltin.go,
 * src/cmd/compile/internal/ssagen/ssa.go (InitConfig).
 */

export type EntryType =
  | 'ptr'
  | 'uintptr'
  | 'int'
  | 'uint'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'uint32'
  | 'int16'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'float64'
  | 'float32'
  | 'complex128'
  | 'complex64'
  | 'string'
  | 'slice'
  | 'iface'
  | 'bytes16';

/** Never returns: what follows the call is unreachable. */
export const NoReturn = 1;
/** Neither writes memory that Go code can see nor has another effect, though it may panic. */
export const ReadOnly = 2;
/** Written in assembly without a stack check: cannot grow the stack, be a GC point or be preempted. */
export const Assembly = 4;
/** Keeps every general register but the result's; called only from compiler-made sequences. */
export const KeepsRegisters = 8;

export interface Entry {
  /** Without the `runtime.` prefix. */
  readonly name: string;
  /** The linker's name. */
  readonly symbol: string;
  readonly kind: 'func' | 'var' | 'type';
  readonly abi: 0 | 1;
  readonly params: readonly EntryType[];
  readonly results: readonly EntryType[];
  /** Bits of NoReturn, ReadOnly, Assembly, KeepsRegisters. */
  readonly effects: number;
}

function words(list: string): EntryType[] {
  return list === '' ? [] : (list.split(' ') as EntryType[]);
}

function fn(name: string, params: string, results: string, effects = 0, abi: 0 | 1 = 1): Entry {
  return {
    name,
    symbol: `runtime.${name}`,
    kind: 'func',
    abi,
    params: words(params),
    results: words(results),
    effects,
  };
}

function stub(name: string): Entry {
  return fn(name, '', '', Assembly, 0);
}

function variable(name: string, type: string): Entry & { readonly type: string } {
  return { ...fn(name, '', ''), kind: 'var', abi: 0, type };
}

function descriptor(type: string): Entry {
  return { ...fn(type, '', ''), symbol: `type:${type}`, kind: 'type', abi: 0 };
}

const barriers = Array.from({ length: 8 }, (_, i) =>
  fn(`gcWriteBarrier${i + 1}`, '', 'ptr', Assembly | KeepsRegisters),
);

const retpolines = [
  'AX',
  'CX',
  'DX',
  'BX',
  'BP',
  'SI',
  'DI',
  'R8',
  'R9',
  'R10',
  'R11',
  'R12',
  'R13',
  'R14',
  'R15',
].map((reg) => stub(`retpoline${reg}`));

const basicTypes = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'complex64',
  'complex128',
  'unsafe.Pointer',
  'uintptr',
  'bool',
  'string',
  'error',
  'func(error) string',
].flatMap((type) => [descriptor(type), descriptor(`*${type}`)]);

/** In the order of upstream's builtin list. */
export const builtinEntries: readonly Entry[] = [
  // Allocation, and panics of arithmetic, make, package initialisation and wrappers.
  fn('newobject', 'ptr', 'ptr'),
  fn('mallocgc', 'uintptr ptr bool', 'ptr'),
  fn('panicdivide', '', '', NoReturn),
  fn('panicshift', '', '', NoReturn),
  fn('panicmakeslicelen', '', '', NoReturn),
  fn('panicmakeslicecap', '', '', NoReturn),
  fn('throwinit', '', '', NoReturn),
  fn('panicwrap', '', '', NoReturn),

  // panic, recover, and the bounds failures that the assembly stub of panicBounds calls.
  fn('gopanic', 'iface', '', NoReturn),
  fn('gorecover', '', 'iface'),
  fn('goschedguarded', '', ''),
  fn('goPanicIndex', 'int int', '', NoReturn),
  fn('goPanicIndexU', 'uint int', '', NoReturn),
  fn('goPanicSliceAlen', 'int int', '', NoReturn),
  fn('goPanicSliceAlenU', 'uint int', '', NoReturn),
  fn('goPanicSliceAcap', 'int int', '', NoReturn),
  fn('goPanicSliceAcapU', 'uint int', '', NoReturn),
  fn('goPanicSliceB', 'int int', '', NoReturn),
  fn('goPanicSliceBU', 'uint int', '', NoReturn),
  fn('goPanicSlice3Alen', 'int int', '', NoReturn),
  fn('goPanicSlice3AlenU', 'uint int', '', NoReturn),
  fn('goPanicSlice3Acap', 'int int', '', NoReturn),
  fn('goPanicSlice3AcapU', 'uint int', '', NoReturn),
  fn('goPanicSlice3B', 'int int', '', NoReturn),
  fn('goPanicSlice3BU', 'uint int', '', NoReturn),
  fn('goPanicSlice3C', 'int int', '', NoReturn),
  fn('goPanicSlice3CU', 'uint int', '', NoReturn),
  fn('goPanicSliceConvert', 'int int', '', NoReturn),

  // print and println.
  fn('printbool', 'bool', ''),
  fn('printfloat64', 'float64', ''),
  fn('printfloat32', 'float32', ''),
  fn('printint', 'int64', ''),
  fn('printhex', 'uint64', ''),
  fn('printuint', 'uint64', ''),
  fn('printcomplex128', 'complex128', ''),
  fn('printcomplex64', 'complex64', ''),
  fn('printstring', 'string', ''),
  fn('printquoted', 'string', ''),
  fn('printpointer', 'ptr', ''),
  fn('printuintptr', 'uintptr', ''),
  fn('printiface', 'iface', ''),
  fn('printeface', 'iface', ''),
  fn('printslice', 'slice', ''),
  fn('printnl', '', ''),
  fn('printsp', '', ''),
  fn('printlock', '', ''),
  fn('printunlock', '', ''),

  // Strings.
  fn('concatstring2', 'ptr string string', 'string'),
  fn('concatstring3', 'ptr string string string', 'string'),
  fn('concatstring4', 'ptr string string string string', 'string'),
  fn('concatstring5', 'ptr string string string string string', 'string'),
  fn('concatstrings', 'ptr slice', 'string'),
  fn('concatbyte2', 'ptr string string', 'slice'),
  fn('concatbyte3', 'ptr string string string', 'slice'),
  fn('concatbyte4', 'ptr string string string string', 'slice'),
  fn('concatbyte5', 'ptr string string string string string', 'slice'),
  fn('concatbytes', 'ptr slice', 'slice'),
  fn('cmpstring', 'string string', 'int', ReadOnly | Assembly),
  fn('intstring', 'ptr int64', 'string'),
  fn('slicebytetostring', 'ptr ptr int', 'string'),
  fn('slicebytetostringtmp', 'ptr int', 'string'),
  fn('slicerunetostring', 'ptr slice', 'string'),
  fn('stringtoslicebyte', 'ptr string', 'slice'),
  fn('stringtoslicerune', 'ptr string', 'slice'),
  fn('slicecopy', 'ptr int ptr int uintptr', 'int'),
  fn('decoderune', 'string int', 'int32 int', ReadOnly),
  fn('countrunes', 'string', 'int', ReadOnly),

  // Conversions to interfaces, assertions, comparison of interfaces.
  fn('convT', 'ptr ptr', 'ptr'),
  fn('convTnoptr', 'ptr ptr', 'ptr'),
  fn('convT16', 'uint16', 'ptr'),
  fn('convT32', 'uint32', 'ptr'),
  fn('convT64', 'uint64', 'ptr'),
  fn('convTstring', 'string', 'ptr'),
  fn('convTslice', 'slice', 'ptr'),
  fn('assertE2I', 'ptr ptr', 'ptr'),
  fn('assertE2I2', 'ptr ptr', 'ptr'),
  fn('panicdottypeE', 'ptr ptr ptr', '', NoReturn),
  fn('panicdottypeI', 'ptr ptr ptr', '', NoReturn),
  fn('panicnildottype', 'ptr', '', NoReturn),
  fn('typeAssert', 'ptr ptr', 'ptr'),
  fn('interfaceSwitch', 'ptr ptr', 'int ptr'),
  fn('ifaceeq', 'ptr ptr ptr', 'bool'),
  fn('efaceeq', 'ptr ptr ptr', 'bool'),

  // Range over functions.
  fn('panicrangestate', 'int', '', NoReturn),
  fn('deferrangefunc', '', 'iface'),

  // Maps.
  fn('rand', '', 'uint64'),
  fn('rand32', '', 'uint32'),
  fn('makemap64', 'ptr int64 ptr', 'ptr'),
  fn('makemap', 'ptr int ptr', 'ptr'),
  fn('makemap_small', '', 'ptr'),
  fn('mapaccess1', 'ptr ptr ptr', 'ptr'),
  fn('mapaccess1_fast32', 'ptr ptr uint32', 'ptr'),
  fn('mapaccess1_fast64', 'ptr ptr uint64', 'ptr'),
  fn('mapaccess1_faststr', 'ptr ptr string', 'ptr'),
  fn('mapaccess1_fat', 'ptr ptr ptr ptr', 'ptr'),
  fn('mapaccess2', 'ptr ptr ptr', 'ptr bool'),
  fn('mapaccess2_fast32', 'ptr ptr uint32', 'ptr bool'),
  fn('mapaccess2_fast64', 'ptr ptr uint64', 'ptr bool'),
  fn('mapaccess2_faststr', 'ptr ptr string', 'ptr bool'),
  fn('mapaccess2_fat', 'ptr ptr ptr ptr', 'ptr bool'),
  fn('mapassign', 'ptr ptr ptr', 'ptr'),
  fn('mapassign_fast32', 'ptr ptr uint32', 'ptr'),
  fn('mapassign_fast32ptr', 'ptr ptr ptr', 'ptr'),
  fn('mapassign_fast64', 'ptr ptr uint64', 'ptr'),
  fn('mapassign_fast64ptr', 'ptr ptr ptr', 'ptr'),
  fn('mapassign_faststr', 'ptr ptr string', 'ptr'),
  fn('mapIterStart', 'ptr ptr ptr', ''),
  fn('mapdelete', 'ptr ptr ptr', ''),
  fn('mapdelete_fast32', 'ptr ptr uint32', ''),
  fn('mapdelete_fast64', 'ptr ptr uint64', ''),
  fn('mapdelete_faststr', 'ptr ptr string', ''),
  fn('mapIterNext', 'ptr', ''),
  fn('mapclear', 'ptr ptr', ''),

  // Channels and select.
  fn('makechan64', 'ptr int64', 'ptr'),
  fn('makechan', 'ptr int', 'ptr'),
  fn('chanrecv1', 'ptr ptr', ''),
  fn('chanrecv2', 'ptr ptr', 'bool'),
  fn('chansend1', 'ptr ptr', ''),
  fn('closechan', 'ptr', ''),
  fn('chanlen', 'ptr', 'int', ReadOnly),
  fn('chancap', 'ptr', 'int', ReadOnly),

  // Typed memory.
  variable('writeBarrier', 'writeBarrier'),
  fn('typedmemmove', 'ptr ptr ptr', ''),
  fn('typedmemclr', 'ptr ptr', ''),
  fn('typedslicecopy', 'ptr ptr int ptr int', 'int'),

  // Select.
  fn('selectnbsend', 'ptr ptr', 'bool'),
  fn('selectnbrecv', 'ptr ptr', 'bool bool'),
  fn('selectsetpc', 'ptr', ''),
  fn('selectgo', 'ptr ptr ptr int int bool', 'int bool'),
  fn('block', '', '', NoReturn),

  // Slices.
  fn('makeslice', 'ptr int int', 'ptr'),
  fn('makeslice64', 'ptr int64 int64', 'ptr'),
  fn('makeslicecopy', 'ptr int int ptr', 'ptr'),
  fn('growslice', 'ptr int int int ptr', 'slice'),
  fn('growsliceBuf', 'ptr int int int ptr ptr int', 'slice'),
  fn('growsliceBufNoAlias', 'ptr int int int ptr ptr int', 'slice'),
  fn('growsliceNoAlias', 'ptr int int int ptr', 'slice'),
  fn('unsafeslicecheckptr', 'ptr ptr int64', ''),
  fn('panicunsafeslicelen', '', '', NoReturn),
  fn('panicunsafeslicenilptr', '', '', NoReturn),
  fn('unsafestringcheckptr', 'ptr int64', ''),
  fn('panicunsafestringlen', '', '', NoReturn),
  fn('panicunsafestringnilptr', '', '', NoReturn),
  fn('moveSlice', 'ptr ptr int int', 'ptr int int'),
  fn('moveSliceNoScan', 'uintptr ptr int int', 'ptr int int'),
  fn('moveSliceNoCap', 'ptr ptr int', 'ptr int int'),
  fn('moveSliceNoCapNoScan', 'uintptr ptr int', 'ptr int int'),

  // Plain memory.
  fn('memmove', 'ptr ptr uintptr', '', Assembly),
  fn('memclrNoHeapPointers', 'ptr uintptr', '', Assembly),
  fn('memclrHasPointers', 'ptr uintptr', ''),

  // Equality and hashing.
  fn('memequal', 'ptr ptr uintptr', 'bool', ReadOnly | Assembly),
  fn('memequal0', 'ptr ptr', 'bool', ReadOnly),
  fn('memequal8', 'ptr ptr', 'bool', ReadOnly),
  fn('memequal16', 'ptr ptr', 'bool', ReadOnly),
  fn('memequal32', 'ptr ptr', 'bool', ReadOnly),
  fn('memequal64', 'ptr ptr', 'bool', ReadOnly),
  fn('memequal128', 'ptr ptr', 'bool', ReadOnly),
  fn('f32equal', 'ptr ptr', 'bool', ReadOnly),
  fn('f64equal', 'ptr ptr', 'bool', ReadOnly),
  fn('c64equal', 'ptr ptr', 'bool', ReadOnly),
  fn('c128equal', 'ptr ptr', 'bool', ReadOnly),
  fn('strequal', 'ptr ptr', 'bool', ReadOnly),
  fn('interequal', 'ptr ptr', 'bool'),
  fn('nilinterequal', 'ptr ptr', 'bool'),
  fn('memhash', 'ptr uintptr uintptr', 'uintptr'),
  fn('memhash0', 'ptr uintptr', 'uintptr'),
  fn('memhash8', 'ptr uintptr', 'uintptr'),
  fn('memhash16', 'ptr uintptr', 'uintptr'),
  fn('memhash32', 'ptr uintptr', 'uintptr'),
  fn('memhash64', 'ptr uintptr', 'uintptr'),
  fn('memhash128', 'ptr uintptr', 'uintptr'),
  fn('f32hash', 'ptr uintptr', 'uintptr'),
  fn('f64hash', 'ptr uintptr', 'uintptr'),
  fn('c64hash', 'ptr uintptr', 'uintptr'),
  fn('c128hash', 'ptr uintptr', 'uintptr'),
  fn('strhash', 'ptr uintptr', 'uintptr'),
  fn('interhash', 'ptr uintptr', 'uintptr'),
  fn('nilinterhash', 'ptr uintptr', 'uintptr'),

  // Arithmetic that some architectures lack.
  fn('int64div', 'int64 int64', 'int64', ReadOnly),
  fn('uint64div', 'uint64 uint64', 'uint64', ReadOnly),
  fn('int64mod', 'int64 int64', 'int64', ReadOnly),
  fn('uint64mod', 'uint64 uint64', 'uint64', ReadOnly),
  fn('float64toint64', 'float64', 'int64', ReadOnly),
  fn('float64touint64', 'float64', 'uint64', ReadOnly),
  fn('float64touint32', 'float64', 'uint32', ReadOnly),
  fn('int64tofloat64', 'int64', 'float64', ReadOnly),
  fn('int64tofloat32', 'int64', 'float32', ReadOnly),
  fn('uint64tofloat64', 'uint64', 'float64', ReadOnly),
  fn('uint64tofloat32', 'uint64', 'float32', ReadOnly),
  fn('uint32tofloat64', 'uint32', 'float64', ReadOnly),
  fn('complex128div', 'complex128 complex128', 'complex128', ReadOnly),

  // Instrumentation.
  fn('racefuncenter', 'uintptr', ''),
  fn('racefuncexit', '', ''),
  fn('raceread', 'uintptr', ''),
  fn('racewrite', 'uintptr', ''),
  fn('racereadrange', 'uintptr uintptr', ''),
  fn('racewriterange', 'uintptr uintptr', ''),
  fn('msanread', 'uintptr uintptr', ''),
  fn('msanwrite', 'uintptr uintptr', ''),
  fn('msanmove', 'uintptr uintptr uintptr', ''),
  fn('asanread', 'uintptr uintptr', ''),
  fn('asanwrite', 'uintptr uintptr', ''),
  fn('checkptrAlignment', 'ptr ptr uintptr', ''),
  fn('checkptrArithmetic', 'ptr slice', ''),
  fn('libfuzzerTraceCmp1', 'uint8 uint8 uint', ''),
  fn('libfuzzerTraceCmp2', 'uint16 uint16 uint', ''),
  fn('libfuzzerTraceCmp4', 'uint32 uint32 uint', ''),
  fn('libfuzzerTraceCmp8', 'uint64 uint64 uint', ''),
  fn('libfuzzerTraceConstCmp1', 'uint8 uint8 uint', ''),
  fn('libfuzzerTraceConstCmp2', 'uint16 uint16 uint', ''),
  fn('libfuzzerTraceConstCmp4', 'uint32 uint32 uint', ''),
  fn('libfuzzerTraceConstCmp8', 'uint64 uint64 uint', ''),
  fn('libfuzzerHookStrCmp', 'string string uint', ''),
  fn('libfuzzerHookEqualFold', 'string string uint', ''),
  fn('addCovMeta', 'ptr uint32 bytes16 string int uint8 uint8', 'uint32'),

  // Features of the processor, found at start.
  variable('x86HasAVX', 'bool'),
  variable('x86HasFMA', 'bool'),
  variable('x86HasPOPCNT', 'bool'),
  variable('x86HasSSE41', 'bool'),
  variable('armHasVFPv4', 'bool'),
  variable('arm64HasATOMICS', 'bool'),
  variable('loong64HasLAMCAS', 'bool'),
  variable('loong64HasLAM_BH', 'bool'),
  variable('loong64HasDBAR_HINTS', 'bool'),
  variable('loong64HasLSX', 'bool'),
  variable('riscv64HasZbb', 'bool'),

  // Others.
  fn('asanregisterglobals', 'ptr uintptr', ''),
  fn('KeepAlive', 'iface', ''),

  // Inserted by the front end.
  fn('deferproc', 'ptr', ''),
  fn('deferprocStack', 'ptr', ''),
  fn('deferreturn', '', ''),
  fn('newproc', 'ptr', ''),
  fn('panicoverflow', '', '', NoReturn),
  fn('sigpanic', '', '', NoReturn),

  // Inserted by the back end and the assembler.
  ...barriers,
  fn('duffzero', '', '', Assembly),
  fn('duffcopy', '', '', Assembly),
  stub('morestack'),
  stub('morestackc'),
  stub('morestack_noctxt'),
  ...retpolines,
  variable('tls_g', 'uintptr'),
  ...basicTypes,
];

/** Reached by name, not by builtin index. */
export const namedEntries: readonly Entry[] = [
  fn('deferprocat', 'ptr iface', ''),
  fn('panicBounds', '', '', NoReturn | Assembly),
  fn('panicExtend', '', '', NoReturn | Assembly),
  fn('panicSimdImm', '', '', NoReturn),
  fn('wbZero', 'ptr ptr', ''),
  fn('wbMove', 'ptr ptr ptr', ''),
  fn('memequal_varlen', 'ptr ptr', 'bool', Assembly | ReadOnly),
  fn('memhash_varlen', 'ptr uintptr', 'uintptr'),
  ...[1, 2, 3, 4, 5, 6, 7].map((size) =>
    fn(`mallocgcSmallScanNoHeaderSC${size}`, 'uintptr ptr bool', 'ptr'),
  ),
  ...[2, 3, 4, 5, 6, 7].map((size) =>
    fn(`mallocgcSmallNoScanSC${size}`, 'uintptr ptr bool', 'ptr'),
  ),
  fn('mallocgcTinySC2', 'uintptr ptr bool', 'ptr'),
  variable('zerobase', 'uintptr'),
  variable('zeroVal', '[1024]byte'),
  variable('staticuint64s', '[256]uint64'),
  variable('emptyTypeAssertCache', 'abi.TypeAssertCache'),
  variable('emptyInterfaceSwitchCache', 'abi.InterfaceSwitchCache'),
];

/** All of them, by name without prefix. */
export const entries: ReadonlyMap<string, Entry> = new Map(
  [...builtinEntries, ...namedEntries]
    .filter((entry) => entry.kind !== 'type')
    .map((entry) => [entry.name, entry]),
);
