/**
 * The flags of `go vet` and `go fix` that do not depend on the tool.
 * GOROOT: src/cmd/go/internal/vet/vetflag.go (addFlags).
 */
import { buildFlags } from './buildflags.ts';
import { type FlagTable } from './flags.ts';

export type VetCommand = 'vet' | 'fix';

export const vetUsage: Readonly<Record<VetCommand, string>> = {
  vet: 'go vet [build flags] [-vettool prog] [vet flags] [packages]',
  fix: 'go fix [build flags] [-fixtool prog] [fix flags] [packages]',
};

const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;

export const vetFlags: Readonly<Record<VetCommand, FlagTable>> = {
  vet: { ...ownFlags(), vettool: text, fix: bool },
  fix: { ...ownFlags(), fixtool: text, fix: text },
};

function ownFlags(): FlagTable {
  return { ...buildFlags, diff: bool, json: bool, c: { kind: 'int', value: -1 } };
}
