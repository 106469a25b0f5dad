/**
 * The operations of amd64, one row each: name, operands, attributes, auxiliary data (the letters of
 * ssa/optable.ts), the assembler's mnemonic, and the form in which emit.ts prints it.
 *
 * Further attributes: r result in the register of operand 0 · x loses the flags · f yields flags ·
 * u reads flags · R rematerialisable · F fixed registers (regs.ts).
 *
 * Operations on memory have `aux` (a symbol or a frame slot) and `auxInt` (offset); the base operand
 * may be SB or SP. `…idx` forms have base and index, and the scale in auxInt2. `…const…` forms on
 * memory have the immediate in auxInt2.
 *
 * Forms (a0, a1: operands; out: result):
 *
 *     rr     OP a1, out         (out = a0)         load   OP mem, out
 *     rc     OP $c, out         (out = a0)         store  OP a1, mem        (idx: a2)
 *     r      OP out             (out = a0)         stc    OP $c, mem
 *     u      OP a0, out                            opld   OP mem, out       (out = a0; base a1)
 *     cmp    OP a0, a1                             opst   OP a1, mem
 *     cmpc   OP a0, $c                             opstc  OP $c, mem
 *     tst    OP a1, a0                             cmpld  OP mem, a1
 *     tstc   OP $c, a0                             cmpldc OP mem, $c
 *     set    OP out                                lea    OP mem, out
 *     cmov   OP a1, out         (out = a0)         own    by its own case in emit.ts
 */

type Row = readonly [
  name: string,
  args: number,
  attributes: string,
  aux: string,
  asm: string,
  form: string,
];

const rows: Row[] = [];
// oxlint-disable-next-line max-params -- the columns of a row.
function op(name: string, args: number, attributes: string, aux: string, asm = '', form = 'own') {
  rows.push([name, args, attributes, aux, asm === '' ? name : asm, form]);
}

