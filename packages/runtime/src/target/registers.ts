/**
 * Register files and the order in which ABIInternal fills them.
 *
 * Numbers are the hardware's encodings, which is what tables such as PCDATA_PanicBounds store.
 * GOROOT: src/cmd/compile/internal/ssa/_gen/{AMD64,ARM64}Ops.go, src/cmd/compile/abi-internal.md,
 * src/internal/abi/abi_{amd64,arm64}.go.
 */
import { type Goarch } from './targets.ts';

export interface RegisterFile {
  readonly goarch: Goarch;
  /** General registers by hardware number. */
  readonly general: readonly string[];
  /** Floating-point and vector registers by hardware number. */
  readonly float: readonly string[];
  /** Where integer and pointer arguments and results go, in order. */
  readonly intArgs: readonly string[];
  readonly floatArgs: readonly string[];
  readonly stackPointer: string;
  readonly framePointer: string;
  readonly closureContext: string;
  readonly g: string;
  /** A register that is zero at every ABIInternal call and return; on arm64 the hardware's. */
  readonly zero: string;
  readonly link: string | null;
  /** Never hold a value across a call or belong to linker and assembler. */
  readonly scratch: readonly string[];
  /** Not to be touched at all. */
  readonly reserved: readonly string[];
  /** Where runtime.gcWriteBarrierN returns its buffer. */
  readonly writeBarrierBuffer: string;
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

export const amd64Registers: RegisterFile = {
  goarch: 'amd64',
  general: ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI', ...numbered('R', 16).slice(8)],
  float: numbered('X', 16),
  intArgs: ['AX', 'BX', 'CX', 'DI', 'SI', 'R8', 'R9', 'R10', 'R11'],
  floatArgs: numbered('X', 15),
  stackPointer: 'SP',
  framePointer: 'BP',
  closureContext: 'DX',
  g: 'R14',
  zero: 'X15',
  link: null,
  scratch: ['R12', 'R13', 'R15'],
  reserved: [],
  writeBarrierBuffer: 'R11',
};

export const arm64Registers: RegisterFile = {
  goarch: 'arm64',
  general: [...numbered('R', 31), 'ZR'],
  float: numbered('F', 32),
  intArgs: numbered('R', 16),
  floatArgs: numbered('F', 16),
  stackPointer: 'RSP',
  framePointer: 'R29',
  closureContext: 'R26',
  g: 'R28',
  zero: 'ZR',
  link: 'R30',
  scratch: ['R16', 'R17', 'R27'],
  reserved: ['R18'],
  writeBarrierBuffer: 'R25',
};

export const registerFiles: Readonly<Record<Goarch, RegisterFile>> = {
  amd64: amd64Registers,
  arm64: arm64Registers,
};
