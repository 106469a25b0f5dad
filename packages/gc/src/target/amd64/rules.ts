/**
 * Lowering: generic operations to those of amd64 (notation: ssa/rewrite.ts).
 *
 * Values narrower than 32 bits are computed in 32-bit registers with garbage above their width;
 * comparisons, extensions, right shifts and divisions look at the width only. Trunc therefore costs
 * nothing; it stays until everything else is lowered, because operations are chosen by the width of
 * their operands.
 *
 * Authority for what instructions do: Intel SDM vol. 2.
 */

const widths = [
  ['64', 'Q'],
  ['32', 'L'],
  ['16', 'W'],
  ['8', 'B'],
  ['b', 'B'],
] as const;

function arithmetic(): string[] {
  const rules: string[] = [];
  for (const [cls, w] of [
    ['64', 'Q'],
    ['l', 'L'],
  ] as const) {
    const m = `AMD64`;
    for (const [op, insn] of [
      ['Add', 'ADD'],
      ['Sub', 'SUB'],
      ['Mul', 'IMUL'],
      ['And', 'AND'],
      ['Or', 'OR'],
      ['Xor', 'XOR'],
    ] as const) {
      rules.push(`${op}/${cls}(x, y) -> ${m}${insn}${w}(x, y)`);
    }
    rules.push(`Com/${cls}(x) -> ${m}NOT${w}(x)`, `Neg/${cls}(x) -> ${m}NEG${w}(x)`);
  }
  for (const [cls, w] of widths) {
    if (cls === 'b' || cls === '8') continue;
    rules.push(
      `Div/${cls}[c](x, y) -> Select0(AMD64DIV${w}[c](x, y))`,
      `DivU/${cls}(x, y) -> Select0(AMD64DIV${w}U(x, y))`,
      `Mod/${cls}[c](x, y) -> Select1(AMD64DIV${w}[c](x, y))`,
      `ModU/${cls}(x, y) -> Select1(AMD64DIV${w}U(x, y))`,
    );
  }
  // A quotient of bytes fits in 16 bits, −128/−1 too.
  const sx = (x: string): string => `AMD64MOVBQSX/i32(${x})`;
  const zx = (x: string): string => `AMD64MOVBQZX/i32(${x})`;
  rules.push(
    `Div/8(x, y) -> Select0(AMD64DIVW[1](${sx('x')}, ${sx('y')}))`,
    `DivU/8(x, y) -> Select0(AMD64DIVWU(${zx('x')}, ${zx('y')}))`,
    `Mod/8(x, y) -> Select1(AMD64DIVW[1](${sx('x')}, ${sx('y')}))`,
    `ModU/8(x, y) -> Select1(AMD64DIVWU(${zx('x')}, ${zx('y')}))`,
    'HMul/64(x, y) -> AMD64HMULQ(x, y)',
    'HMul/32(x, y) -> AMD64HMULL(x, y)',
    'HMulU/64(x, y) -> AMD64HMULQU(x, y)',
    'HMulU/32(x, y) -> AMD64HMULLU(x, y)',
    'AvgU/64(x, y) -> AMD64AVGQU(x, y)',
    'MulUHiLo(x, y) -> AMD64MULQU(x, y)',
    'Div128U(x, y, z) -> AMD64DIVQU2(x, y, z)',
    'Select0(MulUOver(x, y)) -> Select1(AMD64MULQU(x, y))',
    'Select1(MulUOver(x, y)) -> Ne(Select0/i64(AMD64MULQU(x, y)), zero(f))',
    'Select0(AddCarry(x, y, c)) -> Select0(AMD64ADCQ(x, y, Select1/flags(AMD64NEGLflags(c))))',
    'Select1(AddCarry(x, y, c)) -> AMD64NEGQ(AMD64SBBQcarrymask(Select1/flags(AMD64ADCQ(x, y, Select1/flags(AMD64NEGLflags(c))))))',
    'Select0(SubBorrow(x, y, c)) -> Select0(AMD64SBBQ(x, y, Select1/flags(AMD64NEGLflags(c))))',
    'Select1(SubBorrow(x, y, c)) -> AMD64NEGQ(AMD64SBBQcarrymask(Select1/flags(AMD64SBBQ(x, y, Select1/flags(AMD64NEGLflags(c))))))',
  );
  return rules;
}

