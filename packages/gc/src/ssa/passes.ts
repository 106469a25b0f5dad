/**
 * The passes of the back end in the order in which they run, and the constraints on that order.
 *
 * Each pass says whether it is needed for correctness; the others can be turned off one by one
 * (`-d=ssa/NAME/off`) and are left out with -N. `order` lists pairs (before, after) with the reason; the
 * list is checked when a compiler is made.
 */
import { branchelim } from './branchelim.ts';
import { splitCritical } from './critical.ts';
import { cse } from './cse.ts';
import { deadcode } from './deadcode.ts';
import { flagalloc } from './flagalloc.ts';
import { type Func } from './func.ts';
import { layout } from './layout.ts';
import { likelyadjust } from './likely.ts';
import { looprotate } from './looprotate.ts';
import { nilcheckelim } from './nilcheck.ts';
import { nilcheckLate } from './nilchecklate.ts';
import { prove } from './prove.ts';
import { type PassContext } from './run.ts';
import { tighten } from './tighten.ts';
import { trim } from './trim.ts';
import { writebarrier } from './writebarrier.ts';

export interface Pass {
  readonly name: string;
  /** Without it the code would be wrong, not only slow. */
  readonly required: boolean;
  run(f: Func, ctx: PassContext): void;
}

export const passes: readonly Pass[] = [
  { name: 'early deadcode', required: true, run: deadcode },
  { name: 'opt', required: false, run: (f, ctx) => ctx.opt.run(f) },
  { name: 'opt deadcode', required: false, run: deadcode },
  { name: 'cse', required: false, run: cse },
  { name: 'cse deadcode', required: false, run: deadcode },
  { name: 'nilcheckelim', required: false, run: nilcheckelim },
  { name: 'prove', required: false, run: prove },
  { name: 'late opt', required: false, run: (f, ctx) => ctx.opt.runLate(f) },
  { name: 'late opt deadcode', required: false, run: deadcode },
  { name: 'branchelim', required: false, run: branchelim },
  { name: 'branchelim deadcode', required: false, run: deadcode },
  { name: 'writebarrier', required: true, run: writebarrier },
  { name: 'lower', required: true, run: (f, ctx) => ctx.target.lower(f) },
  { name: 'lowered deadcode', required: true, run: deadcode },
  { name: 'machine opt', required: true, run: (f, ctx) => ctx.target.machineOpt(f) },
  { name: 'lowered cse', required: false, run: cse },
  { name: 'cse lowered deadcode', required: false, run: deadcode },
  { name: 'tighten', required: false, run: tighten },
  { name: 'critical', required: true, run: splitCritical },
  { name: 'late deadcode', required: true, run: deadcode },
  { name: 'likelyadjust', required: false, run: likelyadjust },
  { name: 'layout', required: true, run: layout },
  { name: 'schedule', required: true, run: (f, ctx) => ctx.scheduler.run(f) },
  { name: 'late nilcheck', required: false, run: nilcheckLate },
  {
    name: 'flagalloc',
    required: true,
    run: (f, ctx) => flagalloc(f, (v) => ctx.target.splitFlagLoad(v)),
  },
  { name: 'regalloc', required: true, run: (f, ctx) => ctx.allocate(f) },
  { name: 'trim', required: false, run: trim },
  { name: 'loop rotate', required: false, run: looprotate },
];

export const order: readonly (readonly [before: string, after: string, why: string])[] = [
  ['opt', 'cse', 'equal expressions should look equal'],
  ['cse', 'nilcheckelim', 'equal pointers should be one value'],
  ['cse', 'prove', 'the same length must be one value'],
  ['prove', 'late opt', 'branches that it decides are folded there'],
  ['prove', 'branchelim', 'it learns from branches'],
  ['late opt deadcode', 'branchelim', 'a value that is not used must not keep a branch'],
  ['branchelim', 'lower', 'it makes generic selections'],
  ['late opt', 'writebarrier', 'stores that rules remove need no barrier'],
  ['machine opt', 'lowered cse', 'rules repeat what they use twice (division, bit scans)'],
  ['writebarrier', 'lower', 'it splits blocks at generic stores'],
  ['lower', 'machine opt', 'machine rules only know operations of the target'],
  ['critical', 'layout', 'layout must place the blocks of split edges'],
  ['late deadcode', 'schedule', 'dead values cost registers'],
  ['layout', 'schedule', 'the order of blocks decides nothing later'],
  ['layout', 'regalloc', 'blocks are allocated in layout order'],
  ['likelyadjust', 'layout', 'layout follows likely edges'],
  ['regalloc', 'trim', 'edges without moves are known only then'],
  ['trim', 'loop rotate', 'latches must be real blocks'],
  ['schedule', 'late nilcheck', 'it needs the order of accesses and effects'],
  ['late nilcheck', 'flagalloc', 'an explicit check clobbers flags'],
  ['schedule', 'flagalloc', 'flags depend on the order of values'],
  ['flagalloc', 'regalloc', 'recomputed flags keep their operands live'],
];

/** The first violated constraint, or null. */
export function checkOrder(): string | null {
  for (const [before, after, why] of order) {
    const i = passes.findIndex((p) => p.name === before);
    const j = passes.findIndex((p) => p.name === after);
    if (i < 0 || j < 0) return `no pass ${i < 0 ? before : after}`;
    if (i >= j) return `${before} must come before ${after}: ${why}`;
  }
  return null;
}
