/**
 * A fixed sample of the suites of tools/conformance that go through the whole toolchain; the whole
 * suites are commands of their own (`./test conformance SUITE`). Cases run one after the other: what
 * one builds, the next finds in the cache.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { ladderSuite } from '../../../tools/conformance/ladder.ts';
import { reproducibleSuite } from '../../../tools/conformance/reproducible.ts';
import { stdSuite } from '../../../tools/conformance/std.ts';
import { knownFailures, type Suite } from '../../../tools/conformance/suite.ts';
import { tortureSuite } from '../../../tools/conformance/torture.ts';
import { peerGoroot } from '../../../tools/peer.ts';

/** The first one builds what all others link, from an empty cache in a fresh clone. */
const limit = 1_200_000;

const samples: readonly (readonly [name: string, make: () => Suite, chosen: RegExp])[] = [
  [
    'ladder',
    ladderSuite,
    /^(hello|language|gc|concurrency|traceback) |^(stdlib|system|tlshandshake) all,/,
  ],
  ['torture', tortureSuite, /^(language|gc|traceback|system) [12]$/],
  ['reproducible', reproducibleSuite, /./],
  [
    'std',
    stdSuite,
    /^(container\/(heap|list|ring)|encoding\/hex|errors|path|text\/tabwriter|unicode)$/,
  ],
];

describe.skipIf(peerGoroot() === undefined).each(samples)('%s', (_name, make, chosen) => {
  const suite = make();
  const known = knownFailures(suite.name);
  afterAll(async () => await suite.close?.());

  for (const found of suite.cases().filter(({ name }) => chosen.test(name))) {
    test.skipIf(found.name in known)(`case ${found.name}`, { timeout: limit }, async () => {
      expect(await found.run()).toBeUndefined();
    });
  }
});
