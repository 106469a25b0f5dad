/** amd64 as a target of the back end. */
import { type Func } from '../../ssa/func.ts';
import { type SsaTarget } from '../../ssa/run.ts';
import { Amd64Lowering } from './lower.ts';
import { Amd64Regs } from './regs.ts';
import { splitFlagLoad } from './splitload.ts';

/** One per worker: it holds compiled rules and caches. */
export class Amd64Target implements SsaTarget {
  readonly regs = new Amd64Regs();
  readonly #lowering = new Amd64Lowering();
  readonly splitFlagLoad = splitFlagLoad;

  lower(f: Func): void {
    this.#lowering.lower(f);
  }

  machineOpt(f: Func): void {
    this.#lowering.machineOpt(f);
  }
}
