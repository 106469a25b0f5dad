/**
 * Registers of amd64 as operands name them, and what their numbers mean to the encoder.
 *
 * The numbers of a family are consecutive and in hardware order; a register of any width of one
 * family has its own number (AL is not AX), as in Plan 9 assembly.
 *
 * GOROOT: src/cmd/internal/obj/x86/a.out.go (the names, their order).
 */

export const REG_AL = 1;
export const REG_CL = 2;
export const REG_DL = 3;
export const REG_BL = 4;
export const REG_SPB = 5;
export const REG_BPB = 6;
export const REG_SIB = 7;
export const REG_DIB = 8;
export const REG_R8B = 9;
export const REG_R9B = 10;
export const REG_R10B = 11;
export const REG_R11B = 12;
export const REG_R12B = 13;
export const REG_R13B = 14;
export const REG_R14B = 15;
export const REG_R15B = 16;
export const REG_AX = 17;
export const REG_CX = 18;
export const REG_DX = 19;
export const REG_BX = 20;
export const REG_SP = 21;
export const REG_BP = 22;
export const REG_SI = 23;
export const REG_DI = 24;
export const REG_R8 = 25;
export const REG_R9 = 26;
export const REG_R10 = 27;
export const REG_R11 = 28;
export const REG_R12 = 29;
export const REG_R13 = 30;
export const REG_R14 = 31;
export const REG_R15 = 32;
export const REG_AH = 33;
export const REG_CH = 34;
export const REG_DH = 35;
export const REG_BH = 36;
export const REG_F0 = 37;
export const REG_F1 = 38;
export const REG_F2 = 39;
export const REG_F3 = 40;
export const REG_F4 = 41;
export const REG_F5 = 42;
export const REG_F6 = 43;
export const REG_F7 = 44;
export const REG_M0 = 45;
export const REG_M1 = 46;
export const REG_M2 = 47;
export const REG_M3 = 48;
export const REG_M4 = 49;
export const REG_M5 = 50;
export const REG_M6 = 51;
export const REG_M7 = 52;
export const REG_K0 = 53;
export const REG_K1 = 54;
export const REG_K2 = 55;
export const REG_K3 = 56;
export const REG_K4 = 57;
export const REG_K5 = 58;
export const REG_K6 = 59;
export const REG_K7 = 60;
export const REG_X0 = 61;
export const REG_X1 = 62;
export const REG_X2 = 63;
export const REG_X3 = 64;
export const REG_X4 = 65;
export const REG_X5 = 66;
export const REG_X6 = 67;
export const REG_X7 = 68;
export const REG_X8 = 69;
export const REG_X9 = 70;
export const REG_X10 = 71;
export const REG_X11 = 72;
export const REG_X12 = 73;
export const REG_X13 = 74;
export const REG_X14 = 75;
export const REG_X15 = 76;
export const REG_X16 = 77;
export const REG_X17 = 78;
export const REG_X18 = 79;
export const REG_X19 = 80;
export const REG_X20 = 81;
export const REG_X21 = 82;
export const REG_X22 = 83;
export const REG_X23 = 84;
export const REG_X24 = 85;
export const REG_X25 = 86;
export const REG_X26 = 87;
export const REG_X27 = 88;
export const REG_X28 = 89;
export const REG_X29 = 90;
export const REG_X30 = 91;
export const REG_X31 = 92;
export const REG_Y0 = 93;
export const REG_Y1 = 94;
export const REG_Y2 = 95;
export const REG_Y3 = 96;
export const REG_Y4 = 97;
export const REG_Y5 = 98;
export const REG_Y6 = 99;
export const REG_Y7 = 100;
export const REG_Y8 = 101;
export const REG_Y9 = 102;
export const REG_Y10 = 103;
export const REG_Y11 = 104;
export const REG_Y12 = 105;
export const REG_Y13 = 106;
export const REG_Y14 = 107;
export const REG_Y15 = 108;
export const REG_Y16 = 109;
export const REG_Y17 = 110;
export const REG_Y18 = 111;
export const REG_Y19 = 112;
export const REG_Y20 = 113;
export const REG_Y21 = 114;
export const REG_Y22 = 115;
export const REG_Y23 = 116;
export const REG_Y24 = 117;
export const REG_Y25 = 118;
export const REG_Y26 = 119;
export const REG_Y27 = 120;
export const REG_Y28 = 121;
export const REG_Y29 = 122;
export const REG_Y30 = 123;
export const REG_Y31 = 124;
export const REG_Z0 = 125;
export const REG_Z1 = 126;
export const REG_Z2 = 127;
export const REG_Z3 = 128;
export const REG_Z4 = 129;
export const REG_Z5 = 130;
export const REG_Z6 = 131;
export const REG_Z7 = 132;
export const REG_Z8 = 133;
export const REG_Z9 = 134;
export const REG_Z10 = 135;
export const REG_Z11 = 136;
export const REG_Z12 = 137;
export const REG_Z13 = 138;
export const REG_Z14 = 139;
export const REG_Z15 = 140;
export const REG_Z16 = 141;
export const REG_Z17 = 142;
export const REG_Z18 = 143;
export const REG_Z19 = 144;
export const REG_Z20 = 145;
export const REG_Z21 = 146;
export const REG_Z22 = 147;
export const REG_Z23 = 148;
export const REG_Z24 = 149;
export const REG_Z25 = 150;
export const REG_Z26 = 151;
export const REG_Z27 = 152;
export const REG_Z28 = 153;
export const REG_Z29 = 154;
export const REG_Z30 = 155;
export const REG_Z31 = 156;
export const REG_CS = 157;
export const REG_SS = 158;
export const REG_DS = 159;
export const REG_ES = 160;
export const REG_FS = 161;
export const REG_GS = 162;
export const REG_GDTR = 163;
export const REG_IDTR = 164;
export const REG_LDTR = 165;
export const REG_MSW = 166;
export const REG_TASK = 167;
export const REG_CR0 = 168;
export const REG_CR1 = 169;
export const REG_CR2 = 170;
export const REG_CR3 = 171;
export const REG_CR4 = 172;
export const REG_CR5 = 173;
export const REG_CR6 = 174;
export const REG_CR7 = 175;
export const REG_CR8 = 176;
export const REG_CR9 = 177;
export const REG_CR10 = 178;
export const REG_CR11 = 179;
export const REG_CR12 = 180;
export const REG_CR13 = 181;
export const REG_CR14 = 182;
export const REG_CR15 = 183;
export const REG_DR0 = 184;
export const REG_DR1 = 185;
export const REG_DR2 = 186;
export const REG_DR3 = 187;
export const REG_DR4 = 188;
export const REG_DR5 = 189;
export const REG_DR6 = 190;
export const REG_DR7 = 191;
export const REG_TR0 = 192;
export const REG_TR1 = 193;
export const REG_TR2 = 194;
export const REG_TR3 = 195;
export const REG_TR4 = 196;
export const REG_TR5 = 197;
export const REG_TR6 = 198;
export const REG_TR7 = 199;
export const REG_TLS = 200;
export const MAXREG = 201;

