/** Runs the front end over the packages of one errorcheck test, and judges its diagnostics. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { loadPackage, type NodedPackage } from '../../packages/gc/src/noder/noder.ts';
import type { Importer } from '../../packages/gc/src/types/check.ts';
import type { Package } from '../../packages/gc/src/types/package.ts';
import { sizes64 } from '../../packages/gc/src/types/sizes.ts';
import { SourceImporter } from './source-importer.ts';

export interface TestPackage {
  readonly path: string;
  readonly files: readonly string[];
}

export interface ErrorCheckJob {
  readonly packages: readonly TestPackage[];
  readonly flags: readonly string[];
  /** Index of the package that must have errors, or must not. */
  readonly wrong: number;
  readonly wantError: boolean;
}

export interface ErrorCheckAnswer {
  /** '' if all is as it should be. */
  readonly wrong: string;
}

const std = new SourceImporter((workerData as { goroot: string }).goroot);

/** Packages of the test by path, then those of std. */
class TestImporter implements Importer {
  readonly own = new Map<string, Package>();

  importPackage(path: string): ReturnType<Importer['importPackage']> {
    const pkg = this.own.get(path);
    return pkg === undefined ? std.importPackage(path) : { pkg, error: null };
  }
}

function load(test: TestPackage, flags: readonly string[], importer: Importer): NodedPackage {
  const valueOf = (name: string): string =>
    flags.find((flag) => flag.startsWith(`-${name}=`))?.slice(name.length + 2) ?? '';
  return loadPackage(
    test.files.map((path) => ({ name: path, src: readFileSync(path) })),
    {
      path: test.path,
      localPrefix: 'test',
      importer,
      sizes: sizes64,
      lang: valueOf('lang'),
      complete: flags.includes('-complete'),
      unlimited: !flags.includes('-e=0'),
      directives: {
        std: flags.includes('-std') || flags.includes('-+'),
        runtime: flags.includes('-+'),
        goos: 'linux',
        goarch: 'amd64',
        fieldTrack: valueOf('goexperiment') === 'fieldtrack',
      },
      names: std.names,
    },
  );
}

function run({ packages, flags, wrong, wantError }: ErrorCheckJob): string {
  const importer = new TestImporter();
  for (const [i, test] of packages.entries()) {
    const { checked, diagnostics } = load(test, flags, importer);
    const lines = diagnostics.map(({ pos, msg }) => {
      const text = `${basename(pos.file)}:${pos.line}: ${msg}`;
      return test.files.reduce((t, path) => t.replaceAll(path, basename(path)), text);
    });
    const hasErrors = lines.length > 0;
    if (hasErrors !== (i === wrong && wantError)) {
      return hasErrors ? lines.join('\n') : `${test.path}: accepted`;
    }
    const problems = compare(test.files, lines);
    if (problems !== '') return problems;
    if (checked !== null) importer.own.set(test.path, checked.pkg);
  }
  return '';
}

/** Every ERROR comment has a diagnostic in its line, and every diagnostic a comment. */
function compare(files: readonly string[], lines: readonly string[]): string {
  const problems: string[] = [];
  let rest = [...lines];
  for (const path of files) {
    const short = basename(path);
    for (const [i, text] of readFileSync(path, 'utf8').split('\n').entries()) {
      const comment = text.includes('////') ? null : /\/\/ (?:GC_)?ERROR (.*)/.exec(text);
      if (comment === null) continue;
      for (const [, quoted] of comment[1]!.matchAll(/"([^"]*)"/g)) {
        const pattern = quoted!.replaceAll(
          /LINE(?:([+-]\d+))?/g,
          (_, delta: string | undefined) => {
            return `${short}:${i + 1 + Number(delta ?? 0)}`;
          },
        );
        const prefix = `${short}:${i + 1}:`;
        const here = rest.filter((line) => line.startsWith(prefix));
        const isMatch = matcher(pattern);
        const matched = here.filter((line) => isMatch(line.slice(line.indexOf(' ') + 1)));
        rest = rest.filter((line) => !matched.includes(line));
        if (matched.length > 0) continue;
        const got = here.length > 0 ? `; got ${here.join(', ')}` : '';
        problems.push(`${prefix} missing "${pattern}"${got}`);
      }
    }
  }
  const names = new Set(files.map((path) => basename(path)));
  const unmatched = rest.filter((line) => names.has(line.slice(0, line.indexOf(':'))));
  problems.push(...unmatched.map((line) => `not expected: ${line}`));
  return problems.join('\n');
}

function matcher(pattern: string): (text: string) => boolean {
  const flags = /^\(\?([ism]+)\)/.exec(pattern);
  const regexp = new RegExp(pattern.slice(flags?.[0].length ?? 0), flags?.[1] ?? '');
  return (text) => regexp.test(text);
}

parentPort!.on('message', (job: ErrorCheckJob) => {
  let wrong: string;
  try {
    wrong = run(job);
  } catch (error) {
    const where = dirname(job.packages[0]?.files[0] ?? '');
    wrong = error instanceof Error ? `${where}: ${error.stack ?? error.message}` : String(error);
  }
  const answer: ErrorCheckAnswer = { wrong };
  parentPort!.postMessage(answer);
});
