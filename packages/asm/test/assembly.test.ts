/** Whole objects against the official assembler's, byte for byte. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { assemble } from '../src/assemble.ts';
import { compareAssembly, compareCompiled } from './compare.ts';
import { experiments, fileReader, objectOf, officialBuild } from './official.ts';

const goroot = peerGoroot();

/** Small, and between them with data, tables, macros, frames, SSE, AVX and stack checks. */
const sample = ['internal/chacha8rand', 'internal/bytealg', 'internal/runtime/atomic', 'math'];

describe.skipIf(goroot === undefined)('a sample of std', () => {
  test('objects and code', { timeout: 120_000 }, () => {
    const build = officialBuild(sample, true);
    const assembly = compareAssembly(build);
    expect(assembly.differences).toEqual([]);
    expect(assembly.same).toBeGreaterThan(15);
    const compiled = compareCompiled(build);
    expect(compiled.differences).toEqual([]);
    expect(compiled.same).toBeGreaterThan(300);
  });
});

describe.skipIf(goroot === undefined)('encodings of upstream’s test data', () => {
  // The official assembler asks the system for its directory, which knows no links.
  const testdata =
    goroot === undefined ? '' : realpathSync(join(goroot, 'src/cmd/asm/internal/asm/testdata'));
  const include = join(goroot ?? '', 'pkg/include');
  const avx512 = goroot === undefined ? [] : readdirSync(join(testdata, 'avx512enc'));
  const files = [
    'amd64.s',
    'amd64enc.s',
    'amd64enc_extra.s',
    ...avx512.map((name) => `avx512enc/${name}`),
  ];

  function official(file: string): Uint8Array {
    const scratch = mkdtempSync(join(tmpdir(), 'go-ts-asm-'));
    try {
      const out = join(scratch, 'x.o');
      const tool = join(goroot!, 'pkg/tool/linux_amd64/asm');
      const { stderr } = spawnSync(tool, ['-o', out, '-p', 'main', '-I', include, file], {
        cwd: testdata,
        env: peerEnv({ GOOS: 'linux', GOARCH: 'amd64' }),
        encoding: 'utf8',
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
      expect(stderr).toBe('');
      return objectOf(readFileSync(out));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  for (const file of files) {
    test(`of ${file}`, () => {
      const { object, messages } = assemble({
        files: [file],
        read: fileReader(testdata),
        goos: 'linux',
        goarch: 'amd64',
        pkgPath: 'main',
        workingDir: testdata,
        goroot: goroot!,
        includeDirs: [include],
        experiments,
      });
      expect(messages).toEqual([]);
      expect(Buffer.compare(object!, official(file))).toBe(0);
    });
  }
});
