/**
 * Applies the generic rules, and folds branches on constants.
 *
 * Runs before and after the passes that find new constants.
 */
import { BlockFirst, BlockIf, type Block, LikelyUnknown } from './block.ts';
import { type Func } from './func.ts';
import { OpConstBool, OpNot } from './op.ts';
import { RuleSet, applyRules } from './rewrite.ts';
import { divisionRules, genericRules } from './rules/generic.ts';
import { genericFunctions } from './rules/genericfns.ts';

export class GenericOpt {
  readonly #rules = new RuleSet(genericRules, genericFunctions);

  /** With divisions by constants turned into multiplications. */
  readonly #late = new RuleSet([...genericRules, ...divisionRules], genericFunctions);

  run(f: Func): void {
    applyRules(f, this.#rules, foldBranch);
  }

  runLate(f: Func): void {
    applyRules(f, this.#late, foldBranch);
  }

  /** Compiles all rules: a test's way to find mistakes in them. */
  check(): void {
    this.#late.check();
  }
}

export function foldBranch(b: Block): boolean {
  if (b.kind !== BlockIf) return false;
  const c = b.c0!;
  if (c.op === OpNot) {
    b.setControl(c.a0);
    b.swapSuccs();
    return true;
  }
  if (c.op !== OpConstBool) return false;
  b.setControl(null);
  if (c.auxInt === 0) b.swapSuccs();
  b.kind = BlockFirst;
  b.likely = LikelyUnknown;
  return true;
}