/** By number, from REG_AL on. */
export const registerNames: readonly string[] = [
  'NONE',
  'AL',
  'CL',
  'DL',
  'BL',
  'SPB',
  'BPB',
  'SIB',
  'DIB',
  'R8B',
  'R9B',
  'R10B',
  'R11B',
  'R12B',
  'R13B',
  'R14B',
  'R15B',
  'AX',
  'CX',
  'DX',
  'BX',
  'SP',
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
  'AH',
  'CH',
  'DH',
  'BH',
  'F0',
  'F1',
  'F2',
  'F3',
  'F4',
  'F5',
  'F6',
  'F7',
  'M0',
  'M1',
  'M2',
  'M3',
  'M4',
  'M5',
  'M6',
  'M7',
  'K0',
  'K1',
  'K2',
  'K3',
  'K4',
  'K5',
  'K6',
  'K7',
  'X0',
  'X1',
  'X2',
  'X3',
  'X4',
  'X5',
  'X6',
  'X7',
  'X8',
  'X9',
  'X10',
  'X11',
  'X12',
  'X13',
  'X14',
  'X15',
  'X16',
  'X17',
  'X18',
  'X19',
  'X20',
  'X21',
  'X22',
  'X23',
  'X24',
  'X25',
  'X26',
  'X27',
  'X28',
  'X29',
  'X30',
  'X31',
  'Y0',
  'Y1',
  'Y2',
  'Y3',
  'Y4',
  'Y5',
  'Y6',
  'Y7',
  'Y8',
  'Y9',
  'Y10',
  'Y11',
  'Y12',
  'Y13',
  'Y14',
  'Y15',
  'Y16',
  'Y17',
  'Y18',
  'Y19',
  'Y20',
  'Y21',
  'Y22',
  'Y23',
  'Y24',
  'Y25',
  'Y26',
  'Y27',
  'Y28',
  'Y29',
  'Y30',
  'Y31',
  'Z0',
  'Z1',
  'Z2',
  'Z3',
  'Z4',
  'Z5',
  'Z6',
  'Z7',
  'Z8',
  'Z9',
  'Z10',
  'Z11',
  'Z12',
  'Z13',
  'Z14',
  'Z15',
  'Z16',
  'Z17',
  'Z18',
  'Z19',
  'Z20',
  'Z21',
  'Z22',
  'Z23',
  'Z24',
  'Z25',
  'Z26',
  'Z27',
  'Z28',
  'Z29',
  'Z30',
  'Z31',
  'CS',
  'SS',
  'DS',
  'ES',
  'FS',
  'GS',
  'GDTR',
  'IDTR',
  'LDTR',
  'MSW',
  'TASK',
  'CR0',
  'CR1',
  'CR2',
  'CR3',
  'CR4',
  'CR5',
  'CR6',
  'CR7',
  'CR8',
  'CR9',
  'CR10',
  'CR11',
  'CR12',
  'CR13',
  'CR14',
  'CR15',
  'DR0',
  'DR1',
  'DR2',
  'DR3',
  'DR4',
  'DR5',
  'DR6',
  'DR7',
  'TR0',
  'TR1',
  'TR2',
  'TR3',
  'TR4',
  'TR5',
  'TR6',
  'TR7',
  'TLS',
];