// Integer arithmetic.
for (const w of ['Q', 'L']) {
  op(`ADD${w}`, 2, 'cx', '', '', 'own');
  op(`ADD${w}const`, 1, 'x', 'i', `ADD${w}`, 'own');
  op(`SUB${w}`, 2, 'rx', '', '', 'rr');
  op(`SUB${w}const`, 1, 'rx', 'i', `SUB${w}`, 'rc');
  op(`IMUL${w}`, 2, 'crx', '', '', 'rr');
  op(`IMUL${w}const`, 1, 'x', 'i', `IMUL3${w}`, 'own');
  for (const o of ['AND', 'OR', 'XOR']) {
    op(`${o}${w}`, 2, 'crx', '', '', 'rr');
    op(`${o}${w}const`, 1, 'rx', 'i', `${o}${w}`, 'rc');
  }
  op(`NEG${w}`, 1, 'rx', '', '', 'r');
  op(`NOT${w}`, 1, 'r', '', '', 'r');
  op(`BSWAP${w}`, 1, 'r', '', '', 'r');
  /** Select0 the bit number, Select1 flags: EQ if the operand is 0 (the bit number then is undefined). */
  op(`BSF${w}`, 1, 'tf', '', '', 'u');
  op(`BSR${w}`, 1, 'tf', '', '', 'u');
  op(`POPCNT${w}`, 1, 'x', '', '', 'u');
  op(`TZCNT${w}`, 1, 'x', '', '', 'u');
  op(`LZCNT${w}`, 1, 'x', '', '', 'u');
  op(`SBB${w}carrymask`, 1, 'ux', '', `SBB${w}`, 'own');
  for (const o of ['BTS', 'BTR', 'BTC']) {
    op(`${o}${w}`, 2, 'rx', '', '', 'rr');
    op(`${o}${w}const`, 1, 'rx', 'i', `${o}${w}`, 'rc');
  }
  // The high half of products; quotient and remainder as a tuple.
  op(`HMUL${w}`, 2, 'xF', '', `IMUL${w}`, 'own');
  op(`HMUL${w}U`, 2, 'xF', '', `MUL${w}`, 'own');
}
for (const w of ['Q', 'L', 'W', 'B']) {
  for (const o of ['SHL', 'SHR', 'SAR', 'ROL']) {
    // Left shifts of narrow values are done in 32 bits.
    if (o === 'SHL' && (w === 'W' || w === 'B')) continue;
    op(`${o}${w}`, 2, 'rxF', '', '', 'rr');
    op(`${o}${w}const`, 1, 'rx', 'i', `${o}${w}`, 'rc');
  }
  op(`CMP${w}`, 2, 'f', '', '', 'cmp');
  op(`CMP${w}const`, 1, 'f', 'i', `CMP${w}`, 'cmpc');
  op(`TEST${w}`, 2, 'cf', '', '', 'tst');
  op(`TEST${w}const`, 1, 'f', 'i', `TEST${w}`, 'tstc');
  op(`CMP${w}load`, 3, 'fl', 'is', `CMP${w}`, 'cmpld');
  op(`CMP${w}constload`, 2, 'fl', 'is', `CMP${w}`, 'cmpldc');
}
for (const w of ['Q', 'L', 'W']) {
  op(`DIV${w}`, 2, 'txF', 'i', `IDIV${w}`, 'own');
  op(`DIV${w}U`, 2, 'txF', '', `DIV${w}`, 'own');
}
op('DIVQU2', 3, 'txF', '', 'DIVQ');
/** Select0 high, Select1 low. */
op('MULQU', 2, 'ctxF', '', 'MULQ');
op('AVGQU', 2, 'rx', '', '');
op('BTQ', 2, 'f', '', 'BTQ', 'tst');
op('BTL', 2, 'f', '', 'BTL', 'tst');
op('BTQconst', 1, 'f', 'i', 'BTQ', 'tstc');
op('BTLconst', 1, 'f', 'i', 'BTL', 'tstc');
// Carry chains: Select0 the number, Select1 the flags (carry).
op('ADDQcarry', 2, 'crtf', '', 'ADDQ', 'rr');
op('ADDQconstcarry', 1, 'rtf', 'i', 'ADDQ', 'rc');
op('ADCQ', 3, 'crtfu', '', 'ADCQ', 'rr');
op('ADCQconst', 2, 'rtfu', 'i', 'ADCQ', 'rc');
op('SUBQborrow', 2, 'rtf', '', 'SUBQ', 'rr');
op('SUBQconstborrow', 1, 'rtf', 'i', 'SUBQ', 'rc');
op('SBBQ', 3, 'rtfu', '', 'SBBQ', 'rr');
op('SBBQconst', 2, 'rtfu', 'i', 'SBBQ', 'rc');
/** Flags of 0 − x: carry if x is not 0. */
op('NEGLflags', 1, 'rtf', '', 'NEGL', 'r');

// Conditions.
for (const [c, asm] of [
  ['EQ', 'EQ'],
  ['NE', 'NE'],
  ['L', 'LT'],
  ['LE', 'LE'],
  ['G', 'GT'],
  ['GE', 'GE'],
  ['B', 'CS'],
  ['BE', 'LS'],
  ['A', 'HI'],
  ['AE', 'CC'],
] as const) {
  op(`SET${c}`, 1, 'u', '', `SET${asm}`, 'set');
  op(`CMOVQ${c}`, 3, 'ru', '', `CMOVQ${asm}`, 'cmov');
  op(`CMOVL${c}`, 3, 'ru', '', `CMOVL${asm}`, 'cmov');
}
op('SETO', 1, 'u', '', 'SETOS', 'set');
op('SETORD', 1, 'u', '', 'SETPC', 'set');
op('SETNAN', 1, 'u', '', 'SETPS', 'set');
op('SETEQF', 1, 'uxT', '', 'SETEQ');
op('SETNEF', 1, 'uxT', '', 'SETNE');
for (const w of ['Q', 'L']) {
  op(`CMOV${w}EQF`, 3, 'ruT', '', `CMOV${w}NE`);
  op(`CMOV${w}NEF`, 3, 'ru', '', `CMOV${w}NE`);
}

