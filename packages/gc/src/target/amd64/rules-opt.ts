/**
 * Improving machine code before scheduling: constants into immediates, address arithmetic into
 * addressing modes, loads and stores into operations, conditions straight from flags.
 *
 * Runs after lowering, when Trunc is gone and every operation is amd64's or structural.
 * Folding a load into its user is allowed only if nothing else uses the load and no store comes
 * between (`canFold`).
 */

const conds = ['EQ', 'NE', 'L', 'LE', 'G', 'GE', 'B', 'BE', 'A', 'AE'] as const;

function constants(): string[] {
  const rules: string[] = ['Trunc(x) -> x'];
  for (const w of ['Q', 'L'] as const) {
    const k = `AMD64MOV${w}const[c]`;
    for (const op of ['ADD', 'IMUL', 'AND', 'OR', 'XOR']) {
      rules.push(`AMD64${op}${w}(x, ${k}) if is32(c) -> AMD64${op}${w}const[c](x)`);
    }
    rules.push(
      `AMD64SUB${w}(x, ${k}) if is32(c) -> AMD64SUB${w}const[c](x)`,
      `AMD64SUB${w}(${k}, x) if is32(c) -> AMD64NEG${w}(AMD64SUB${w}const[c](x))`,
      `AMD64ADD${w}const[0](x) -> x`,
      `AMD64SUB${w}const[0](x) -> x`,
      `AMD64OR${w}const[0](x) -> x`,
      `AMD64XOR${w}const[0](x) -> x`,
      `AMD64AND${w}const[-1](x) -> x`,
      `AMD64ADD${w}const[c](AMD64ADD${w}const[d](x)) if is32(c + d) -> AMD64ADD${w}const[c + d](x)`,
      `AMD64AND${w}const[c](AMD64AND${w}const[d](x)) -> AMD64AND${w}const[and(c, d)](x)`,
      `AMD64IMUL${w}const[0](_) -> AMD64MOV${w}const[0]`,
      `AMD64IMUL${w}const[1](x) -> x`,
      `AMD64IMUL${w}const[-1](x) -> AMD64NEG${w}(x)`,
      `AMD64IMUL${w}const[3](x) -> AMD64LEA${w}idx[0, 2](x, x)`,
      `AMD64IMUL${w}const[5](x) -> AMD64LEA${w}idx[0, 4](x, x)`,
      `AMD64IMUL${w}const[9](x) -> AMD64LEA${w}idx[0, 8](x, x)`,
      `AMD64IMUL${w}const[c](x) if isPow2(c) -> AMD64SHL${w}const[log2(c)](x)`,
      `AMD64IMUL${w}const[c](x) if c % 3 == 0 && isPow2(div(c, 3)) -> AMD64SHL${w}const[log2(div(c, 3))](AMD64LEA${w}idx[0, 2](x, x))`,
      `AMD64IMUL${w}const[c](x) if c % 5 == 0 && isPow2(div(c, 5)) -> AMD64SHL${w}const[log2(div(c, 5))](AMD64LEA${w}idx[0, 4](x, x))`,
      `AMD64IMUL${w}const[c](x) if c % 9 == 0 && isPow2(div(c, 9)) -> AMD64SHL${w}const[log2(div(c, 9))](AMD64LEA${w}idx[0, 8](x, x))`,
      `AMD64IMUL${w}const[c](x) if isPow2(c + 1) && c >= 15 -> AMD64SUB${w}(AMD64SHL${w}const[log2(c + 1)](x), x)`,
      `AMD64IMUL${w}const[c](x) if isPow2(c - 1) && c >= 17 -> AMD64ADD${w}(AMD64SHL${w}const[log2(c - 1)](x), x)`,
      `AMD64NEG${w}(AMD64NEG${w}(x)) -> x`,
      `AMD64NEG${w}(AMD64SUB${w}(x, y)) -> AMD64SUB${w}(y, x)`,
      `AMD64NOT${w}(AMD64NOT${w}(x)) -> x`,
      `AMD64SHL${w}const[0](x) -> x`,
      `AMD64SHR${w}const[0](x) -> x`,
      `AMD64SAR${w}const[0](x) -> x`,
      `AMD64ROL${w}const[0](x) -> x`,
      `AMD64SHL${w}const[1](x) -> AMD64ADD${w}(x, x)`,
      `AMD64SUB${w}(x, AMD64NEG${w}(y)) -> AMD64ADD${w}(x, y)`,
      `AMD64ADD${w}(x, AMD64NEG${w}(y)) -> AMD64SUB${w}(x, y)`,
      `AMD64XOR${w}(x, x) -> AMD64MOV${w}const[0]`,
      `AMD64SUB${w}(x, x) -> AMD64MOV${w}const[0]`,
      `AMD64AND${w}(x, x) -> x`,
      `AMD64OR${w}(x, x) -> x`,
      // Single bits beyond the reach of immediates.
      ...(w === 'Q'
        ? [
            'AMD64ORQ(x, AMD64MOVQconst[c]) if isBit(c) -> AMD64BTSQconst[bitOf(c)](x)',
            'AMD64XORQ(x, AMD64MOVQconst[c]) if isBit(c) -> AMD64BTCQconst[bitOf(c)](x)',
            'AMD64ANDQ(x, AMD64MOVQconst[c]) if isNotBit(c) -> AMD64BTRQconst[notBitOf(c)](x)',
          ]
        : []),
    );
    // Counts: the machine masks them itself.
    const max = w === 'Q' ? 63 : 31;
    for (const op of ['SHL', 'SHR', 'SAR', 'ROL']) {
      rules.push(
        `AMD64${op}${w}(x, AMD64MOVQconst[c]) -> AMD64${op}${w}const[and(c, ${max})](x)`,
        `AMD64${op}${w}(x, AMD64MOVLconst[c]) -> AMD64${op}${w}const[and(c, ${max})](x)`,
        `AMD64${op}${w}(x, AMD64ADDQconst[c](y)) if and(c, ${max}) == 0 -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64ADDLconst[c](y)) if and(c, ${max}) == 0 -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64ANDQconst[c](y)) if and(c, ${max}) == ${max} -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64ANDLconst[c](y)) if and(c, ${max}) == ${max} -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64MOVBQZX(y)) -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64MOVWQZX(y)) -> AMD64${op}${w}(x, y)`,
        `AMD64${op}${w}(x, AMD64MOVLQZX(y)) -> AMD64${op}${w}(x, y)`,
      );
    }
  }
  rules.push(
    'AMD64ADDQcarry(x, AMD64MOVQconst[c]) if is32(c) -> AMD64ADDQconstcarry[c](x)',
    'AMD64SUBQborrow(x, AMD64MOVQconst[c]) if is32(c) -> AMD64SUBQconstborrow[c](x)',
    'AMD64ADCQ(x, AMD64MOVQconst[c], y) if is32(c) -> AMD64ADCQconst[c](x, y)',
    'AMD64SBBQ(x, AMD64MOVQconst[c], y) if is32(c) -> AMD64SBBQconst[c](x, y)',
    // A carry that was stored as 0 or 1 and is read again.
    'Select1(AMD64NEGLflags(AMD64NEGQ(AMD64SBBQcarrymask(x)))) -> x',
    'AMD64ADCQ(x, y, Select1(AMD64NEGLflags(AMD64MOVQconst[0]))) -> AMD64ADDQcarry(x, y)',
    'AMD64SBBQ(x, y, Select1(AMD64NEGLflags(AMD64MOVQconst[0]))) -> AMD64SUBQborrow(x, y)',
    'AMD64ADCQconst[c](x, Select1(AMD64NEGLflags(AMD64MOVQconst[0]))) -> AMD64ADDQconstcarry[c](x)',
    'AMD64SBBQconst[c](x, Select1(AMD64NEGLflags(AMD64MOVQconst[0]))) -> AMD64SUBQconstborrow[c](x)',
  );
  return rules;
}

