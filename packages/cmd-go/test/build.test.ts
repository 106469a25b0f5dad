/**
 * The driver over the official compiler and our own assembler and linker: what is built, when it is
 * built again, and what is left behind. One cache serves all runs of this file, so that only the
 * first, ever, compiles the runtime.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { makeFolder, type Outcome } from './command.ts';

const script = fileURLToPath(new URL('with-tools.ts', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/go-ts-test', import.meta.url));

const files = {
  'go.mod': 'module example.com/m\n\ngo 1.27\n',
  'main.go': `package main

import (
	_ "embed"
	"example.com/m/lib"
)

//go:embed text.txt
var text string

func main() {
	println(lib.Add(2, 3), text)
	if len(text) > 3 {
		panic(text)
	}
}
`,
  'text.txt': 'abc',
  'lib/lib.go': 'package lib\n\nfunc Add(x, y int) int\n',
  'lib/lib_amd64.s': `#include "textflag.h"
#include "own.h"

TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), AX
	ADDQ y+8(FP), AX
	ADDQ $EXTRA, AX
	MOVQ AX, ret+16(FP)
	RET
`,
  'lib/own.h': '#define EXTRA 0\n',
  'bad/bad.go': 'package bad\n\nvar x int = "s"\n\nfunc f() { y }\n',
};

function env(more: Record<string, string> = {}): Record<string, string> {
  return peerEnv({ GOCACHE: cache, NODE_COMPILE_CACHE: join(cache, 'v8'), ...more });
}

describe.skipIf(peerGoroot() === undefined)('builds', () => {
  let dir = '';

  beforeEach(() => {
    dir = makeFolder(files);
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function go(args: readonly string[], more: Record<string, string> = {}): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'mixed', ...args], {
      cwd: dir,
      env: env(more),
      encoding: 'utf8',
      timeout: 300_000,
      killSignal: 'SIGKILL',
    });
    return { status, stdout, stderr: stderr.replaceAll(/^go: compiling go1.*\n/gm, '') };
  }

  const slow = { timeout: 300_000 };

  test('assembly, headers, embedded files; a change of each is seen', slow, () => {
    expect(go(['run', '.'])).toEqual({ status: 0, stdout: '', stderr: '5 abc\n' });
    writeFileSync(join(dir, 'lib/own.h'), '#define EXTRA 1\n');
    expect(go(['run', '.']).stderr).toBe('6 abc\n');
    writeFileSync(join(dir, 'text.txt'), 'xyz');
    expect(go(['run', '.']).stderr).toBe('6 xyz\n');
    const { stderr } = go(['build', '-v', '.']);
    expect(stderr).toBe('');
    expect(statSync(join(dir, 'm')).mode & 0o111).toBe(0o111);
    expect(readdirSync(dir).toSorted()).toEqual(
      ['bad', 'go.mod', 'lib', 'm', 'main.go', 'text.txt'].toSorted(),
    );
  });

  test('a program that fails', slow, () => {
    writeFileSync(join(dir, 'text.txt'), 'long text');
    const run = go(['run', '.']);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^5 long text\npanic: long text\n[^]*\nexit status 2\n$/);
  });

  test('errors of a package, under its name, and nothing written', slow, () => {
    const { status, stdout, stderr } = go(['build', '-o', 'out/', './...']);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      '# example.com/m/bad\n' +
        'bad/bad.go:3:13: cannot use "s" (untyped string constant) as int value in variable declaration\n' +
        'bad/bad.go:5:12: undefined: y\n',
    );
    expect(existsSync(join(dir, 'out'))).toBe(false);
  });

  test('the same bytes from two folders with -trimpath, for any number of workers', slow, () => {
    expect(go(['build', '-trimpath', '-o', 'a', '.']).stderr).toBe('');
    const other = makeFolder(files);
    const first = dir;
    dir = other;
    try {
      const fresh = join(other, 'cache');
      expect(go(['build', '-trimpath', '-p=1', '-o', 'b', '.']).stderr).toBe('');
      expect(readFileSync(join(other, 'b')).equals(readFileSync(join(first, 'a')))).toBe(true);
      expect(existsSync(fresh)).toBe(false);
    } finally {
      dir = first;
      rmSync(other, { recursive: true });
    }
  });

  test('damaged cache entries are made again', slow, () => {
    const own = join(dir, 'cache');
    const args = ['build', '-o', 'x', './lib'];
    expect(go(args, { GOCACHE: own }).status).toBe(0);
    const outputs = readdirSync(own, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('-d'),
    );
    expect(outputs.length).toBeGreaterThan(0);
    for (const name of outputs) {
      const file = join(own, name);
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(file, bytes);
    }
    rmSync(join(dir, 'x'));
    writeFileSync(join(dir, 'lib/own.h'), '#define EXTRA 2\n');
    const again = go(args, { GOCACHE: own });
    expect(again).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test(
    'builds at once and builds killed at any moment leave a cache that works',
    slow,
    async () => {
      const own = join(dir, 'cache');
      const start = (): Promise<number | null> =>
        new Promise((resolve) => {
          const args = [script, 'mixed', 'build', '-o', join(dir, 'lib.a'), './lib'];
          const child = spawn(process.execPath, args, { cwd: dir, env: env({ GOCACHE: own }) });
          child.on('exit', resolve);
          const limit = 200 + started * 250;
          if (started++ < 5) setTimeout(() => child.kill('SIGKILL'), limit);
        });
      let started = 0;
      await Promise.all(Array.from({ length: 5 }, start));
      expect(await Promise.all([start(), start()])).toEqual([0, 0]);
      const entries = readdirSync(own, { recursive: true, encoding: 'utf8' });
      expect(entries.filter((name) => name.endsWith('-a')).length).toBeGreaterThan(0);
      expect(readdirSync(dir).filter((name) => name.includes('.tmp-'))).toEqual([]);
    },
  );

  test('an output that is there stays until the new one is whole', slow, () => {
    writeFileSync(join(dir, 'm'), 'notes\n');
    const refused = go(['build', '.']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('already exists and is not an object file');
    expect(readFileSync(join(dir, 'm'), 'utf8')).toBe('notes\n');
  });
});
