/** amd64 as a target of `assembleFunction`. */
import { type Target } from '../target.ts';
import { checkR15 } from './dynlink.ts';
import { amd64Names } from './list.ts';
import { progedit } from './progedit.ts';
import { preprocess } from './prologue.ts';
import { sehUnwindInfo } from './seh.ts';
import { layout } from './span.ts';

export const amd64: Target = {
  goarch: 'amd64',
  minLC: 1,
  check: checkR15,
  progedit,
  preprocess,
  layout,
  sehUnwindInfo,
  names: amd64Names,
};
