/**
 * What every conformance suite does alike: select cases, run them side by side, compare with the list
 * of known failures, report.
 *
 * A suite gives names and a way to run one. The closing line is `SUITE: P passed, F failed, L listed
 * of T`; F counts failures that are not listed *and* listed ones that pass, so the list can only
 * shrink. Results go to `.results/conformance/SUITE.json` while the suite runs; a run of all
 * cases also rewrites its section of docs/conformance.md. A suite that takes hours can be run in parts:
 * with `--merge`, results of earlier runs stand for the cases that are not run this time, and the page
 * says how many are missing.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { writeConformancePage } from './page.ts';

export interface Suite {
  readonly name: string;
  /** What the suite shows, for the page. */
  readonly title: string;
  /** All cases, in a fixed order. */
  cases(): readonly Case[];
  /** Called once before the first case, with those that will run. */
  prepare?(chosen: readonly Case[], jobs?: number): void;
  /** Called once after the last case. */
  close?(): Promise<void> | void;
}

export interface Case {
  readonly name: string;
  /** Fit for the sample that every run of CI takes. */
  readonly isQuick?: boolean;
  /**
   * Undefined: right. Otherwise what is wrong, first line most telling. `remark` takes what the results
   * should say besides.
   */
  run(remark?: (text: string) => void): Promise<string | undefined>;
  /** Whether that is the failure that the list has under this reason; without it, any is. */
  isKnown?(detail: string, reason: string): boolean;
}

export interface SuiteOptions {
  /** Only cases whose name matches. */
  readonly only: RegExp | undefined;
  /** Only every n-th case: a fixed sample. */
  readonly sample: number;
  readonly jobs: number;
  /** Only the sample of CI: quick cases at even distances, and all that ever broke. */
  readonly ci: boolean;
  /** Rewrite the list of known failures from this run, keeping reasons. */
  readonly list: boolean;
  /** Keep earlier results; unless `only` says which, run the cases that have none. */
  readonly merge: boolean;
}

export type Verdict = 'passed' | 'failed' | 'listed' | 'unexpected';

interface CaseResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
  readonly remark: string;
  readonly ms: number;
}

export interface SuiteResult {
  readonly suite: string;
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly listed: number;
  readonly total: number;
  readonly cases: readonly CaseResult[];
}

const knownDir = new URL('known/', import.meta.url);
const resultsDir = new URL('../../.results/conformance/', import.meta.url);