function flags(): string[] {
  const rules: string[] = [];
  for (const [w, wc] of [
    ['Q', 'Q'],
    ['L', 'L'],
    ['W', 'L'],
    ['B', 'L'],
  ] as const) {
    rules.push(
      `AMD64CMP${w}(x, AMD64MOV${wc}const[c]) if is32(c) -> AMD64CMP${w}const[narrow${w}(c)](x)`,
      `AMD64TEST${w}(x, AMD64MOV${wc}const[c]) if is32(c) && notConst(x) -> AMD64TEST${w}const[narrow${w}(c)](x)`,
      `AMD64CMP${w}const[0](x) -> AMD64TEST${w}(x, x)`,
      `AMD64TEST${w}const[-1](x) -> AMD64TEST${w}(x, x)`,
    );
    const and = w === 'Q' ? 'Q' : 'L';
    rules.push(
      `AMD64TEST${w}(l:AMD64AND${and}(x, y), l) if l.uses == 2 -> AMD64TEST${w}(x, y)`,
      `AMD64TEST${w}(l:AMD64AND${and}const[c](x), l) if l.uses == 2 -> AMD64TEST${w}const[c](x)`,
    );
  }
  for (const c of conds) {
    // A bool that is only tested: use the flags it was made of.
    rules.push(
      `AMD64CMOVQNE(x, y, AMD64TESTB(b:AMD64SET${c}(z), b)) -> AMD64CMOVQ${c}(x, y, z)`,
      `AMD64CMOVLNE(x, y, AMD64TESTB(b:AMD64SET${c}(z), b)) -> AMD64CMOVL${c}(x, y, z)`,
      `AMD64XORLconst[1](AMD64SET${c}(z)) -> AMD64SET${negated(c)}(z)`,
      `AMD64SETNE(AMD64TESTB(b:AMD64SET${c}(z), b)) -> AMD64SET${c}(z)`,
      `AMD64SETEQ(AMD64TESTB(b:AMD64SET${c}(z), b)) -> AMD64SET${negated(c)}(z)`,
    );
  }
  rules.push(
    'AMD64CMOVQNE(x, y, AMD64TESTB(b:AMD64SETEQF(z), b)) -> AMD64CMOVQEQF(x, y, z)',
    'AMD64CMOVLNE(x, y, AMD64TESTB(b:AMD64SETEQF(z), b)) -> AMD64CMOVLEQF(x, y, z)',
    'AMD64CMOVQNE(x, y, AMD64TESTB(b:AMD64SETNEF(z), b)) -> AMD64CMOVQNEF(x, y, z)',
    'AMD64CMOVLNE(x, y, AMD64TESTB(b:AMD64SETNEF(z), b)) -> AMD64CMOVLNEF(x, y, z)',
    'AMD64XORLconst[1](AMD64SETEQF(z)) -> AMD64SETNEF(z)',
    'AMD64XORLconst[1](AMD64SETNEF(z)) -> AMD64SETEQF(z)',
    // x & (1 << y) against zero.
    ...(['EQ', 'NE'] as const).flatMap((c) => {
      const carry = c === 'EQ' ? 'AE' : 'B';
      return [
        `AMD64SET${c}(AMD64TESTQ(AMD64SHLQ(AMD64MOVQconst[1], y), x)) -> AMD64SET${carry}(AMD64BTQ(x, y))`,
        `AMD64SET${c}(AMD64TESTL(AMD64SHLL(AMD64MOVLconst[1], y), x)) -> AMD64SET${carry}(AMD64BTL(x, y))`,
        `AMD64SET${c}(AMD64TESTQ(AMD64MOVQconst[c], x)) if isBit(c) -> AMD64SET${carry}(AMD64BTQconst[bitOf(c)](x))`,
      ];
    }),
  );
  return rules;
}

