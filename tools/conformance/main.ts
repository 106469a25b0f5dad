/** `./test conformance SUITE [--only PATTERN] [--jobs N] [--sample N] [--list] [--merge]` */
import { parseOptions, runSuite, type Suite } from './suite.ts';

const suites: Record<string, () => Promise<Suite>> = {
  'test-run': async () => (await import('./testdir.ts')).testdirSuite('test-run'),
  'test-compile': async () => (await import('./testdir.ts')).testdirSuite('test-compile'),
  'test-errorcheck': async () => (await import('./errorcheck.ts')).errorCheckSuite(),
  std: async () => (await import('./std.ts')).stdSuite(),
  ladder: async () => (await import('./ladder.ts')).ladderSuite(),
  torture: async () => (await import('./torture.ts')).tortureSuite(),
  reproducible: async () => (await import('./reproducible.ts')).reproducibleSuite(),
  selfhost: async () => (await import('./selfhost.ts')).selfhostSuite(),
  'std-torture': async () => (await import('./std.ts')).stdTortureSuite(),
  'bad-input': async () => (await import('./bad-input.ts')).badInputSuite(),
  modules: async () => (await import('./modules.ts')).modulesSuite(),
  routermgr: async () => (await import('./routermgr.ts')).routermgrSuite(),
  kills: async () => (await import('./kills.ts')).killsSuite(),
  types: async () => (await import('./types.ts')).typesSuite(),
};

/** Exit code: 0 if nothing failed that isn't listed. */
export async function conformance(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const script = /^script-(\w+)$/.exec(name ?? '')?.[1];
  const make =
    script === undefined
      ? suites[name ?? '']
      : async () => (await import('./script.ts')).scriptSuite(script);
  if (make === undefined) {
    console.error(`usage: ./test conformance SUITE [--only PATTERN] [--jobs N] [--sample N] [--list] [--merge]
suites: ${Object.keys(suites).join(' ')} script-NAME`);
    return 2;
  }
  const result = await runSuite(await make(), parseOptions(rest));
  return result.failed === 0 ? 0 : 1;
}