/** Bits of `regRex`: which prefix bits a register asks for, by the field that it stands in. */
export const REX_B = 1;
export const REX_X = 2;
export const REX_R = 4;
export const REX_W = 8;
/** Bit 4 of the register number; only EVEX has it. */
export const EVEX_R = 16;
/** A REX prefix is needed although it has no bits set: SPB, BPB, SIB, DIB. */
export const REX_ANY = 0x40;

/** The low three bits of the hardware number; −1 where a register has none. */
export const regLow: Int8Array = new Int8Array(MAXREG).fill(-1);
export const regRex: Uint8Array = new Uint8Array(MAXREG);

function number(first: number, count: number): void {
  for (let i = 0; i < count; i++) {
    regLow[first + i] = i & 7;
    if ((i & 8) !== 0) regRex[first + i] = REX_R | REX_X | REX_B;
    if ((i & 16) !== 0) regRex[first + i] = regRex[first + i]! | EVEX_R;
  }
}

number(REG_AL, 16);
for (let r = REG_SPB; r <= REG_DIB; r++) regRex[r] = REX_ANY;
number(REG_AX, 16);
for (let i = 0; i < 4; i++) regLow[REG_AH + i] = 4 + i;
number(REG_F0, 8);
number(REG_M0, 8);
number(REG_K0, 8);
number(REG_X0, 32);
number(REG_Y0, 32);
number(REG_Z0, 32);
number(REG_CR0, 16);
for (let i = 8; i < 16; i++) regRex[REG_CR0 + i] = REX_R;
number(REG_DR0, 8);
number(REG_TR0, 8);

/** The whole hardware number, 0–31. */
export function regNumber(reg: number): number {
  return regLow[reg]! | ((regRex[reg]! & REX_R) << 1) | (regRex[reg]! & EVEX_R);
}

/** Two registers [first-last] in one number, as in the offset of a TYPE_REGLIST. */
export function packRegisterRange(first: number, last: number): number {
  return first | (last << 16);
}

export function unpackRegisterRange(packed: number): [first: number, last: number] {
  return [packed & 0xffff, packed >> 16];
}
