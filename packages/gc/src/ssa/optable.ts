/**
 * The generic operations, one row each: what the builder emits and the target-independent passes know.
 *
 * Operations are not multiplied by width: the width is in the representation of the value (`v.rep`)
 * or, for comparisons, conversions and stores, of an operand. Where an operation needs memory, the
 * memory operand is the last one.
 *
 * Row: name, number of operands (−1: any), attributes, auxiliary data. Attributes, one letter each:
 *
 *     c  commutative in its first two operands
 *     l  reads memory (last operand), yields a value
 *     m  yields memory: has an effect that must stay in order
 *     t  yields a tuple, to be taken apart by Select0/Select1 (or SelectN for calls)
 *     k  a call: clobbers every register
 *     e  has an effect although nothing may use its result; never removed
 *     n  faults if its first operand is nil (or near it)
 *     z  emits no instruction
 *     p  pinned to its block: never moved, merged or rematerialised
 *
 * Auxiliary data: i `auxInt`, s `aux` is a Sym, v a LocalVar, t an ir Type or null, c a CallInfo,
 * f `aux` is a number (the float), b a constant (`auxInt`, or `aux` as bigint if it is not safe).
 *
 * `tools/gen-ops.ts` numbers the rows of this table and of the targets' into op.ts.
 */

export type OpRow = readonly [name: string, args: number, attributes?: string, aux?: string];

