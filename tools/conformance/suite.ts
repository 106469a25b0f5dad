/**
 * What every conformance suite does alike: select cases, run them side by side, compare with the list
 * of known failures, report.
 *
 * A suite gives names and a way to run one. The closing line is `SUITE: P passed, F failed, L listed
 * of T`; F counts failures that are not listed *and* listed ones that pass, so the list can only
 * shrink. Results go to `.results/conformance/SUITE.json`; a run of the whole suite also rewrites
 * its section of docs/conformance.md.
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
  prepare?(chosen: readonly Case[]): void;
  /** Called once after the last case. */
  close?(): Promise<void>;
}

export interface Case {
  readonly name: string;
  /** Fit for the sample that every run of CI takes. */
  readonly isQuick?: boolean;
  /** Undefined: right. Otherwise what is wrong, first line most telling. */
  run(): Promise<string | undefined>;
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
}

export type Verdict = 'passed' | 'failed' | 'listed' | 'unexpected';

interface CaseResult {
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
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
      default:
        throw new Error(`unknown option ${args[i]}`);
    }
  }
  return { only, sample, jobs, list, ci };
}

export async function runSuite(suite: Suite, options: SuiteOptions): Promise<SuiteResult> {
  const known = knownFailures(suite.name);
  const all = suite.cases();
  const chosen = (options.ci ? ciSample(suite.name, all) : all).filter(
    ({ name }, i) => (options.only?.test(name) ?? true) && i % options.sample === 0,
  );
  suite.prepare?.(chosen);
  const results: CaseResult[] = Array.from({ length: chosen.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < chosen.length; i = next++) {
      const result = await judge(chosen[i]!, known);
      results[i] = result;
      if (result.verdict === 'failed' || result.verdict === 'unexpected') {
        console.log(`${result.verdict.toUpperCase()} ${result.name}: ${firstLines(result.detail)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, worker));
  await suite.close?.();
  const count = (...verdicts: Verdict[]): number =>
    results.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const result: SuiteResult = {
    suite: suite.name,
    title: suite.title,
    passed: count('passed'),
    failed: count('failed', 'unexpected'),
    listed: count('listed'),
    total: results.length,
    cases: results,
  };
  mkdirSync(resultsDir, { recursive: true });
  writeFileSync(new URL(`${suite.name}.json`, resultsDir), JSON.stringify(result, null, 1));
  const isWhole = chosen.length === all.length;
  if (options.list) rewriteKnown(suite.name, known, result, isWhole);
  if (isWhole) writeConformancePage(result, options.list ? knownFailures(suite.name) : known);
  const { passed, failed, listed, total } = result;
  console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${listed} listed of ${total}`);
  return result;
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
  let detail: string | undefined;
  try {
    detail = await test.run();
  } catch (error) {
    detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const ms = Math.round(performance.now() - start);
  const isKnown = test.name in known;
  const { name } = test;
  if (detail === undefined) {
    return isKnown
      ? { name, ms, verdict: 'unexpected', detail: 'listed as a failure, but passes' }
      : { name, ms, verdict: 'passed', detail: '' };
  }
  const isListed = isKnown && (test.isKnown?.(detail, known[name]!) ?? true);
  return { name, ms, verdict: isListed ? 'listed' : 'failed', detail: detail.slice(0, 4000) };
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
