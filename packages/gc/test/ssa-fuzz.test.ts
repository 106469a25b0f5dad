/**
 * Random functions under the interpreter, before and after each pass; and that what is wrong would be
 * found. More of the same: `./test fuzz -ssa -seconds=600`.
 */
import { describe, expect, test } from 'vitest';
import { bisect } from '../../../tools/bisect.ts';
import { type Func } from '../src/ssa/func.ts';
import { OpAdd, OpSub } from '../src/ssa/op.ts';
import { parseSsaOptions, switchesFor } from '../src/ssa/options.ts';
import { type Pass, passes } from '../src/ssa/passes.ts';
import { PassContext } from '../src/ssa/run.ts';
import { Amd64Target } from '../src/target/amd64/target.ts';
import { judge } from './interp/judge.ts';

const context = (): PassContext => new PassContext(new Amd64Target());

test('passes do not change what functions do', { timeout: 180_000 }, () => {
  const ctx = context();
  for (let seed = 1; seed <= 30; seed++) expect(judge(seed, ctx)).toBeNull();
});

/** Turns the first sum into a difference. */
function sabotage(f: Func): void {
  for (const b of f.blocks) {
    const sum = b.values.find((v) => v.op === OpAdd);
    if (sum === undefined) continue;
    sum.op = OpSub;
    return;
  }
}

/** The list with a `cse` that spoils the functions of some names. */
function withBrokenCse(isSpoilt: (name: string) => boolean): Pass[] {
  return passes.map((pass) => {
    if (pass.name !== 'cse') return pass;
    return {
      ...pass,
      run: (f, ctx) => {
        pass.run(f, ctx);
        if (isSpoilt(f.name)) sabotage(f);
      },
    };
  });
}

describe('a pass that is wrong', () => {
  test('is named by the interpreter', () => {
    const found = judge(
      7,
      context(),
      withBrokenCse(() => true),
    );
    expect(found).toMatch(/^seed 7: cse: input \d: was .* is /);
  });

  test('and its function are found by bisection', { timeout: 180_000 }, () => {
    const ctx = context();
    const broken = withBrokenCse((name) => name === 'p.f7');
    const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
    const found = bisect(
      (settings) => {
        const options = parseSsaOptions(settings.map((s) => `-d=${s}`));
        let output = '';
        const failed = seeds.filter((seed) => {
          const name = `p.f${seed}`;
          const { off, noOptimize, triggered } = switchesFor(options, name);
          if (triggered !== null) output += `gossahash triggered ${name} ${triggered}\n`;
          const list = broken.filter((p) => p.required || (!noOptimize && !off.has(p.name)));
          return judge(seed, ctx, list) !== null;
        });
        return { failed: failed.length > 0, output };
      },
      () => {},
    );
    expect(found).toMatchObject({ func: 'p.f7', pass: 'cse' });
  });
});