function bits(): string[] {
  const ors = (x: string, c: number): string => `AMD64ORLconst/i32[${c}](${x})`;
  return [
    'Ctz(x/64) -> AMD64CMOVQEQ(Select0/i64(AMD64BSFQ(x)), AMD64MOVQconst/i64[64], Select1/flags(AMD64BSFQ(x)))',
    'Ctz(x/32) -> Select0(AMD64BSFQ(AMD64BTSQconst/i64[32](x)))',
    `Ctz(x/16) -> Select0(AMD64BSFL(${ors('x', 65536)}))`,
    `Ctz(x/8) -> Select0(AMD64BSFL(${ors('x', 256)}))`,
    'CtzNonZero(x/64) -> Select0(AMD64BSFQ(x))',
    'CtzNonZero(x/l) -> Select0(AMD64BSFL(x))',
    'BitLen(x/64) -> AMD64ADDQconst[1](AMD64CMOVQEQ/i64(Select0/i64(AMD64BSRQ(x)), AMD64MOVQconst/i64[-1], Select1/flags(AMD64BSRQ(x))))',
    // The length of x is the number of the top bit of 2x+1.
    'BitLen(x/32) -> Select0(AMD64BSRQ(AMD64LEAQidx/i64[1, 1](AMD64MOVLQZX/i64(x), AMD64MOVLQZX/i64(x))))',
    'BitLen(x/16) -> Select0(AMD64BSRL(AMD64LEALidx/i32[1, 1](AMD64MOVWQZX/i32(x), AMD64MOVWQZX/i32(x))))',
    'BitLen(x/8) -> Select0(AMD64BSRL(AMD64LEALidx/i32[1, 1](AMD64MOVBQZX/i32(x), AMD64MOVBQZX/i32(x))))',
    'PopCount(x/64) -> AMD64POPCNTQ(x)',
    'PopCount(x/32) -> AMD64POPCNTL(x)',
    'PopCount(x/16) -> AMD64POPCNTL(AMD64MOVWQZX/i32(x))',
    'PopCount(x/8) -> AMD64POPCNTL(AMD64MOVBQZX/i32(x))',
    'Bswap/64(x) -> AMD64BSWAPQ(x)',
    'Bswap/32(x) -> AMD64BSWAPL(x)',
    'Bswap/16(x) -> AMD64ROLWconst[8](x)',
    'RotL/64(x, Const[c]) -> AMD64ROLQconst[and(c, 63)](x)',
    'RotL/32(x, Const[c]) -> AMD64ROLLconst[and(c, 31)](x)',
    'RotL/16(x, Const[c]) -> AMD64ROLWconst[and(c, 15)](x)',
    'RotL/8(x, Const[c]) -> AMD64ROLBconst[and(c, 7)](x)',
    'RotL/64(x, y) -> AMD64ROLQ(x, y)',
    'RotL/32(x, y) -> AMD64ROLL(x, y)',
    'RotL/16(x, y) -> AMD64ROLW(x, y)',
    'RotL/8(x, y) -> AMD64ROLB(x, y)',
  ];
}

/**
 * The machine takes counts modulo 32 or 64. A count that may be larger is compared with the width:
 * the borrow of the comparison, spread over a register, is the mask for the result of logical shifts;
 * arithmetic ones get a count of all ones instead.
 */
function shifts(): string[] {
  const rules: string[] = [];
  for (const [cls, w] of widths) {
    if (cls === 'b') continue;
    const width = Number(cls);
    const limit = Math.max(width, 32);
    const insn = w === 'Q' ? 'Q' : 'L';
    rules.push(
      `Lsh/${cls}(x, Const[c]) if inRange(c, ${limit}) -> AMD64SHL${insn}const[c](x)`,
      `Lsh/${cls}(_, Const[c]) -> Const[0]`,
      `RshU/${cls}(x, Const[c]) if inRange(c, ${width}) -> AMD64SHR${w}const[c](x)`,
      `RshU/${cls}(_, Const[c]) -> Const[0]`,
      `Rsh/${cls}(x, Const[c]) if inRange(c, ${width}) -> AMD64SAR${w}const[c](x)`,
      `Rsh/${cls}(x, Const[c]) -> AMD64SAR${w}const[${width - 1}](x)`,
      `Lsh/${cls}[1](x, y) -> AMD64SHL${insn}(x, y)`,
      `RshU/${cls}[1](x, y) -> AMD64SHR${w}(x, y)`,
      `Rsh/${cls}[1](x, y) -> AMD64SAR${w}(x, y)`,
    );
    for (const [ycls, yw] of widths) {
      if (ycls === 'b') continue;
      const mask = (n: number): string => `AMD64SBB${insn}carrymask(AMD64CMP${yw}const[${n}](y))`;
      rules.push(
        `Lsh/${cls}(x, y/${ycls}) -> AMD64AND${insn}(AMD64SHL${insn}(x, y), ${mask(limit)})`,
        `RshU/${cls}(x, y/${ycls}) -> AMD64AND${insn}(AMD64SHR${w}(x, y), ${mask(width)})`,
        `Rsh/${cls}(x, y/${ycls}) -> AMD64SAR${w}(x, AMD64ORL/i32(y, AMD64NOTL/i32(AMD64SBBLcarrymask/i32(AMD64CMP${yw}const[${width}](y)))))`,
      );
    }
  }
  return rules;
}