function negated(c: (typeof conds)[number]): string {
  const pairs = {
    EQ: 'NE',
    NE: 'EQ',
    L: 'GE',
    GE: 'L',
    LE: 'G',
    G: 'LE',
    B: 'AE',
    AE: 'B',
    BE: 'A',
    A: 'BE',
  };
  return pairs[c];
}

const loads = [
  'MOVB',
  'MOVBQSX',
  'MOVW',
  'MOVWQSX',
  'MOVL',
  'MOVLQSX',
  'MOVQ',
  'MOVSS',
  'MOVSD',
  'MOVO',
];
const stores = ['MOVB', 'MOVW', 'MOVL', 'MOVQ', 'MOVSS', 'MOVSD'];

/** Address arithmetic that one addressing mode does. */
function addresses(): string[] {
  const rules: string[] = [
    'AMD64ADDQ(x, AMD64SHLQconst[3](y)) -> AMD64LEAQidx[0, 8](x, y)',
    'AMD64ADDQ(x, AMD64SHLQconst[2](y)) -> AMD64LEAQidx[0, 4](x, y)',
    'AMD64ADDQ(x, l:AMD64ADDQ(y, y)) if l.uses == 1 -> AMD64LEAQidx[0, 2](x, y)',
    'AMD64ADDQ(x, l:AMD64ADDQconst[c](y)) if l.uses == 1 -> AMD64LEAQidx[c, 1](x, y)',
    'AMD64ADDQconst[c](l:AMD64ADDQ(x, y)) if l.uses == 1 -> AMD64LEAQidx[c, 1](x, y)',
    'AMD64ADDQconst[c](l:AMD64LEAQidx[d, s]{a}(x, y)) if is32(c + d) && l.uses == 1 -> AMD64LEAQidx[c + d, s]{a}(x, y)',
    'AMD64ADDQconst[c](AMD64LEAQ[d]{s}(x)) if is32(c + d) -> AMD64LEAQ[c + d]{s}(x)',
    'AMD64ADDQconst[c](AMD64LEAQlocal[d]{s}(m)) if is32(c + d) -> AMD64LEAQlocal[c + d]{s}(m)',
    'AMD64ADDQconst[c](SP) -> AMD64LEAQ[c](sp(f))',
    'AMD64LEAQ[c]{s}(AMD64ADDQconst[d](x)) if is32(c + d) && isNull(s) -> AMD64LEAQ[c + d](x)',
    'AMD64LEAQ[c]{s}(AMD64LEAQ[d]{t}(x)) if is32(c + d) && isNull(s) -> AMD64LEAQ[c + d]{t}(x)',
    'AMD64LEAQidx[c, s]{a}(AMD64ADDQconst[d](x), y) if is32(c + d) && notSB(x) -> AMD64LEAQidx[c + d, s]{a}(x, y)',
    'AMD64LEAQidx[c, s]{a}(x, AMD64ADDQconst[d](y)) if is32(c + s * d) -> AMD64LEAQidx[c + s * d, s]{a}(x, y)',
    'AMD64LEAQidx[c, 1]{a}(x, AMD64SHLQconst[3](y)) -> AMD64LEAQidx[c, 8]{a}(x, y)',
    'AMD64LEAQidx[c, 1]{a}(x, AMD64SHLQconst[2](y)) -> AMD64LEAQidx[c, 4]{a}(x, y)',
    'AMD64LEAQidx[c, 1]{a}(x, AMD64ADDQ(y, y)) -> AMD64LEAQidx[c, 2]{a}(x, y)',
    'AMD64LEAQidx[c, 1]{a}(AMD64SHLQconst[3](y), x) -> AMD64LEAQidx[c, 8]{a}(x, y)',
    'AMD64LEAQidx[c, 1]{a}(AMD64SHLQconst[2](y), x) -> AMD64LEAQidx[c, 4]{a}(x, y)',
    'AMD64LEAQidx[c, s]{a}(x, AMD64MOVQconst[d]) if is32(d) && is32(c + s * d) && isNull(a) -> AMD64ADDQconst[c + s * d](x)',
    'AMD64ADDLconst[c](l:AMD64ADDL(x, y)) if l.uses == 1 -> AMD64LEALidx[c, 1](x, y)',
    'AMD64ADDL(x, AMD64SHLLconst[3](y)) -> AMD64LEALidx[0, 8](x, y)',
    'AMD64ADDL(x, AMD64SHLLconst[2](y)) -> AMD64LEALidx[0, 4](x, y)',
  ];
  const modes = (
    head: string,
    headArgs: string,
    tail: string,
    out: string,
    outTail: string,
  ): void => {
    rules.push(
      `${head}[c${headArgs}]{s}(AMD64ADDQconst[d](p)${tail}) if is32(c + d) -> ${out}[c + d${headArgs}]{s}(p${outTail})`,
      `${head}[c${headArgs}]{s}(AMD64LEAQ[d]{t}(p)${tail}) if is32(c + d) && oneNull(s, t) -> ${out}[c + d${headArgs}]{either(s, t)}(p${outTail})`,
      `${head}[c${headArgs}]{s}(AMD64LEAQlocal[d]{t}(_)${tail}) if is32(c + d) && isNull(s) -> ${out}[c + d${headArgs}]{t}(sp(f)${outTail})`,
    );
  };
  for (const l of loads) {
    modes(`AMD64${l}load`, '', ', m', `AMD64${l}load`, ', m');
    rules.push(
      `AMD64${l}load[c]{s}(l:AMD64ADDQ(p, q), m) if isNull(s) && notSP(q) && l.uses == 1 -> AMD64${l}loadidx[c, 1](p, q, m)`,
      `AMD64${l}load[c]{s}(AMD64LEAQidx[d, k]{t}(p, q), m) if is32(c + d) && isNull(s) -> AMD64${l}loadidx[c + d, k]{t}(p, q, m)`,
      `AMD64${l}loadidx[c, k]{s}(AMD64ADDQconst[d](p), q, m) if is32(c + d) -> AMD64${l}loadidx[c + d, k]{s}(p, q, m)`,
      `AMD64${l}loadidx[c, k]{s}(p, AMD64ADDQconst[d](q), m) if is32(c + k * d) -> AMD64${l}loadidx[c + k * d, k]{s}(p, q, m)`,
      `AMD64${l}loadidx[c, 1]{s}(p, AMD64SHLQconst[3](q), m) -> AMD64${l}loadidx[c, 8]{s}(p, q, m)`,
      `AMD64${l}loadidx[c, 1]{s}(p, AMD64SHLQconst[2](q), m) -> AMD64${l}loadidx[c, 4]{s}(p, q, m)`,
      `AMD64${l}loadidx[c, 1]{s}(p, AMD64ADDQ(q, q), m) -> AMD64${l}loadidx[c, 2]{s}(p, q, m)`,
      `AMD64${l}loadidx[c, k]{s}(p, AMD64MOVQconst[d], m) if is32(d) && is32(c + k * d) -> AMD64${l}load[c + k * d]{s}(p, m)`,
      `AMD64${l}loadidx[c, k]{s}(AMD64LEAQlocal[d]{t}(_), q, m) if is32(c + d) && isNull(s) -> AMD64${l}loadidx[c + d, k]{t}(sp(f), q, m)`,
    );
  }
  for (const st of stores) {
    modes(`AMD64${st}store`, '', ', x, m', `AMD64${st}store`, ', x, m');
    rules.push(
      `AMD64${st}store[c]{s}(l:AMD64ADDQ(p, q), x, m) if isNull(s) && notSP(q) && l.uses == 1 -> AMD64${st}storeidx[c, 1](p, q, x, m)`,
      `AMD64${st}store[c]{s}(AMD64LEAQidx[d, k]{t}(p, q), x, m) if is32(c + d) && isNull(s) -> AMD64${st}storeidx[c + d, k]{t}(p, q, x, m)`,
      `AMD64${st}storeidx[c, k]{s}(AMD64ADDQconst[d](p), q, x, m) if is32(c + d) -> AMD64${st}storeidx[c + d, k]{s}(p, q, x, m)`,
      `AMD64${st}storeidx[c, k]{s}(p, AMD64ADDQconst[d](q), x, m) if is32(c + k * d) -> AMD64${st}storeidx[c + k * d, k]{s}(p, q, x, m)`,
      `AMD64${st}storeidx[c, 1]{s}(p, AMD64SHLQconst[3](q), x, m) -> AMD64${st}storeidx[c, 8]{s}(p, q, x, m)`,
      `AMD64${st}storeidx[c, 1]{s}(p, AMD64SHLQconst[2](q), x, m) -> AMD64${st}storeidx[c, 4]{s}(p, q, x, m)`,
      `AMD64${st}storeidx[c, k]{s}(p, AMD64MOVQconst[d], x, m) if is32(d) && is32(c + k * d) -> AMD64${st}store[c + k * d]{s}(p, x, m)`,
      `AMD64${st}storeidx[c, k]{s}(AMD64LEAQlocal[d]{t}(_), q, x, m) if is32(c + d) && isNull(s) -> AMD64${st}storeidx[c + d, k]{t}(sp(f), q, x, m)`,
    );
  }
  modes('AMD64MOVOstore', '', ', x, m', 'AMD64MOVOstore', ', x, m');
  modes('AMD64MOVOstorezero', '', ', m', 'AMD64MOVOstorezero', ', m');
  for (const w of ['Q', 'L', 'W', 'B']) {
    modes(`AMD64MOV${w}storeconst`, ', k', ', m', `AMD64MOV${w}storeconst`, ', m');
    modes(`AMD64CMP${w}load`, '', ', x, m', `AMD64CMP${w}load`, ', x, m');
    modes(`AMD64CMP${w}constload`, ', k', ', m', `AMD64CMP${w}constload`, ', m');
  }
  for (const w of ['Q', 'L']) {
    for (const o of ['ADD', 'SUB', 'AND', 'OR', 'XOR']) {
      modes(`AMD64${o}${w}modify`, '', ', x, m', `AMD64${o}${w}modify`, ', x, m');
      if (o !== 'SUB') {
        modes(`AMD64${o}${w}constmodify`, ', k', ', m', `AMD64${o}${w}constmodify`, ', m');
      }
    }
    modes(`AMD64MOV${w}atomicload`, '', ', m', `AMD64MOV${w}atomicload`, ', m');
    modes(`AMD64CMPXCHG${w}lock`, '', ', x, y, m', `AMD64CMPXCHG${w}lock`, ', x, y, m');
  }
  modes('AMD64MOVBatomicload', '', ', m', 'AMD64MOVBatomicload', ', m');
  for (const w of ['Q', 'L', 'B']) {
    for (const o of ['AND', 'OR']) {
      modes(`AMD64${o}${w}lock`, '', ', x, m', `AMD64${o}${w}lock`, ', x, m');
    }
  }
  // The address is the second operand.
  for (const op of ['XCHGB', 'XCHGL', 'XCHGQ', 'XADDLlock', 'XADDQlock', ...loadOps]) {
    rules.push(
      `AMD64${op}[c]{s}(x, AMD64ADDQconst[d](p), m) if is32(c + d) -> AMD64${op}[c + d]{s}(x, p, m)`,
      `AMD64${op}[c]{s}(x, AMD64LEAQ[d]{t}(p), m) if is32(c + d) && oneNull(s, t) -> AMD64${op}[c + d]{either(s, t)}(x, p, m)`,
      `AMD64${op}[c]{s}(x, AMD64LEAQlocal[d]{t}(_), m) if is32(c + d) && isNull(s) -> AMD64${op}[c + d]{t}(x, sp(f), m)`,
    );
  }
  return rules;
}

