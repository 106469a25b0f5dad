/**
 * A fixed sample of the suites of tools/conformance that go through the whole toolchain; the whole
 * suites are commands of their own (`./test conformance SUITE`). Cases run one after the other: what
 * one builds, the next finds in the cache.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badInputSuite } from '../../../tools/conformance/bad-input.ts';
import { ladderSuite } from '../../../tools/conformance/ladder.ts';
import { reproducibleSuite } from '../../../tools/conformance/reproducible.ts';
import { scriptSuite } from '../../../tools/conformance/script.ts';
import { stdSuite } from '../../../tools/conformance/std.ts';
import {
  type Case,
  ciSample,
  knownFailures,
  type Suite,
} from '../../../tools/conformance/suite.ts';
import { testdirSuite } from '../../../tools/conformance/testdir.ts';
import { tortureSuite } from '../../../tools/conformance/torture.ts';
import { peerGoroot } from '../../../tools/peer.ts';

/** The first one builds what all others link, from an empty cache in a fresh clone. */
const limit = 1_200_000;

/** Cases by name, or the sample that the suite itself proposes. */
const samples: readonly (readonly [name: string, make: () => Suite, chosen: RegExp | null])[] = [
  [
    'ladder',
    ladderSuite,
    /^(hello|language|gc|concurrency|traceback) |^(stdlib|system|tlshandshake) all,/,
  ],
  ['bad-input', badInputSuite, null],
  ['torture', tortureSuite, /^(language|gc|traceback|system) [12]$/],
  ['reproducible', reproducibleSuite, /./],
  [
    'std',
    stdSuite,
    /^(container\/(heap|list|ring)|encoding\/hex|errors|path|text\/tabwriter|unicode)$/,
  ],
  ...testdirSamples(),
];

/** Bodies of skipped suites run too, and these have nothing to read then. */
function testdirSamples(): (readonly [string, () => Suite, RegExp | null])[] {
  if (peerGoroot() === undefined) return [];
  const testdirs = (['test-run', 'test-compile'] as const).map(
    (name) => [name, () => testdirSuite(name), null] as const,
  );
  return [
    ...testdirs,
    ['script-env', () => scriptSuite('env'), /^env_(unset|changed|gobin)$/],
    ['script-list', () => scriptSuite('list'), /^list_(ambiguous_path|case_collision|ignore)$/],
  ];
}

describe.skipIf(peerGoroot() === undefined).each(samples)('%s', (_name, make, chosen) => {
  const suite = make();
  const known = knownFailures(suite.name);
  afterAll(async () => await suite.close?.());

  const cases = select(suite, chosen).filter(({ name }) => !(name in known));
  beforeAll(() => suite.prepare?.(cases), limit);

  for (const found of cases) {
    test(`case ${found.name}`, { timeout: limit }, async () => {
      expect(await found.run()).toBeUndefined();
    });
  }
});

function select(suite: Suite, chosen: RegExp | null): readonly Case[] {
  const all = suite.cases();
  return chosen === null ? ciSample(suite.name, all) : all.filter(({ name }) => chosen.test(name));
}
