/**
 * Runs the passes over a function: with verification after each, dumps, and times, if asked for.
 */
import { withContext } from '@go-ts/base';
import { DomTree, LoopNest } from './cfg.ts';
import { type Func } from './func.ts';
import { GenericOpt } from './opt.ts';
import { passes } from './passes.ts';
import { type PrintOptions, printFunc } from './print.ts';
import { type Allocation, regalloc } from './regalloc/regalloc.ts';
import { type RegTarget } from './regalloc/target.ts';
import { Scheduler } from './schedule.ts';
import { stackalloc } from './stackalloc.ts';
import { type Value } from './value.ts';
import { verify } from './verify.ts';

/** What the target-independent passes ask of a target. */
export interface SsaTarget {
  readonly regs: RegTarget;
  lower(f: Func): void;
  machineOpt(f: Func): void;
  splitFlagLoad(v: Value): void;
}

export interface RunOptions {
  /** Verify after every pass. */
  readonly check?: boolean;
  /** Positions to be shown in dumps, by index. */
  readonly positions?: readonly { readonly line: number }[];
  /** Names of passes that are not to run, of those that are not required. */
  readonly off?: ReadonlySet<string>;
  /** Leave out everything that is not required. */
  readonly noOptimize?: boolean;
  /** Called with the text form after each pass (and before the first, named "start"). */
  readonly dump?: (pass: string, text: string) => void;
  /** Called with the time that a pass took, measured by `now`. */
  readonly timing?: (pass: string, elapsed: number) => void;
  readonly now?: () => number;
}

/** Scratch memory and results of the passes; one per worker. */
export class PassContext {
  readonly target: SsaTarget;
  readonly scheduler = new Scheduler();
  readonly opt = new GenericOpt();
  allocation: Allocation | null = null;

  constructor(target: SsaTarget) {
    this.target = target;
  }

  allocate(f: Func): void {
    const dom = new DomTree(f);
    const loops = new LoopNest(f, dom);
    this.allocation = regalloc(f, this.target.regs, loops, dom);
    stackalloc(f);
    f.allocated = true;
  }
}

export function runPasses(f: Func, ctx: PassContext, options: RunOptions = {}): void {
  const { dump, check, timing, now } = options;
  ctx.allocation = null;
  dump?.('start', printFunc(f, printOptions(ctx, options)));
  if (check === true) verify(f, 'start');
  for (const pass of passes) {
    if (!pass.required && (options.noOptimize === true || options.off?.has(pass.name) === true)) {
      continue;
    }
    const before = now?.() ?? 0;
    withContext({ func: f.name, pass: pass.name }, () => {
      pass.run(f, ctx);
    });
    if (timing !== undefined && now !== undefined) timing(pass.name, now() - before);
    dump?.(pass.name, printFunc(f, printOptions(ctx, options)));
    if (check === true) {
      withContext({ func: f.name, pass: pass.name }, () => {
        verify(f, pass.name);
      });
    }
  }
}

function printOptions(ctx: PassContext, { positions }: RunOptions): PrintOptions {
  const { allocation, target } = ctx;
  const lines =
    positions === undefined ? {} : { lineOf: (pos: number) => positions[pos]?.line ?? 0 };
  if (allocation === null) return lines;
  return {
    ...lines,
    homeOf: (v) => {
      const r = allocation.home[v.id];
      return r === undefined || r < 0 ? '' : target.regs.names[r]!;
    },
  };
}
