/** Type-checks one test package per message, and says what differs from its ERROR comments. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { shouldBuild } from '../../packages/cmd-go/src/load/constraint.ts';
import { type File } from '../../packages/gc/src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../../packages/gc/src/syntax/parse.ts';
import { checkPackage } from '../../packages/gc/src/types/check.ts';
import { sizes64 } from '../../packages/gc/src/types/sizes.ts';
import { compareErrors, expectedErrors, type FoundError } from './error-comments.ts';
import { SourceImporter, testContext } from './source-importer.ts';

export interface TypesJob {
  readonly paths: readonly string[];
  readonly tolerance: number;
}

export interface TypesAnswer {
  /** '' if all is as it should be. */
  readonly wrong: string;
}

const importer = new SourceImporter((workerData as { goroot: string }).goroot);

/** Flags in a first line of the form `// -flag …`. */
function flagsOf(src: string): Map<string, string> {
  const line = /^\/\/\s*(-[^-\n].*)/.exec(src);
  const flags = new Map<string, string>();
  for (const word of line?.[1]?.trim().split(/\s+/) ?? []) {
    const [name, value = ''] = word.replace(/^-/, '').split('=');
    flags.set(name!, value);
  }
  return flags;
}

function run({ paths, tolerance }: TypesJob): string {
  const sources = paths
    .map((path) => ({ name: basename(path), src: readFileSync(path) }))
    .filter(({ src }) => shouldBuild(testContext, src.toString('utf8')) === true);
  const [first] = sources;
  if (first === undefined) return '';
  const context = newParseContext({ names: importer.names, checkBranches: false });
  const found: FoundError[] = [];
  const expected = new Map<string, ReturnType<typeof expectedErrors>>();
  const files: File[] = [];
  for (const { name, src } of sources) {
    expected.set(name, expectedErrors(src));
    const { file, errors } = parseFile(context, name, src);
    found.push(...errors.map(({ pos, msg }) => ({ ...context.table.absolute(pos), msg })));
    if (file === null) return `${name}: no package clause: ${errors[0]?.msg ?? ''}`;
    files.push(file);
  }
  const flags = flagsOf(first.src.toString('utf8', 0, 256));
  const { diagnostics } = checkPackage(
    {
      importer,
      goVersion: flags.get('lang') ?? '',
      sizes: sizes64,
      fakeImportC: flags.has('fakeImportC'),
      testBuiltins: true,
    },
    {
      path: files[0]!.pkgName.value,
      files,
      positions: context.table,
      ids: context.ids,
    },
  );
  found.push(...diagnostics.map(({ pos, msg }) => ({ ...pos, msg })));
  return compareErrors(expected, found, tolerance).join('\n');
}

parentPort!.on('message', (job: TypesJob) => {
  let wrong: string;
  try {
    wrong = run(job);
  } catch (error) {
    wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const answer: TypesAnswer = { wrong };
  parentPort!.postMessage(answer);
});