// Constants, conversions, addresses.
op('MOVQconst', 0, 'R', 'b', 'MOVQ');
op('MOVLconst', 0, 'R', 'i', 'MOVL');
op('MOVSSconst', 0, 'R', 'f', 'MOVSS');
op('MOVSDconst', 0, 'R', 'f', 'MOVSD');
for (const [name, asm] of [
  ['MOVBQSX', 'MOVBQSX'],
  ['MOVBQZX', 'MOVBLZX'],
  ['MOVWQSX', 'MOVWQSX'],
  ['MOVWQZX', 'MOVWLZX'],
  ['MOVLQSX', 'MOVLQSX'],
  ['MOVLQZX', 'MOVL'],
  ['MOVQi2f', 'MOVQ'],
  ['MOVQf2i', 'MOVQ'],
  ['MOVLi2f', 'MOVL'],
  ['MOVLf2i', 'MOVL'],
  ['CVTSL2SS', 'CVTSL2SS'],
  ['CVTSL2SD', 'CVTSL2SD'],
  ['CVTSQ2SS', 'CVTSQ2SS'],
  ['CVTSQ2SD', 'CVTSQ2SD'],
  ['CVTTSS2SL', 'CVTTSS2SL'],
  ['CVTTSS2SQ', 'CVTTSS2SQ'],
  ['CVTTSD2SL', 'CVTTSD2SL'],
  ['CVTTSD2SQ', 'CVTTSD2SQ'],
  ['CVTSS2SD', 'CVTSS2SD'],
  ['CVTSD2SS', 'CVTSD2SS'],
  ['SQRTSS', 'SQRTSS'],
  ['SQRTSD', 'SQRTSD'],
] as const) {
  op(name, 1, '', '', asm, 'u');
}
/** Rounding mode in auxInt: 0 to even, 1 down, 2 up, 3 to zero. */
op('ROUNDSS', 1, '', 'i');
op('ROUNDSD', 1, '', 'i');
op('LEAQ', 1, 'R', 'is', 'LEAQ', 'lea');
op('LEAL', 1, '', 'is', 'LEAL', 'lea');
op('LEAQidx', 2, '', 'is', 'LEAQ', 'lea');
op('LEALidx', 2, '', 'is', 'LEAL', 'lea');
/** Address of a frame slot; the operand is memory, so that it comes after the slot's VarDef. */
op('LEAQlocal', 1, 'R', 'iv', 'LEAQ');

// Floats.
for (const w of ['SS', 'SD']) {
  for (const o of ['ADD', 'SUB', 'MUL', 'DIV']) {
    op(`${o}${w}`, 2, o === 'ADD' || o === 'MUL' ? 'cr' : 'r', '', '', 'rr');
    op(`${o}${w}load`, 3, 'rl', 'is', `${o}${w}`, 'opld');
  }
  op(`MIN${w}`, 2, 'r', '', '', 'rr');
  op(`UCOMI${w}`, 2, 'f', '', '', 'tst');
  op(`VFMADD231${w}`, 3, 'r', '', '', 'own');
}
op('PXOR', 2, 'cr', '', '', 'rr');
op('POR', 2, 'cr', '', '', 'rr');
op('ANDPD', 2, 'cr', '', '', 'rr');
op('ANDNPD', 2, 'r', '', '', 'rr');
op('ORPD', 2, 'cr', '', '', 'rr');

// Memory.
for (const [name, asm] of [
  ['MOVB', 'MOVBLZX'],
  ['MOVBQSX', 'MOVBQSX'],
  ['MOVW', 'MOVWLZX'],
  ['MOVWQSX', 'MOVWQSX'],
  ['MOVL', 'MOVL'],
  ['MOVLQSX', 'MOVLQSX'],
  ['MOVQ', 'MOVQ'],
  ['MOVSS', 'MOVSS'],
  ['MOVSD', 'MOVSD'],
  ['MOVO', 'MOVUPS'],
] as const) {
  op(`${name}load`, 2, 'ln', 'is', asm, 'load');
  op(`${name}loadidx`, 3, 'l', 'is', asm, 'load');
}
for (const [name, asm] of [
  ['MOVB', 'MOVB'],
  ['MOVW', 'MOVW'],
  ['MOVL', 'MOVL'],
  ['MOVQ', 'MOVQ'],
  ['MOVSS', 'MOVSS'],
  ['MOVSD', 'MOVSD'],
  ['MOVO', 'MOVUPS'],
] as const) {
  op(`${name}store`, 3, 'mn', 'is', asm, 'store');
  if (name !== 'MOVO') op(`${name}storeidx`, 4, 'm', 'is', asm, 'store');
}
for (const w of ['B', 'W', 'L', 'Q']) {
  op(`MOV${w}storeconst`, 2, 'mn', 'is', `MOV${w}`, 'stc');
}
/** 16 bytes of zero, from X15. */
op('MOVOstorezero', 2, 'mn', 'is', 'MOVUPS');
for (const w of ['Q', 'L']) {
  for (const o of ['ADD', 'SUB', 'AND', 'OR', 'XOR']) {
    op(`${o}${w}load`, 3, 'rxl', 'is', `${o}${w}`, 'opld');
    op(`${o}${w}modify`, 3, 'mxn', 'is', `${o}${w}`, 'opst');
    if (o !== 'SUB') op(`${o}${w}constmodify`, 2, 'mxn', 'is', `${o}${w}`, 'opstc');
  }
}
/** dst, memory; auxInt bytes: stores in a row, and a loop of them. */
op('LoweredZero', 2, 'mn', 'i');
op('LoweredZeroLoop', 2, 'mnxF', 'i');
/** dst, src, memory; through X14. */
op('LoweredMove', 3, 'mnF', 'i');
op('LoweredMoveLoop', 3, 'mnxF', 'i');
/** DI, CX words, AX value, memory. */
op('REPSTOSQ', 4, 'mF', '');
/** DI, SI, CX words, memory. */
op('REPMOVSQ', 4, 'mF', '');