/** Reasons by case name. */
export function knownFailures(suite: string): Record<string, string> {
  const file = new URL(`${suite}.json`, knownDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

export function parseOptions(args: readonly string[]): SuiteOptions {
  let only: RegExp | undefined;
  let jobs = availableParallelism();
  let sample = 1;
  let list = false;
  let ci = false;
  let merge = false;
  for (let i = 0; i < args.length; i++) {
    const value = args[i + 1];
    switch (args[i]) {
      case '--only':
        only = new RegExp(value ?? '');
        i++;
        break;
      case '--jobs':
        jobs = Number(value);
        i++;
        break;
      case '--sample':
        sample = Number(value);
        i++;
        break;
      case '--ci':
        ci = true;
        break;
      case '--list':
        list = true;
        break;
      case '--merge':
        merge = true;
        break;
      default:
        throw new Error(`unknown option ${args[i]}`);
    }
  }
  return { only, sample, jobs, list, ci, merge };
}

export async function runSuite(suite: Suite, options: SuiteOptions): Promise<SuiteResult> {
  const known = knownFailures(suite.name);
  const all = suite.cases();
  const results = options.merge ? earlierResults(suite, all, known) : new Map<string, CaseResult>();
  const isWanted = ({ name }: Case, i: number): boolean =>
    (options.only?.test(name) ?? !results.has(name)) && i % options.sample === 0;
  const chosen = (options.ci ? ciSample(suite.name, all) : all).filter(isWanted);
  suite.prepare?.(chosen, options.jobs);
  const soFar = (): SuiteResult =>
    summary(
      suite,
      all.map(({ name }) => results.get(name)).filter((r) => r !== undefined),
    );
  let saved = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < chosen.length; i = next++) {
      const result = await judge(chosen[i]!, known);
      results.set(result.name, result);
      if (result.verdict === 'failed' || result.verdict === 'unexpected') {
        console.log(`${result.verdict.toUpperCase()} ${result.name}: ${firstLines(result.detail)}`);
      }
      if (performance.now() - saved < saveInterval) continue;
      saveResults(soFar());
      saved = performance.now();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, worker));
  await suite.close?.();
  const result = soFar();
  saveResults(result);
  const notRun = all.length - result.total;
  if (options.list) rewriteKnown(suite.name, known, result, notRun === 0);
  if (notRun === 0 || options.merge) {
    writeConformancePage(result, options.list ? knownFailures(suite.name) : known, notRun);
  }
  const { passed, failed, listed, total } = result;
  console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${listed} listed of ${total}`);
  return result;
}

function summary(suite: Suite, cases: readonly CaseResult[]): SuiteResult {
  const count = (...verdicts: Verdict[]): number =>
    cases.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    suite: suite.name,
    title: suite.title,
    passed: count('passed'),
    failed: count('failed', 'unexpected'),
    listed: count('listed'),
    total: cases.length,
    cases,
  };
}

/** Milliseconds after which what is known so far is worth writing down. */
const saveInterval = 5000;

const resultsFile = (suite: string): URL => new URL(`${suite}.json`, resultsDir);

function saveResults(result: SuiteResult): void {
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(resultsFile(result.suite), JSON.stringify(result, null, 1));
}

/** By case name; judged again, because the list of known failures may have changed since. */
function earlierResults(
  suite: Suite,
  all: readonly Case[],
  known: Record<string, string>,
): Map<string, CaseResult> {
  const file = resultsFile(suite.name);
  const results = new Map<string, CaseResult>();
  if (!existsSync(file)) return results;
  const cases = new Map(all.map((test) => [test.name, test]));
  for (const was of (JSON.parse(readFileSync(file, 'utf8')) as SuiteResult).cases) {
    const test = cases.get(was.name);
    const isRight = was.verdict === 'passed' || was.verdict === 'unexpected';
    const detail = isRight ? undefined : was.detail;
    if (test !== undefined) results.set(was.name, { ...was, ...verdictOn(test, detail, known) });
  }
  return results;
}

/** How many quick cases of a suite CI takes. */
const ciCases = 30;

/** Quick cases at even distances, and all that ever broke. */
export function ciSample(suite: string, all: readonly Case[]): readonly Case[] {
  const lists = JSON.parse(readFileSync(new URL('broke.json', import.meta.url), 'utf8')) as Record<
    string,
    readonly string[]
  >;
  const names = new Set(lists[suite]);
  const quick = all.filter((c) => c.isQuick === true);
  const step = Math.max(1, Math.floor(quick.length / ciCases));
  quick.forEach((c, i) => {
    if (i % step === 0) names.add(c.name);
  });
  return all.filter((c) => names.has(c.name));
}

async function judge(test: Case, known: Record<string, string>): Promise<CaseResult> {
  const start = performance.now();
  const remarks: string[] = [];
  let detail: string | undefined;
  try {
    detail = await test.run((text) => remarks.push(text));
  } catch (error) {
    detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const ms = Math.round(performance.now() - start);
  return { name: test.name, ...verdictOn(test, detail, known), remark: remarks.join('; '), ms };
}

function verdictOn(
  test: Case,
  detail: string | undefined,
  known: Record<string, string>,
): Pick<CaseResult, 'verdict' | 'detail'> {
  const reason = known[test.name];
  if (detail === undefined) {
    return reason === undefined
      ? { verdict: 'passed', detail: '' }
      : { verdict: 'unexpected', detail: 'listed as a failure, but passes' };
  }
  const isListed = reason !== undefined && (test.isKnown?.(detail, reason) ?? true);
  return { verdict: isListed ? 'listed' : 'failed', detail: detail.slice(0, 4000) };
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, 4).join('\n    ').slice(0, 600);
}

/** Failures of this run become the list; cases that were not run stay as they were. */
function rewriteKnown(
  suite: string,
  known: Record<string, string>,
  result: SuiteResult,
  isWhole: boolean,
): void {
  const next: Record<string, string> = isWhole ? {} : { ...known };
  for (const { name, verdict, detail } of result.cases) {
    delete next[name];
    if (verdict === 'failed' || verdict === 'listed') {
      next[name] = verdict === 'listed' ? known[name]! : detail.split('\n')[0]!.slice(0, 300);
    }
  }
  const sorted = Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(new URL(`${suite}.json`, knownDir), `${JSON.stringify(sorted, null, 2)}\n`);
}
