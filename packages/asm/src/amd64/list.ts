/** amd64 instructions as text. */
import { type AsmContext } from '../func.ts';
import { showProg } from '../list.ts';
import { type Prog } from '../prog.ts';
import { type TargetNames } from '../target.ts';
import { anames } from './anames.gen.ts';
import { registerNames, unpackRegisterRange } from './registers.ts';
import { suffixNames } from './suffix.ts';

function registerName(reg: number): string {
  return registerNames[reg] ?? `R???${reg}`;
}

export const amd64Names: TargetNames = {
  instruction: (as) => anames[as] ?? `A???${as}`,
  register: registerName,
  suffix: (scond) => (scond === 0 ? '' : `.${suffixNames[scond]}`),
  registerList: (packed) => {
    const [first, last] = unpackRegisterRange(packed);
    return `[${registerName(first)}-${registerName(last)}]`;
  },
};

/** An instruction as messages show it. */
export function show(p: Prog, ctx: AsmContext): string {
  return showProg(p, amd64Names, ctx);
}