function comparisons(): string[] {
  const rules: string[] = [
    'Eq(x/p, ConstNil) -> AMD64SETEQ(AMD64TESTQ(x, x))',
    'Ne(x/p, ConstNil) -> AMD64SETNE(AMD64TESTQ(x, x))',
  ];
  for (const [cls, w] of widths) {
    const cmp = `AMD64CMP${w}(x, y)`;
    const swapped = `AMD64CMP${w}(x, k)`;
    rules.push(
      `Eq(x/${cls}, y:Const) -> AMD64SETEQ(${cmp})`,
      `Ne(x/${cls}, y:Const) -> AMD64SETNE(${cmp})`,
      `Eq(x/${cls}, y) -> AMD64SETEQ(${cmp})`,
      `Ne(x/${cls}, y) -> AMD64SETNE(${cmp})`,
      `Lt(k:Const, x/${cls}) -> AMD64SETG(${swapped})`,
      `Le(k:Const, x/${cls}) -> AMD64SETGE(${swapped})`,
      `LtU(k:Const, x/${cls}) -> AMD64SETA(${swapped})`,
      `LeU(k:Const, x/${cls}) -> AMD64SETAE(${swapped})`,
      `Lt(x/${cls}, y) -> AMD64SETL(${cmp})`,
      `Le(x/${cls}, y) -> AMD64SETLE(${cmp})`,
      `LtU(x/${cls}, y) -> AMD64SETB(${cmp})`,
      `LeU(x/${cls}, y) -> AMD64SETBE(${cmp})`,
    );
  }
  for (const [cls, w] of [
    ['f32', 'SS'],
    ['f64', 'SD'],
  ] as const) {
    rules.push(
      `EqF(x/${cls}, y) -> AMD64SETEQF(AMD64UCOMI${w}(x, y))`,
      `NeF(x/${cls}, y) -> AMD64SETNEF(AMD64UCOMI${w}(x, y))`,
      // Greater and greater-or-equal are false for NaN, which sets carry.
      `LtF(x/${cls}, y) -> AMD64SETA(AMD64UCOMI${w}(y, x))`,
      `LeF(x/${cls}, y) -> AMD64SETAE(AMD64UCOMI${w}(y, x))`,
    );
  }
  rules.push(
    'IsInBounds(k:Const, x) -> AMD64SETA(AMD64CMPQ(x, k))',
    'IsSliceInBounds(k:Const, x) -> AMD64SETAE(AMD64CMPQ(x, k))',
    'IsInBounds(x, y) -> AMD64SETB(AMD64CMPQ(x, y))',
    'IsSliceInBounds(x, y) -> AMD64SETBE(AMD64CMPQ(x, y))',
    'Not(x) -> AMD64XORLconst[1](x)',
    'CondSelect/64(x, y, c) -> AMD64CMOVQNE(y, x, AMD64TESTB(c, c))',
    'CondSelect/l(x, y, c) -> AMD64CMOVLNE(y, x, AMD64TESTB(c, c))',
  );
  return rules;
}

