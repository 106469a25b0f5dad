/**
 * A vitest reporter that ends the run with `N passed, N failed[, N skipped]` and leaves the same
 * counts in each package's `.results/tally.json`, where `test.ts` finds them, cached run or not.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export type Tally = Record<'passed' | 'failed' | 'skipped', number>;

export function closingLine(tallies: Iterable<Tally>): string {
  const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const tally of tallies) {
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.skipped += tally.skipped;
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  return `${sum.passed} passed, ${sum.failed} failed${skipped}`;
}

function count(module: TestModule): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    tally[state === 'pending' ? 'skipped' : state]++;
  }
  // A file that does not load, or a hook that throws, fails with no failed test in it.
  if (tally.failed === 0 && module.state() === 'failed') tally.failed = 1;
  return tally;
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const perPackage = Map.groupBy(modules, (module) => module.project.config.root);
    // An error outside every test counts as a failure, of the first package.
    const all: Tally[] = [{ passed: 0, failed: errors.length, skipped: 0 }];
    for (const [root, own] of perPackage) {
      const tallies = own.map(count);
      if (all.length === 1) tallies.push(...all.splice(0));
      all.push(...tallies);
      mkdirSync(`${root}/.results`, { recursive: true });
      writeFileSync(`${root}/.results/tally.json`, JSON.stringify(tallies));
    }
    console.log(closingLine(all));
  }
}
