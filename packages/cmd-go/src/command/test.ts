/**
 * `go test`: builds a test binary for each package, runs them, and prints what came of it.
 *
 * Everything is built side by side; runs start in the order of the command line, as many at a time as
 * -p says, and results are printed in that order too. A package that cannot be built or loaded fails,
 * and the others go on.
 * GOROOT: src/cmd/go/internal/test/test.go (runTest, builderTest).
 */
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { coverTested, importAtomic } from '../load/cover.ts';
import { type Loader } from '../load/load.ts';
import { describe, executableName, type Package, packageList } from '../load/package.ts';
import { setProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { brokenPackage, hasTests, loadTests, type TestCover } from '../load/test.ts';
import { printBuildEvents } from '../report/buildjson.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { checkOutputs, checkTestFlags } from '../test/check.ts';
import { TestCoverage } from '../test/coverage.ts';
import { readTestLine, type TestLine } from '../test/flags.ts';
import { killTests } from '../test/run.ts';
import { Session, type TestTarget } from '../test/session.ts';
import { TestEvents } from '../test/test2json.ts';
import { testVet } from '../test/vet.ts';
import { makeTempFolder } from '../work/folders.ts';
import { cleanOnSignal, takeSignals } from '../work/interrupt.ts';
import { type Tools, withBuilder } from '../work/session.ts';
import { type Context } from './commands.ts';

export async function runTest(context: Context, tools?: Tools): Promise<number> {
  const test = readTestLine(context.line.args, context.goflags);
  const { line } = test;
  // -v is for the tests, not for the build.
  const config = await makeBuildConfig({ ...context, line: withoutV(line) });
  const loader = newLoader(config, true);
  const packages = await loadPatterns(loader, line.args, { loadTests: true });
  if (packages.length === 0) throw new Failure('no packages to test');
  checkTestFlags(test, packages, config);
  checkOutputs(test, packages);
  setProfiles(config.context.files, config.flags.pgo, packages);
  for (const p of packages) loader.readTests(p);
  const { cover, covered } = coverTests(config, loader, packages);
  const { targets, failed } = loadTargets(loader, packages, { test, cover });
  const roots = targets.map((target) => target.tests?.main ?? target.p);
  if (config.flags.n) {
    await withBuilder(config, (builder) => builder.dryRun(roots), tools);
    return failed ? 1 : 0;
  }
  const temp = makeTempFolder(config.settings);
  const { dir } = temp;
  if (config.flags.work || config.flags.x) printError(`WORK=${dir}\n`);
  const building = { ...config, workFolder: dir };
  let status = failed ? 1 : 0;
  const settled = cleanOnSignal(killTests);
  try {
    await withBuilder(
      building,
      async (builder) => {
        const vet = await testVet({ builder, targets, choice: line.values['vet'] as string, dir });
        const coverage =
          cover === undefined
            ? undefined
            : new TestCoverage({ config, builder, test, covered, packages });
        const session = new Session({
          config,
          builder,
          test,
          dir,
          packages: packages.length,
          vet,
          coverage,
        });
        if (!(await session.run(targets))) status = 1;
      },
      tools,
    );
  } finally {
    settled();
    takeSignals(undefined);
    if (!config.flags.work) temp.remove();
  }
  const { values } = line;
  const saysResult = values['c'] !== true && values['json'] !== true && values['fuzz'] === '';
  if (status !== 0 && saysResult && test.packages.length > 0) print('FAIL\n');
  return status;
}

function withoutV(line: TestLine['line']): TestLine['line'] {
  return { ...line, values: { ...line.values, v: false } };
}

/** Marks what is to be covered, before anything is copied for tests. */
function coverTests(
  config: BuildConfig,
  loader: Loader,
  packages: readonly Package[],
): { cover: TestCover | undefined; covered: readonly Package[] } {
  if (config.cover === undefined) return { cover: undefined, covered: [] };
  const { mode, patterns } = config.cover;
  const covered = coverTested(config, loader, packages);
  for (const p of packages) {
    importAtomic(loader, p, mode);
    // One without tests is compiled with counters only for what is said about it.
    if (patterns === undefined && !hasTests(p)) p.coverMode = mode;
  }
  const selected = patterns === undefined ? undefined : { patterns, packages: covered };
  return { cover: { mode, selected }, covered };
}

/** Loads each package's tests; those that cannot be loaded are told of now and left out. */
function loadTargets(
  loader: Loader,
  packages: readonly Package[],
  { test, cover }: { readonly test: TestLine; readonly cover: TestCover | undefined },
): { targets: TestTarget[]; failed: boolean } {
  const imported = new Set(packages.flatMap((p) => p.deps));
  const targets: TestTarget[] = [];
  let failed = false;
  for (const p of packages) {
    const broken = packageList([p]).filter((dep) => dep.error !== undefined);
    let cause = broken[0];
    if (cause === undefined) {
      const tests = hasTests(p) ? loadTests(loader, p, cover) : undefined;
      cause = tests === undefined ? undefined : brokenPackage(tests);
      if (cause === undefined) {
        targets.push({ p, tests, imported: imported.has(p), name: binaryName(p) });
        continue;
      }
      broken.push(cause);
    }
    failed = true;
    const isJSON = test.line.values['json'] === true;
    for (const dep of broken) {
      const text = `# ${p.importPath}\n${dep.error?.toString()}\n`;
      if (isJSON) printBuildEvents(describe(dep), text, true);
      else printError(text);
    }
    reportSetupFailure(p, cause, isJSON);
  }
  return { targets, failed };
}

function reportSetupFailure(p: Package, cause: Package, isJSON: boolean): void {
  const line = `FAIL\t${p.importPath} [setup failed]\n`;
  if (!isJSON) {
    print(line);
    return;
  }
  const events = new TestEvents(p.importPath, print);
  events.failedBuild(describe(cause));
  events.write(Buffer.from(line));
  events.exited(false);
  events.close();
}

function binaryName(p: Package): string {
  const element = p.importPath === 'command-line-arguments' ? p.name : executableName(p);
  return `${element}.test`;
}
