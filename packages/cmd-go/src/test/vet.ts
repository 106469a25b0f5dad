/**
 * Vet during `go test`: before a package's tests run, the checkers that are hardly ever wrong look at
 * it and at its tests; what they find counts as a failed build.
 * GOROOT: src/cmd/go/internal/test/test.go (defaultVetFlags, addTestVet), testflag.go (vetFlag).
 */
import { join } from 'node:path';
import { type Package } from '../load/package.ts';
import { type TestPackages } from '../load/test.ts';
import { VetRunner } from '../vet/run.ts';
import { type Builder } from '../work/builder.ts';
import { goProgram } from '../work/goprogram.ts';
import { type TestTarget } from './session.ts';

/** What runs unless -vet says something else. */
const defaultAnalyzers = [
  'atomic',
  'bools',
  'buildtag',
  'directive',
  'errorsas',
  'ifaceassert',
  'nilfunc',
  'printf',
  'slog',
  'stdversion',
  'stringintconv',
  'tests',
];

/** The library is held to all checkers but these. */
const gorootFlags = ['-unsafeptr=false', '-unreachable=false'];

export async function testVet(options: {
  readonly builder: Builder;
  readonly targets: readonly TestTarget[];
  /** The text of -vet. */
  readonly choice: string;
  readonly dir: string;
}): Promise<VetRunner | undefined> {
  const { builder, targets, choice, dir } = options;
  if (choice === 'off' || targets.length === 0) return undefined;
  const names = choice === '' ? defaultAnalyzers : choice === 'all' ? [] : choice.split(',');
  return new VetRunner({
    builder,
    tool: await goProgram('cmd/vet'),
    flags: names.map((name) => `-${name}`),
    gorootFlags: choice === '' ? gorootFlags : undefined,
    wantsFixes: false,
    dir: join(dir, 'vet'),
    roots: targets.flatMap(({ p, tests }) => (tests === undefined ? [p] : vetUnits(tests))),
  });
}

/** The packages that are judged for a test: the tested one, and its external tests. */
export function vetUnits({ tested, external }: TestPackages): Package[] {
  const units = tested.sources!.goFiles.length > 0 ? [tested] : [];
  return external === undefined ? units : [...units, external];
}
