/**
 * Suffixes of AVX-512 instructions (`VADDPD.RU_SAE.Z`), packed in `Prog.scond`.
 *
 * GOROOT: src/cmd/internal/obj/x86/evex.go (which combinations exist; wording of the errors).
 */
import { quoteString } from '@go-ts/base/quote';

/** By number; 0 is no suffix. */
export const suffixNames: readonly string[] = [
  '',
  'Z',
  'SAE',
  'SAE.Z',
  'RN_SAE',
  'RZ_SAE',
  'RD_SAE',
  'RU_SAE',
  'RN_SAE.Z',
  'RZ_SAE.Z',
  'RD_SAE.Z',
  'RU_SAE.Z',
  'BCST',
  'BCST.Z',
];

export interface Suffix {
  readonly zeroing: boolean;
  readonly broadcast: boolean;
  readonly sae: boolean;
  /** The value of EVEX.L'L that rounds so; −1 if the suffix does not round. */
  readonly rounding: number;
}

const roundings = ['RN_SAE', 'RD_SAE', 'RU_SAE', 'RZ_SAE'];

export const suffixes: readonly Suffix[] = suffixNames.map((name) => {
  const parts = name.split('.');
  return {
    zeroing: parts.includes('Z'),
    broadcast: parts.includes('BCST'),
    sae: parts.includes('SAE'),
    rounding: roundings.findIndex((rounding) => parts.includes(rounding)),
  };
});

/** The number of a suffix text without its leading dot; −1 if there is none such. */
export function suffixNumber(text: string): number {
  return suffixNames.indexOf(text);
}

/** Why a suffix text is not one. */
export function suffixError(text: string): string {
  const messages: string[] = [];
  const seen = new Set<string>();
  const parts = text.split('.');
  let broadcasts = false;
  let rounds = false;
  for (const [i, part] of parts.entries()) {
    if (part === 'Z') {
      if (i !== parts.length - 1) messages.push('Z suffix should be the last');
    } else if (part === 'BCST') broadcasts = true;
    else if (part === 'SAE' || roundings.includes(part)) rounds = true;
    else if (!seen.has(part)) messages.push(`unknown suffix ${quoteString(part)}`);
    if (seen.has(part)) messages.push(`duplicate suffix ${quoteString(part)}`);
    seen.add(part);
  }
  if (broadcasts && rounds) messages.push("can't combine rounding/SAE and broadcast");
  return messages.length === 0 ? 'bad suffix combination' : messages.join('; ');
}
