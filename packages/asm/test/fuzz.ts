/**
 * Every encoding form with random operands, some of them wrong, against the official assembler: the
 * same complaints, and of what is right the same object.
 *
 *     node packages/asm/test/fuzz.ts [SEED...]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { formLines } from '../src/amd64/forms.gen.ts';
import { assemble } from '../src/assemble.ts';
import { experiments, objectOf } from './official.ts';

const goroot = peerGoroot();
if (goroot === undefined) throw new Error('no official toolchain here');

let state = 1;

function random(n: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return (state >> 8) % n;
}

function pick(choices: string): string {
  const list = choices.split(' ');
  return list[random(list.length)]!;
}

const general = 'AX CX DX BX BP SI DI R8 R9 R10 R11 R12 R13 R14 R15';

function memory(): string {
  const base = pick(general);
  const index = pick(general);
  return pick(
    `(${base}) 8(${base}) -129(${base}) 64(${base})(${index}*${pick('1 2 4 8')}) (${index}*4) ` +
      'sym+4(SB) x+8(FP) x-16(SP) 128(SP) (SP) 0(R13)(R12*1) 512(R12) 4096(BX) 32(GS) (TLS) ' +
      '0(AX)(TLS*1) static<>(SB) (BP)(R8*8) 0x28(FS)',
  );
}

const vector = (family: string, count: number): string => family + random(count);

function vectorMemory(family: string, count: number): string {
  return `${random(200)}(${pick(general)})(${vector(family, count)}*${pick('1 2 4 8')})`;
}

function range(family: string): string {
  const first = random(29);
  return `[${family}${first}-${family}${first + 3}]`;
}

/** An operand of each class that tables name; others are the register of that name. */
const operands: Readonly<Record<string, () => string>> = {
  '0': () => '$0',
  '1': () => '$1',
  u2: () => '$2',
  i8: () => pick('$-7 $100'),
  u8: () => pick('$200 $5'),
  i32: () => pick('$1000 $0xf1f2f3f4 $-5'),
  i64: () =>
    pick(
      '$0 $1 $127 $128 $255 $256 $-1 $-128 $-129 $0x7fffffff $0x80000000 $0xffffffff ' +
        '$-0x80000000 $0x100000000 $0x123456789abcdef0 $-0x80000001',
    ),
  auto: () => pick('$x-8(SP) $x+8(FP) $sym(SB) $sym+100(SB)'),
  rx: () => pick('DX BX'),
  r8: () => pick('AL BL SIB BPB R8B R15B AH BH DX SI R9 SP'),
  r: () => pick(`${general} SP`),
  rm8: () => pick(`${memory()} R9B DIB CL AX CH`),
  rm: () => pick(`${memory()} ${pick(general)} SP`),
  m: memory,
  f: () => vector('F', 8),
  mm: () => vector('M', 8),
  mmm: () => pick(`${vector('M', 8)} ${memory()} ${pick(general)}`),
  x: () => vector('X', 16),
  X: () => vector('X', 32),
  xm: () => pick(`${vector('X', 16)} ${memory()}`),
  Xm: () => pick(`${vector('X', 32)} ${memory()}`),
  y: () => vector('Y', 16),
  Y: () => vector('Y', 32),
  ym: () => pick(`${vector('Y', 16)} ${memory()}`),
  Ym: () => pick(`${vector('Y', 32)} ${memory()}`),
  z: () => vector('Z', 32),
  zm: () => pick(`${vector('Z', 32)} ${memory()}`),
  vx: () => vectorMemory('X', 16),
  vX: () => vectorMemory('X', 32),
  vy: () => vectorMemory('Y', 16),
  vY: () => vectorMemory('Y', 32),
  vz: () => vectorMemory('Z', 32),
  X4: () => range('X'),
  Y4: () => range('Y'),
  Z4: () => range('Z'),
  K: () => `K${1 + random(7)}`,
  k: () => vector('K', 8),
  km: () => pick(`${vector('K', 8)} ${memory()}`),
  br: () => 'label',
  ind: () => '*sym(SB)',
};

/** Upstream crashes on a branch target elsewhere. */
const anywhere = Object.keys(operands).filter((name) => name !== 'br');