const conversions: readonly string[] = [
  'SignExt(x/8) -> AMD64MOVBQSX(x)',
  'SignExt(x/16) -> AMD64MOVWQSX(x)',
  'SignExt(x/32) -> AMD64MOVLQSX(x)',
  'ZeroExt(x/8) -> AMD64MOVBQZX(x)',
  'ZeroExt(x/b) -> AMD64MOVBQZX(x)',
  'ZeroExt(x/16) -> AMD64MOVWQZX(x)',
  'ZeroExt(x/32) -> AMD64MOVLQZX(x)',
  'IntToF/f64(x/64) -> AMD64CVTSQ2SD(x)',
  'IntToF/f32(x/64) -> AMD64CVTSQ2SS(x)',
  'IntToF/f64(x/32) -> AMD64CVTSL2SD(x)',
  'IntToF/f32(x/32) -> AMD64CVTSL2SS(x)',
  'IntToF(x) -> IntToF(SignExt/i32(x))',
  'UintToF/f64(x/64) -> !uint64ToFloat(v)',
  'UintToF/f32(x/64) -> !uint64ToFloat(v)',
  'UintToF(x) -> IntToF(ZeroExt/i64(x))',
  'FToInt/64(x/f64) -> AMD64CVTTSD2SQ(x)',
  'FToInt/64(x/f32) -> AMD64CVTTSS2SQ(x)',
  'FToInt/l(x/f64) -> AMD64CVTTSD2SL(x)',
  'FToInt/l(x/f32) -> AMD64CVTTSS2SL(x)',
  'FToUint/64(x) -> !floatToUint64(v)',
  'FToUint/32(x/f64) -> AMD64CVTTSD2SQ(x)',
  'FToUint/32(x/f32) -> AMD64CVTTSS2SQ(x)',
  'FToUint/l(x/f64) -> AMD64CVTTSD2SL(x)',
  'FToUint/l(x/f32) -> AMD64CVTTSS2SL(x)',
  'FToF/f32(x/f64) -> AMD64CVTSD2SS(x)',
  'FToF/f64(x/f32) -> AMD64CVTSS2SD(x)',
  'FToF(x) -> x',
  'BitCast/i64(x) -> AMD64MOVQf2i(x)',
  'BitCast/32(x) -> AMD64MOVLf2i(x)',
  'BitCast/f64(x) -> AMD64MOVQi2f(x)',
  'BitCast/f32(x) -> AMD64MOVLi2f(x)',
  'Convert(x, m) -> AMD64LoweredConvert(x, m)',
];

function floats(): string[] {
  const rules: string[] = [];
  for (const [cls, w, rep, q, bit] of [
    ['f32', 'SS', 'i32', 'L', '-2147483648'],
    ['f64', 'SD', 'i64', 'Q', 'signBit()'],
  ] as const) {
    const mask = `AMD64MOV${q}i2f(AMD64MOV${q}const/${rep}[${bit}])`;
    const abs = `AMD64MOV${q}i2f(AMD64MOV${q}const/${rep}[${q === 'L' ? '2147483647' : 'absMask()'}])`;
    rules.push(
      `AddF/${cls}(x, y) -> AMD64ADD${w}(x, y)`,
      `SubF/${cls}(x, y) -> AMD64SUB${w}(x, y)`,
      `MulF/${cls}(x, y) -> AMD64MUL${w}(x, y)`,
      `DivF/${cls}(x, y) -> AMD64DIV${w}(x, y)`,
      `SqrtF/${cls}(x) -> AMD64SQRT${w}(x)`,
      `NegF/${cls}(x) -> AMD64PXOR(x, AMD64MOV${w}const{minusZero()})`,
      `AbsF/${cls}(x) -> AMD64ANDPD(x, ${abs})`,
      `CopysignF/${cls}(x, y) -> AMD64ORPD(AMD64ANDPD(${mask}, y), AMD64ANDNPD(${mask}, x))`,
      `RoundEvenF/${cls}(x) -> AMD64ROUND${w}[0](x)`,
      `FloorF/${cls}(x) -> AMD64ROUND${w}[1](x)`,
      `CeilF/${cls}(x) -> AMD64ROUND${w}[2](x)`,
      `TruncF/${cls}(x) -> AMD64ROUND${w}[3](x)`,
      `FMA/${cls}(x, y, z) -> AMD64VFMADD231${w}(z, x, y)`,
      // MINSx gives its second source if an operand is NaN or both are zero: hence the OR.
      `MinF/${cls}(x, y) -> AMD64POR(AMD64MIN${w}(AMD64MIN${w}(x, y), x), AMD64MIN${w}(x, y))`,
      `MaxF/${cls}(x, y) -> NegF(MinF(NegF(x), NegF(y)))`,
    );
  }
  return rules;
}