export const genericOps: readonly OpRow[] = [
  ['Invalid', 0],
  // Structure.
  ['Phi', -1, 'zp'],
  ['Copy', 1, 'z'],
  ['InitMem', 0, 'zp'],
  ['SP', 0, 'z'],
  ['SB', 0, 'z'],
  /** An argument in machine register auxInt at entry; aux: the parameter it is (part of), or null. */
  ['ArgReg', 0, 'zp', 'iv'],
  ['Select0', 1, 'z'],
  ['Select1', 1, 'z'],
  /** Result auxInt of a call; number of register results ⇒ its memory. */
  ['SelectN', 1, 'z', 'i'],
  /** Register results and memory of a return, in the order of the ABI: the control of a Ret block. */
  ['MakeResult', -1, 'tzp', 'c'],

  // Constants. Integers are kept sign-extended from their width.
  ['ConstBool', 0, '', 'i'],
  ['Const', 0, '', 'b'],
  ['ConstF', 0, '', 'f'],
  ['ConstNil', 0, ''],
  /** Address of a symbol plus auxInt; operand SB. */
  ['Addr', 1, '', 'is'],
  /** Address of a frame slot plus auxInt; operands SP, memory (so that it follows its VarDef). */
  ['LocalAddr', 2, '', 'iv'],

  // Integers.
  ['Add', 2, 'c'],
  ['Sub', 2],
  ['Mul', 2, 'c'],
  /** Division by zero is checked before by the builder; −MIN/−1 wraps. auxInt 1: that cannot happen. */
  ['Div', 2, '', 'i'],
  ['DivU', 2],
  ['Mod', 2, '', 'i'],
  ['ModU', 2],
  /** High half of the signed or unsigned product. */
  ['HMul', 2, 'c'],
  ['HMulU', 2, 'c'],
  /** (x + y) / 2 unsigned without overflow; x ≥ y. */
  ['AvgU', 2],
  ['And', 2, 'c'],
  ['Or', 2, 'c'],
  ['Xor', 2, 'c'],
  ['Com', 1],
  ['Neg', 1],
  /** Shifts by an unsigned count of any integer width; too far gives 0 or the sign. auxInt 1: in range. */
  ['Lsh', 2, '', 'i'],
  ['Rsh', 2, '', 'i'],
  ['RshU', 2, '', 'i'],
  /** Rotate left, count modulo width. */
  ['RotL', 2],
  ['BitLen', 1],
  /** Trailing zeros; the width for 0. */
  ['Ctz', 1],
  ['CtzNonZero', 1],
  ['PopCount', 1],
  ['Bswap', 1],
  /** Select0 high, Select1 low. */
  ['MulUHiLo', 2, 'ct'],
  /** Select0 low, Select1 overflow (bool). */
  ['MulUOver', 2, 'ct'],
  /** x + y + carry (0 or 1): Select0 sum, Select1 carry. */
  ['AddCarry', 3, 'ct'],
  ['SubBorrow', 3, 't'],
  /** (high:low) / y: Select0 quotient, Select1 remainder; high < y. */
  ['Div128U', 3, 't'],

  // Comparisons: the width is the operands'. Eq and Ne also of bool and ptr.
  ['Eq', 2, 'c'],
  ['Ne', 2, 'c'],
  ['Lt', 2],
  ['Le', 2],
  ['LtU', 2],
  ['LeU', 2],
  ['EqF', 2, 'c'],
  ['NeF', 2, 'c'],
  ['LtF', 2],
  ['LeF', 2],
  /** 0 ≤ x < y; y ≥ 0. */
  ['IsInBounds', 2],
  /** 0 ≤ x ≤ y; y ≥ 0. */
  ['IsSliceInBounds', 2],
  ['Not', 1],
  /** x, y, bool: x if the bool is true. */
  ['CondSelect', 3],

  // Conversions: from the operand's representation to the value's.
  ['SignExt', 1],
  /** Also bool to integer. */
  ['ZeroExt', 1],
  ['Trunc', 1],
  ['IntToF', 1],
  ['UintToF', 1],
  ['FToInt', 1],
  ['FToUint', 1],
  /** f32 ⇄ f64; equal representations: rounds explicitly, no fusion over it. */
  ['FToF', 1],
  /** Same bits: f64 ⇄ i64, f32 ⇄ i32. */
  ['BitCast', 1],
  /** ptr ⇄ i64, ordered by memory so that no safepoint comes between. */
  ['Convert', 2, ''],

  // Floats.
  ['AddF', 2, 'c'],
  ['SubF', 2],
  ['MulF', 2, 'c'],
  ['DivF', 2],
  ['NegF', 1],
  ['AbsF', 1],
  /** Magnitude of x, sign of y. */
  ['CopysignF', 2],
  ['SqrtF', 1],
  ['FloorF', 1],
  ['CeilF', 1],
  ['TruncF', 1],
  ['RoundEvenF', 1],
  /** x * y + z, rounded once. */
  ['FMA', 3],
  /** As Go's min and max. */
  ['MinF', 2, 'c'],
  ['MaxF', 2, 'c'],

  // Pointers and memory.
  ['OffPtr', 1, '', 'i'],
  ['PtrAdd', 2],
  /** −1 if x > 0, 0 if x = 0; x ≥ 0. Keeps the pointer of an empty slice inside its object. */
  ['SliceMask', 1],
  ['NilCheck', 2, 'ne'],
  ['Load', 2, 'ln'],
  /** ptr, value, memory. auxInt 1: may need a write barrier. */
  ['Store', 3, 'mn', 'i'],
  /** ptr, memory; auxInt bytes; aux: the type if a write barrier may be needed, else null. */
  ['Zero', 2, 'mn', 'it'],
  /** dst, src, memory; auxInt bytes; aux as Zero. The areas are equal or disjoint. */
  ['Move', 3, 'mn', 'it'],
  /** Marks the beginning (VarDef) of a slot's contents, and a point where it must still be whole. */
  ['VarDef', 1, 'mz', 'v'],
  ['VarLive', 1, 'mz', 'v'],
  /** x, memory: x is live here. */
  ['KeepAlive', 2, 'mz'],

  // Calls. Operands: [code pointer, [context,]] register arguments in ABI order, memory.
  ['StaticCall', -1, 'mtk', 'c'],
  ['ClosureCall', -1, 'mtk', 'c'],
  ['InterCall', -1, 'mtk', 'c'],
  /** As StaticCall and InterCall in a RetJmp block, where they are the control. */
  ['TailCall', -1, 'mtk', 'c'],
  ['TailCallInter', -1, 'mtk', 'c'],
  /** x, y, memory; auxInt is the code (contract §7.10), plus 16 if x is unsigned. */
  ['PanicBounds', 3, 'm', 'i'],
  /** Calls gcWriteBarrierN: auxInt words; Select0 the buffer, Select1 memory. Made by writebarrier. */
  ['WBBuffer', 1, 'mtp', 'i'],
  /** The 32-bit write barrier flag, read here. Made by writebarrier. */
  ['WBFlag', 2, 'lp'],
  /** Ends a write barrier region. */
  ['WBEnd', 1, 'mzp'],

  // Atomics: Select0 the value (with its width), Select1 memory.
  ['AtomicLoad', 2, 'mtn', 'i'],
  ['AtomicStore', 3, 'mn'],
  /** Select0: the old value. */
  ['AtomicExchange', 3, 'mtn'],
  /** Select0: the new value. */
  ['AtomicAdd', 3, 'mtn'],
  /** ptr, old, new: Select0 success (bool). */
  ['AtomicCas', 4, 'mtn'],
  /** Select0: the old value. */
  ['AtomicAnd', 3, 'mtn'],
  ['AtomicOr', 3, 'mtn'],
  /** Without a result. */
  ['AtomicAndM', 3, 'mn'],
  ['AtomicOrM', 3, 'mn'],
  /** auxInt 1: non-temporal. */
  ['Prefetch', 2, 'm', 'i'],

  // The machine.
  ['GetG', 1, 'l'],
  ['GetClosurePtr', 0, 'p'],
  ['GetCallerPC', 0],
  ['GetCallerSP', 1, 'l'],
  /** Stands for inlined call auxInt in tracebacks. */
  ['InlMark', 1, 'ep', 'i'],

  // Register allocation.
  ['StoreReg', 1],
  ['LoadReg', 1],
];
