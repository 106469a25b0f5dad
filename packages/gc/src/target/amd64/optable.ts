/** Placeholder order: filled by the lowering. */
import { type OpRow } from '../../ssa/optable.ts';

export const amd64Ops: readonly OpRow[] = [];