const loadOps: readonly string[] = [
  ...['Q', 'L'].flatMap((w) => ['ADD', 'SUB', 'AND', 'OR', 'XOR'].map((o) => `${o}${w}load`)),
  ...['SS', 'SD'].flatMap((w) => ['ADD', 'SUB', 'MUL', 'DIV'].map((o) => `${o}${w}load`)),
];

/** Loads and stores that become part of the operation on them. */
function memoryOperands(): string[] {
  const rules: string[] = [];
  for (const w of ['Q', 'L']) {
    const load = `l:AMD64MOV${w}load[c]{s}(p, m)`;
    for (const o of ['ADD', 'SUB', 'AND', 'OR', 'XOR']) {
      rules.push(
        // Read, change, write back.
        `AMD64MOV${w}store[c]{s}(p, o:AMD64${o}${w}(l:AMD64MOV${w}load[d]{t}(p, m), x), m) if same(c, d) && same(s, t) && o.uses == 1 && l.uses == 1 && inBlock(v, l) -> AMD64${o}${w}modify[c]{s}(p, x, m)`,
        `AMD64${o}${w}(x, ${load}) if canFold(v, l, x) -> AMD64${o}${w}load[c]{s}(x, p, m)`,
      );
      if (o === 'SUB') continue;
      rules.push(
        `AMD64MOV${w}store[c]{s}(p, o:AMD64${o}${w}const[k](l:AMD64MOV${w}load[d]{t}(p, m)), m) if same(c, d) && same(s, t) && o.uses == 1 && l.uses == 1 && inBlock(v, l) -> AMD64${o}${w}constmodify[c, k]{s}(p, m)`,
        `AMD64MOV${w}store[c]{s}(p, o:AMD64${o}${w}load[d]{t}(x, p, m), m) if same(c, d) && same(s, t) && o.uses == 1 -> AMD64${o}${w}modify[c]{s}(p, x, m)`,
      );
    }
  }
  for (const w of ['SS', 'SD']) {
    for (const o of ['ADD', 'SUB', 'MUL', 'DIV']) {
      rules.push(
        `AMD64${o}${w}(x, l:AMD64MOV${w}load[c]{s}(p, m)) if canFold(v, l, x) -> AMD64${o}${w}load[c]{s}(x, p, m)`,
      );
    }
  }
  for (const w of ['Q', 'L', 'W', 'B']) {
    const load = `l:AMD64MOV${w}load[c]{s}(p, m)`;
    rules.push(
      `AMD64CMP${w}(${load}, x) if canFold(v, l, x) -> AMD64CMP${w}load[c]{s}(p, x, m)`,
      `AMD64CMP${w}const[k](${load}) if canFold(v, l, l) -> AMD64CMP${w}constload[c, k]{s}(p, m)`,
      `AMD64TEST${w}(${load}, l) if canFold2(v, l) -> AMD64CMP${w}constload[c, 0]{s}(p, m)`,
    );
    const k = w === 'Q' ? 'AMD64MOVQconst[k]' : 'AMD64MOVLconst[k]';
    rules.push(
      `AMD64MOV${w}store[c]{s}(p, ${k}, m) if is32(k) -> AMD64MOV${w}storeconst[c, narrow${w}(k)]{s}(p, m)`,
    );
  }
  for (const w of ['L', 'W', 'B']) {
    for (const ext of ['MOVBQZX', 'MOVBQSX', 'MOVWQZX', 'MOVWQSX', 'MOVLQZX', 'MOVLQSX']) {
      // Stores look at the low bits only.
      if (rank(ext[3]!) < rank(w)) continue;
      rules.push(
        `AMD64MOV${w}store[c]{s}(p, AMD64${ext}(x), m) -> AMD64MOV${w}store[c]{s}(p, x, m)`,
        `AMD64MOV${w}storeidx[c, k]{s}(p, q, AMD64${ext}(x), m) -> AMD64MOV${w}storeidx[c, k]{s}(p, q, x, m)`,
      );
    }
  }
  // An extension of a load is another load, made where the old one was.
  for (const [ext, from, to] of [
    ['MOVBQZX', ['MOVB', 'MOVW', 'MOVL', 'MOVQ'], 'MOVB'],
    ['MOVBQSX', ['MOVB', 'MOVW', 'MOVL', 'MOVQ'], 'MOVBQSX'],
    ['MOVWQZX', ['MOVW', 'MOVL', 'MOVQ'], 'MOVW'],
    ['MOVWQSX', ['MOVW', 'MOVL', 'MOVQ'], 'MOVWQSX'],
    ['MOVLQZX', ['MOVL', 'MOVQ'], 'MOVL'],
    ['MOVLQSX', ['MOVL', 'MOVQ'], 'MOVLQSX'],
  ] as const) {
    for (const l of from) {
      rules.push(
        `AMD64${ext}(l:AMD64${l}load) if l.uses == 1 -> !load_${to}(v, l)`,
        `AMD64${ext}(l:AMD64${l}loadidx) if l.uses == 1 -> !load_${to}(v, l)`,
      );
    }
  }
  return rules;
}

