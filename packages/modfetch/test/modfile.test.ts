/**
 * go.mod files as `go mod edit -fmt` and `-json` have them: files made at random, well-formed and
 * not, each read and printed by both.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { ModFileErrors } from '../src/modfile/error.ts';
import { cleanUpFile, formatModFile } from '../src/modfile/modfile.ts';
import { parseModFile } from '../src/modfile/parse.ts';
import { setRequirements } from '../src/modfile/require.ts';
import { sortBlocks } from '../src/modfile/sort.ts';

/** The text as `go mod edit -fmt` leaves it, or the messages. */
function format(text: string): string {
  try {
    const mod = parseModFile('go.mod', text);
    sortBlocks(mod);
    cleanUpFile(mod);
    return formatModFile(mod);
  } catch (error) {
    if (error instanceof ModFileErrors) return `errors:\n${error.message}`;
    throw error;
  }
}

/** A repeatable sequence. */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const words =
  'a.b/c a.b/c/v2 "a.b/d" gopkg.in/x.v1 v1.2.3 v2.0.0 v1.0.0-pre v0.0.0-20200101000000-abcdefabcdef v2.0.0+incompatible => ./x ../y [ , ] v1 ( ) go1.22 1.22 1.21rc1 default k=v `q` "u // x';
const verbs =
  'module go toolchain godebug require exclude replace retract tool ignore nosuch'.split(' ');
const lines = [
  'require a.b/c v1.2.3 // indirect',
  'require a.b/d v0.1.0 // indirect; why',
  'exclude a.b/c v1.2.4',
  'replace a.b/c => ../c',
  'replace a.b/c v1.2.3 => x.y/z v1.0.0',
  'retract [v1.0.0, v1.2.0] // bad',
  'retract v1.3.0',
  'tool a.b/c/cmd',
  'ignore ./node_modules',
  'godebug default=go1.21',
  'go 1.22',
  'toolchain go1.22.1',
];

function makeFile(seed: number): string {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  const out: string[] = next(8) > 0 ? ['module example.com/m', ''] : [];
  const wild = next(4) === 0;
  for (let n = next(8); n >= 0; n--) {
    if (next(4) === 0) out.push('');
    if (next(4) === 0) out.push(`//  note ${n}  `);
    if (next(3) > 0) {
      out.push(
        wild ? `${pick(verbs)} ${pick(words.split(' '))} ${pick(words.split(' '))}` : pick(lines),
      );
      continue;
    }
    const verb = pick(wild ? verbs : ['require', 'exclude', 'replace', 'retract', 'tool']);
    out.push(`${verb} (${next(3) === 0 ? ' // open' : ''}`);
    for (let k = next(4); k > 0; k--) {
      if (next(3) === 0) out.push('');
      if (next(3) === 0) out.push('\t// inside');
      const inner = lines.filter((line) => line.startsWith(`${verb} `));
      const body = inner.length === 0 ? pick(words.split(' ')) : pick(inner);
      out.push(`  ${body.replace(`${verb} `, '')}${next(4) === 0 ? ' // end' : ''}`);
    }
    out.push(next(40) === 0 ? '' : ')');
  }
  return out.join('\n') + (next(3) === 0 ? '' : '\n');
}

const peer = peerGoroot();

describe.skipIf(peer === undefined)('go.mod, as the official go command has it', () => {
  test('files made at random', { timeout: 120_000 }, () => {
    const dir = mkdtempSync(join(tmpdir(), 'modfile-'));
    try {
      let errors = 0;
      for (let seed = 1; seed <= 40; seed++) {
        const text = makeFile(seed);
        writeFileSync(join(dir, 'go.mod'), text);
        const run = spawnSync(`${peer}/bin/go`, ['mod', 'edit', '-fmt'], {
          cwd: dir,
          env: peerEnv({ GOPROXY: 'off' }),
          encoding: 'utf8',
        });
        const failed = run.status !== 0;
        if (failed) errors++;
        const truth = failed
          ? run.stderr
              .replace(/^go: errors parsing go.mod:/, 'errors:')
              .replaceAll(`${dir}/`, '')
              .trimEnd()
          : readFileSync(join(dir, 'go.mod'), 'utf8');
        expect({ text, result: format(text) }).toEqual({ text, result: truth });
      }
      expect(errors).toBeGreaterThan(2);
      expect(errors).toBeLessThan(36);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

test('direct and indirect requirements come apart', () => {
  const mod = parseModFile(
    'go.mod',
    'module m.x/m\n\ngo 1.20\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // indirect\n\ta.b/e v1.0.0 // why\n)\n',
  );
  setRequirements(
    mod,
    [
      { mod: { path: 'a.b/c', version: 'v1.1.0' }, indirect: true },
      { mod: { path: 'a.b/e', version: 'v1.0.0' }, indirect: false },
      { mod: { path: 'a.b/f', version: 'v1.0.0' }, indirect: false },
    ],
    'separate',
  );
  cleanUpFile(mod);
  expect(formatModFile(mod)).toBe(
    'module m.x/m\n\ngo 1.20\n\nrequire (\n\ta.b/e v1.0.0 // why\n\ta.b/f v1.0.0\n)\n\nrequire a.b/c v1.1.0 // indirect\n',
  );
});
