/** A random function, before and after each pass: does it still do the same? */
import { TypeTable } from '../../src/ir/type-table.ts';
import { type Func } from '../../src/ssa/func.ts';
import { passes, type Pass } from '../../src/ssa/passes.ts';
import { printFunc } from '../../src/ssa/print.ts';
import { type PassContext } from '../../src/ssa/run.ts';
import { verify } from '../../src/ssa/verify.ts';
import { interpret, type Outcome } from './interp.ts';
import { randomArguments, randomFunc } from './random-func.ts';
import { World } from './world.ts';

const inputs = 6;

function outcomes(f: Func, seed: number, world: World): Outcome[] {
  return Array.from({ length: inputs }, (_, i) => {
    world.reset(seed * 31 + i);
    return interpret(f, randomArguments(seed * 31 + i, world.heap), world);
  });
}

function describe({ end, calls, memory }: Outcome): string {
  return `${end}; memory ${memory}; ${calls.length} calls: ${calls.join(', ')}`;
}

/** What is wrong with the passes, on the function of this seed; null: nothing. */
export function judge(
  seed: number,
  ctx: PassContext,
  list: readonly Pass[] = passes,
): string | null {
  const f = randomFunc(seed, new TypeTable());
  verify(f, 'build');
  const world = new World();
  const want = outcomes(f, seed, world).map(describe);
  ctx.allocation = null;
  for (const pass of list) {
    const before = printFunc(f);
    const fail = (what: string): string =>
      `seed ${seed}: ${pass.name}: ${what}\n--- before\n${before}--- after\n${printFunc(f)}`;
    try {
      pass.run(f, ctx);
      verify(f, pass.name);
      // Afterwards values are in registers: what they compute is seen in whole programs.
      if (f.allocated) continue;
      const got = outcomes(f, seed, world).map(describe);
      // How long it took is no difference.
      const bad = got.findIndex(
        (text, i) => text !== want[i] && ![text, want[i]!].some((t) => t.startsWith('too long')),
      );
      if (bad >= 0) return fail(`input ${bad}: was ${want[bad]}, is ${got[bad]}`);
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  }
  return null;
}