function operand(name: string): string {
  const wrong = random(25) === 0 ? anywhere[random(anywhere.length)] : undefined;
  return operands[wrong ?? name]?.() ?? (wrong ?? name).toUpperCase();
}

/** Frames would get in the way of these; FLDENV is a destination by mistake upstream. */
const left = /^(?:RET|NOP|UNDEF|END|ADJSP|PUSH\w*|POP\w*|CALL|FLDENV)$/;

function instructions(): string[] {
  const lines: string[] = [];
  for (const line of formLines.split('\n')) {
    const space = line.indexOf(' ');
    const name = line.slice(0, space);
    if (space < 0 || left.test(name)) continue;
    const forms = line.slice(space + 1).split('|');
    for (let i = 0; i < Math.max(4, 2 * forms.length); i++) {
      const form = forms[i % forms.length]!;
      const classes = form.split(' ')[0]!.replace('.', '').split(',');
      const chosen = classes.filter((c) => c !== '' && (!c.startsWith('?') || random(2) === 0));
      const made = chosen.map((c) => operand(c.replace('?', '')));
      const isEvex = /\bE(?:128|256|512)/.test(form);
      const suffix =
        isEvex || random(60) === 0 ? pick('     .Z .BCST .SAE .RN_SAE .RU_SAE.Z .BCST.Z') : '';
      lines.push(`${name}${suffix} ${made.join(', ')}`);
    }
  }
  return lines;
}

const scratch = mkdtempSync(join(tmpdir(), 'go-ts-fuzz-'));
const file = 'x.s';

function compare(lines: readonly string[]): { failed: Set<number>; differences: string[] } {
  const source = lines.map((l, i) => `TEXT f${i}(SB), 4, $0\nlabel: ${l}\n\tNOP\n\tRET\n`).join('');
  writeFileSync(join(scratch, file), source);
  const tool = join(goroot!, 'pkg/tool/linux_amd64/asm');
  const official = spawnSync(tool, ['-e', '-o', 'x.o', '-p', 'main', file], {
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
    env: peerEnv({ GOOS: 'linux', GOARCH: 'amd64', PWD: scratch }),
  });
  const { object, messages } = assemble({
    files: [file],
    read: () => source,
    goos: 'linux',
    goarch: 'amd64',
    pkgPath: 'main',
    workingDir: scratch,
    goroot: goroot!,
    experiments,
    allErrors: true,
  });
  // Upstream ends this one with a dump of its operand.
  const want = official.stderr
    .replaceAll(/(cannot assemble jump) .*/g, '$1')
    .trim()
    .split('\n');
  const got = messages.map((message) => message.trimEnd());
  const differences = [
    ...want
      .filter((line) => line !== '' && !got.includes(line))
      .map((line) => `only official: ${line}`),
    ...got.filter((line) => !want.includes(line)).map((line) => `only ours: ${line}`),
  ];
  const failed = new Set<number>();
  for (const [, line] of official.stderr.matchAll(/x\.s:(\d+)/g)) {
    failed.add(Math.floor((Number(line) - 1) / 4));
  }
  for (const [, index] of official.stderr.matchAll(/ f(\d+): /g)) failed.add(Number(index));
  if (official.status === 0) {
    const bytes = objectOf(readFileSync(join(scratch, 'x.o')));
    const isSame = object !== null && Buffer.compare(bytes, object) === 0;
    if (!isSame) differences.push(`objects of ${lines.length} lines differ`);
  }
  return { failed, differences };
}

try {
  for (const seed of process.argv.length > 2 ? process.argv.slice(2) : ['1', '2', '3']) {
    state = Number(seed);
    let lines = instructions();
    const total = lines.length;
    // First the parser complains, then the encoder; then what is left is right.
    for (;;) {
      const { failed, differences } = compare(lines);
      for (const difference of differences.slice(0, 20)) console.log(difference);
      if (differences.length > 0) process.exitCode = 1;
      if (failed.size === 0) break;
      lines = lines.filter((_, i) => !failed.has(i));
    }
    console.log(`seed ${seed}: ${total} lines, ${lines.length} of them right`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
