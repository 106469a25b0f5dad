/**
 * `go vet` and `go fix`: what checkers say of packages, and what they would change.
 *
 * The checkers are Go programs, cmd/vet and cmd/fix, that we build when they are first needed. Each
 * package is judged together with its internal tests, and its external tests by themselves. Changed
 * files come back in archives and are written at the end, so that no tool reads what another has
 * changed meanwhile.
 * GOROOT: src/cmd/go/internal/vet/vet.go.
 */
import { readFileSync, statSync } from 'node:fs';
import { readZip } from '@go-ts/modfetch/zip';
import { makeBuildConfig, newLoader } from '../cfg/build.ts';
import { type VetCommand } from '../cfg/vetflags.ts';
import { type Loader } from '../load/load.ts';
import { type Package } from '../load/package.ts';
import { loadPatterns } from '../load/search.ts';
import { brokenPackage, hasTests, loadTests } from '../load/test.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { readVetLine, type VetLine } from '../vet/line.ts';
import { printDiagnostics } from '../vet/report.ts';
import { type Verdict, VetRunner } from '../vet/run.ts';
import { writeWhole } from '../work/cache.ts';
import { makeTempFolder } from '../work/folders.ts';
import { checkPackages, withBuilder } from '../work/session.ts';
import { type Context } from './commands.ts';

export async function runVet(context: Context): Promise<number> {
  return await judge(context, 'vet');
}

export async function runFix(context: Context): Promise<number> {
  return await judge(context, 'fix');
}

/** What is done with what the tool writes to its standard output. */
type Mode = 'diagnostics' | 'json' | 'diff' | 'fix';

/** What the tool is asked for. */
function modeOf(command: VetCommand, { line, context }: VetLine): Mode {
  const { values } = line;
  const json = values['json'] === true;
  const diff = values['diff'] === true;
  if (command === 'fix' || values['fix'] === true) {
    if (json && diff) throw new Failure('-json and -diff cannot be used together');
    if (context !== -1) throw new Failure('-c flag cannot be used when applying fixes');
    if (json) return 'json';
    return diff ? 'diff' : 'fix';
  }
  if (diff) throw new Failure('go vet -diff flag requires -fix');
  return json ? 'json' : 'diagnostics';
}

const modeFlags: Readonly<Record<Mode, readonly string[]>> = {
  diagnostics: ['-json'],
  json: [],
  diff: ['-fix', '-diff'],
  fix: ['-fix'],
};

async function judge(context: Context, command: VetCommand): Promise<number> {
  const vet = await readVetLine(command, context.line.args, context.goflags);
  const { line, toolFlags } = vet;
  const mode = modeOf(command, vet);
  const flags = [...toolFlags, ...modeFlags[mode]];
  if (command === 'fix') warnOfOldFlag(line.values['fix'] as string);
  const values = { ...line.values, json: false };
  const config = await makeBuildConfig({ ...context, line: { ...line, values } });
  const loader = newLoader(config, true);
  const packages = await loadPatterns(loader, line.args, { loadTests: true });
  checkPackages(packages);
  if (packages.length === 0) throw new Failure(`no packages to ${command}`);
  const { units, failed } = unitsOf(loader, packages, command, mode === 'fix');
  const below = [...new Set(units.flatMap((p) => p.deps))];
  if (config.flags.n) {
    await withBuilder(config, (builder) => builder.dryRun(below));
    return failed ? 1 : 0;
  }
  const temp = makeTempFolder(config.settings);
  const { dir } = temp;
  if (config.flags.work || config.flags.x) printError(`WORK=${dir}\n`);
  const building = { ...config, workFolder: dir };
  let status = failed ? 1 : 0;
  try {
    const verdicts = await withBuilder(building, async (builder) => {
      if ((await builder.tryBuild(below)) !== undefined) status = 1;
      const gorootFlags = gorootFlagsOf(vet, command);
      const wantsFixes = mode === 'fix';
      const { tool } = vet;
      const options = { builder, tool, flags, gorootFlags, wantsFixes, dir, roots: units };
      const runner = new VetRunner(options);
      return await runner.run(units);
    });
    for (const verdict of verdicts) if (!report(verdict, mode, vet.context)) status = 1;
    if (mode === 'fix') applyFixes(verdicts);
  } finally {
    if (!config.flags.work) temp.remove();
  }
  return status;
}

/** The library has a lot of unsafe code that is right. These flags stand for all others. */
function gorootFlagsOf(vet: VetLine, command: VetCommand): readonly string[] | undefined {
  if (command !== 'vet' || vet.isForeign || vet.toolFlags.length > 0) return undefined;
  return ['-unsafeptr=false'];
}

function warnOfOldFlag(names: string): void {
  if (names === '') return;
  printError(`go fix: the -fix=${names} flag is obsolete and has no effect\n`);
  if (names.split(',').includes('buildtag')) {
    printError('go fix: to enable the buildtag check, use -buildtag\n');
  }
}

/** What the tool runs over: packages with their tests. */
function unitsOf(
  loader: Loader,
  packages: readonly Package[],
  command: VetCommand,
  applies: boolean,
): { units: Package[]; failed: boolean } {
  const units: Package[] = [];
  let failed = false;
  const fail = (message: string): void => {
    printError(`${message}\n`);
    failed = true;
  };
  for (const p of packages) {
    const isForeign = p.module !== undefined && !p.module.isMain;
    if (applies && ((p.standard && p.importPath.startsWith('vendor/')) || isForeign)) continue;
    loader.readTests(p);
    if (!hasTests(p)) {
      if (p.sources !== undefined && p.sources.goFiles.length > 0) units.push(p);
      else fail(`go: can't ${command} ${p.importPath}: no Go files in ${p.dir}`);
      continue;
    }
    const tests = loadTests(loader, p);
    const broken = brokenPackage({ ...tests, main: tests.tested });
    if (broken !== undefined) {
      fail(String(broken.error));
      continue;
    }
    const { tested, external } = tests;
    if (tested.sources!.goFiles.length > 0) units.push(tested);
    if (external !== undefined) units.push(external);
  }
  return { units, failed };
}

/** Prints what was found; false if that makes the command fail. */
function report({ ok, stdout }: Verdict, mode: Mode, context: number): boolean {
  if (mode === 'diagnostics') return !printDiagnostics(stdout, context) && ok;
  print(stdout);
  return ok && (mode !== 'diff' || stdout === '');
}

/** Writes the changed files, all that two packages have in common being equal. */
function applyFixes(verdicts: readonly Verdict[]): void {
  const archives = verdicts.flatMap(({ fixes }) => (fixes === undefined ? [] : [fixes]));
  const contents = new Map<string, Uint8Array>();
  for (const archive of archives) {
    for (const entry of readZip(readFileSync(archive))) {
      const { name } = entry;
      const data = entry.read();
      const before = contents.get(name);
      if (before !== undefined && Buffer.compare(before, data) !== 0) {
        throw new Failure(`reading archive of fixes: inconsistent fixes to file ${name}`);
      }
      contents.set(name, data);
    }
  }
  for (const [file, data] of contents) {
    try {
      writeWhole(file, data, statSync(file).mode & 0o777);
    } catch (error) {
      throw new Failure(`applying fix: ${systemMessage(error as NodeJS.ErrnoException)}`);
    }
  }
}