function memory(): string[] {
  const rules: string[] = [];
  for (const [cls, insn] of [
    ['64', 'Q'],
    ['32', 'L'],
    ['16', 'W'],
    ['8', 'B'],
    ['b', 'B'],
    ['f32', 'SS'],
    ['f64', 'SD'],
  ] as const) {
    rules.push(
      `Load/${cls}(p, m) -> AMD64MOV${insn}load(p, m)`,
      `Store(p, x/${cls}, m) -> AMD64MOV${insn}store(p, x, m)`,
    );
  }
  for (const [cls, w] of [
    ['64', 'Q'],
    ['32', 'L'],
    ['8', 'B'],
    ['b', 'B'],
  ] as const) {
    rules.push(
      `AtomicStore(p, x/${cls}, m) -> Select1(AMD64XCHG${w}/tuple(x, p, m))`,
      `AtomicExchange(p, x/${cls}, m) -> AMD64XCHG${w}(x, p, m)`,
      `AtomicAndM(p, x/${cls}, m) -> AMD64AND${w}lock(p, x, m)`,
      `AtomicOrM(p, x/${cls}, m) -> AMD64OR${w}lock(p, x, m)`,
    );
    if (w === 'B') continue;
    rules.push(
      `AtomicAdd(p, x/${cls}, m) -> AMD64AddTupleFirst(x, AMD64XADD${w}lock(x, p, m))`,
      `AtomicCas(p, x/${cls}, y, m) -> AMD64CMPXCHG${w}lock(p, x, y, m)`,
      `AtomicAnd(p, x/${cls}, m) -> AMD64AtomicAnd${w}(p, x, m)`,
      `AtomicOr(p, x/${cls}, m) -> AMD64AtomicOr${w}(p, x, m)`,
    );
  }
  rules.push(
    'AtomicLoad[r](p, m) if size(r) == 8 -> AMD64MOVQatomicload(p, m)',
    'AtomicLoad[r](p, m) if size(r) == 4 -> AMD64MOVLatomicload(p, m)',
    'AtomicLoad[r](p, m) if size(r) == 1 -> AMD64MOVBatomicload(p, m)',
    'Select0/64(AMD64AddTupleFirst(x, t)) -> AMD64ADDQ(x, Select0(t))',
    'Select0/l(AMD64AddTupleFirst(x, t)) -> AMD64ADDL(x, Select0(t))',
    'Select1(AMD64AddTupleFirst(_, t)) -> Select1(t)',
    'Zero[n](p, m) -> !lowerZero(v)',
    'Move[n](p, q, m) -> !lowerMove(v)',
    'Addr[o]{s}(b) -> AMD64LEAQ[o]{s}(b)',
    'LocalAddr[o]{s}(_, m) -> AMD64LEAQlocal[o]{s}(m)',
    'PtrAdd(p, x) -> AMD64ADDQ(p, x)',
    'OffPtr[o](p) if is32(o) -> AMD64ADDQconst[o](p)',
    'OffPtr[o](p) -> AMD64ADDQ(p, AMD64MOVQconst/i64[o])',
    'SliceMask(x) -> AMD64SARQconst[63](AMD64NEGQ(x))',
    'Prefetch[0](p, m) -> AMD64PrefetchT0(p, m)',
    'Prefetch(p, m) -> AMD64PrefetchNTA(p, m)',
    'NilCheck(p, m) -> AMD64LoweredNilCheck(p, m)',
    'WBFlag(p, m) -> AMD64MOVLload(p, m)',
    'WBBuffer[n](m) -> AMD64LoweredWB[n](m)',
    'PanicBounds[k](Const[c], Const[d], m) if inRange(c, 32) && inRange(d, 32) -> AMD64LoweredPanicBoundsCC[k, c]{d}(m)',
    'PanicBounds[k](x, Const[d], m) if inRange(d, 32) -> AMD64LoweredPanicBoundsRC[k, d](x, m)',
    'PanicBounds[k](Const[c], y, m) if inRange(c, 32) -> AMD64LoweredPanicBoundsCR[k, c](y, m)',
    'PanicBounds[k](x, y, m) -> AMD64LoweredPanicBoundsRR[k](x, y, m)',
    'GetG(m) -> AMD64LoweredGetG(m)',
    'GetClosurePtr -> AMD64LoweredGetClosurePtr',
    'GetCallerPC -> AMD64LoweredGetCallerPC',
    'GetCallerSP(m) -> AMD64LoweredGetCallerSP(m)',
  );
  return rules;
}

export const lowerRules: readonly string[] = [
  ...arithmetic(),
  ...bits(),
  ...shifts(),
  ...comparisons(),
  ...conversions,
  ...floats(),
  ...memory(),
];

/** Constants last: rules above choose by constant operands. */
export const constRules: readonly string[] = [
  'Const/64[c] -> AMD64MOVQconst[c]',
  'Const/l[c] -> AMD64MOVLconst[c]',
  'ConstBool[c] -> AMD64MOVLconst[c]',
  'ConstNil -> AMD64MOVQconst[0]',
  'ConstF/f32{c} -> AMD64MOVSSconst{c}',
  'ConstF/f64{c} -> AMD64MOVSDconst{c}',
];