function rank(w: string): number {
  return 'BWLQ'.indexOf(w);
}

export const machineRules: readonly string[] = [
  ...constants(),
  ...addresses(),
  ...flags(),
  ...memoryOperands(),
  // Upper bits that are known.
  'AMD64MOVLQZX(x) if zeroUpper32(x) -> x',
  'AMD64MOVBQZX(x) if zeroUpper56(x) -> x',
  'AMD64MOVBQZX(AMD64MOVBQZX(x)) -> AMD64MOVBQZX(x)',
  'AMD64MOVWQZX(AMD64MOVWQZX(x)) -> AMD64MOVWQZX(x)',
  'AMD64MOVWQZX(AMD64MOVBQZX(x)) -> AMD64MOVBQZX(x)',
  'AMD64MOVLQZX(AMD64ANDLconst[c](x)) if c >= 0 -> AMD64ANDLconst[c](x)',
  'AMD64MOVBQZX(AMD64ANDLconst[c](x)) if c >= 0 && c < 256 -> AMD64ANDLconst[c](x)',
  'AMD64MOVBQSX(AMD64MOVBQSX(x)) -> AMD64MOVBQSX(x)',
  'AMD64MOVLQSX(AMD64MOVLQSX(x)) -> AMD64MOVLQSX(x)',
  'AMD64MOVBQZX(AMD64MOVLconst[c]) -> AMD64MOVQconst[and(c, 255)]',
  'AMD64MOVWQZX(AMD64MOVLconst[c]) -> AMD64MOVQconst[and(c, 65535)]',
  'AMD64MOVLQSX(AMD64MOVLconst[c]) -> AMD64MOVQconst[c]',
  'AMD64MOVLQZX(AMD64MOVLconst[c]) -> AMD64MOVQconst[unsigned32(c)]',
];