for (const [w, asm] of [
  ['B', 'MOVBLZX'],
  ['L', 'MOVL'],
  ['Q', 'MOVQ'],
] as const) {
  op(`MOV${w}atomicload`, 2, 'mtn', 'is', asm, 'load');
}
/** value, tuple: as the tuple, but Select0 is its first member plus the value. Removed by lowering. */
op('AddTupleFirst', 2, 't', '');
// Atomics. XCHG and XADD: value, ptr, memory.
for (const w of ['B', 'L', 'Q']) {
  op(`XCHG${w}`, 3, 'mtr', 'is', `XCHG${w}`);
  op(`AND${w}lock`, 3, 'mx', 'is', `AND${w}`);
  op(`OR${w}lock`, 3, 'mx', 'is', `OR${w}`);
}
for (const w of ['L', 'Q']) {
  op(`XADD${w}lock`, 3, 'mtrx', 'is', `XADD${w}`);
  /** ptr, old (AX), new, memory: Select0 success. */
  op(`CMPXCHG${w}lock`, 4, 'mtxF', 'is', `CMPXCHG${w}`);
  /** ptr, mask, memory: Select0 the old value (AX), by a compare-and-swap loop. */
  op(`AtomicAnd${w}`, 3, 'mtxF', 'is', `AND${w}`);
  op(`AtomicOr${w}`, 3, 'mtxF', 'is', `OR${w}`);
}
op('PrefetchT0', 2, 'm', 'is', 'PREFETCHT0');
op('PrefetchNTA', 2, 'm', 'is', 'PREFETCHNTA');

// Calls and the machine.
op('CALLstatic', -1, 'mtkxF', 'c', 'CALL');
op('CALLclosure', -1, 'mtkxF', 'c', 'CALL');
op('CALLinter', -1, 'mtkxF', 'c', 'CALL');
op('CALLtail', -1, 'mtkxF', 'c', 'RET');
op('CALLtailinter', -1, 'mtkxF', 'c', 'JMP');
op('LoweredGetClosurePtr', 0, 'zpF', '');
op('LoweredGetG', 1, 'l', '', 'MOVQ');
op('LoweredGetCallerPC', 0, 'R', '');
op('LoweredGetCallerSP', 1, 'l', '', 'LEAQ');
op('LoweredNilCheck', 2, 'nex', '', 'TESTB');
op('LoweredWB', 1, 'mtxpF', 'i', 'CALL');
/** Operands in any registers, or (C) a constant in auxInt (x) and auxInt2 (y); aux: the code. */
op('LoweredPanicBoundsRR', 3, 'mx', 'i', 'CALL');
op('LoweredPanicBoundsRC', 2, 'mx', 'i', 'CALL');
op('LoweredPanicBoundsCR', 2, 'mx', 'i', 'CALL');
op('LoweredPanicBoundsCC', 1, 'mx', 'i', 'CALL');
/** Converts between ptr and i64: same register, ordered by memory. */
op('LoweredConvert', 2, 'r', '');

export const amd64Ops: readonly Row[] = rows;
