/**
 * `go run`: builds a program into the cache and runs it.
 * GOROOT: src/cmd/go/internal/run/run.go.
 */
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { makeBuildConfig, newLoader, outsideModule } from '../cfg/build.ts';
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { coverBuild } from '../load/cover.ts';
import { isOutsideModule, loadOutsideModule } from '../load/outside.ts';
import { executableName, type Package, PackageError } from '../load/package.ts';
import { setProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { execute } from '../work/execute.ts';
import { makeTempFolder } from '../work/folders.ts';
import { placeOutput } from '../work/output.ts';
import { checkPackages, type Tools, withBuilder } from '../work/session.ts';
import { stampPrograms } from '../work/stamp.ts';
import { type Context } from './commands.ts';

export async function runRun(context: Context, tools?: Tools): Promise<number> {
  const { args, values } = context.line;
  const { words, rest } = splitArguments(args);
  const isOutside = isOutsideModule(words[0]!);
  const config = await makeBuildConfig(context, isOutside ? outsideModule(context) : {});
  const loader = newLoader(config, false);
  const packages = isOutside
    ? await loadOutsideModule(loader, words)
    : programsOf(words, await loadPatterns(loader, words, { files: words[0]!.endsWith('.go') }));
  const main = onlyPackage(words[0]!, packages);
  await stampPrograms(config, [main], { onlyIfAsked: true });
  setProfiles(config.context.files, config.flags.pgo, [main]);
  if (main.error === undefined && main.name !== 'main') {
    main.error = new PackageError(`package ${main.importPath} is not a main package`);
  }
  checkPackages([main]);
  if (main.sources?.goFiles.length === 0) {
    throw new Failure('go: no suitable source files (cgo is disabled)');
  }
  const xprog = values['exec'] as readonly string[];
  coverBuild(config, loader, [main]);
  if (config.flags.n) {
    await withBuilder(config, (builder) => builder.dryRun([main], ['-s', '-w']), tools);
    return 0;
  }
  const temp = makeTempFolder(config.settings);
  try {
    const program = join(temp.dir, executableName(main) + config.target.os.exeSuffix);
    await withBuilder(
      config,
      async (builder) => {
        await builder.buildPackages([main]);
        const output = await builder.link(main, ['-s', '-w']);
        const what = `${main.importPath}: go run ${main.importPath}`;
        placeOutput(builder.cache.file(output), program, { mode: 0o777, what });
      },
      tools,
    );
    const { goos, goarch } = config.target;
    const isForeign = goos !== goHostOS || goarch !== goHostArch;
    if (isForeign && xprog.length === 0) {
      const runner = `go_${goos}_${goarch}_exec`;
      throw new Failure(
        `go: cannot run ${goos}/${goarch} programs here without -exec or ${runner}`,
      );
    }
    return await execute([...xprog, program, ...rest]);
  } finally {
    temp.remove();
  }
}

/** The package is Go files up to the first other word, or one word; the rest is the program's. */
function splitArguments(args: readonly string[]): {
  words: readonly string[];
  rest: readonly string[];
} {
  let files = 0;
  while (files < args.length && args[files]!.endsWith('.go')) files++;
  for (const file of args.slice(0, files)) {
    if (file.endsWith('_test.go')) {
      throw new Failure(`go: cannot run *_test.go files (${file})`);
    }
  }
  const count = files > 0 ? files : 1;
  const first = args[0];
  if (first === undefined || (files === 0 && first.startsWith('-'))) {
    throw new Failure('go: no go files listed');
  }
  return { words: args.slice(0, count), rest: args.slice(count) };
}

/** A pattern means the programs that it matches. */
function programsOf(words: readonly string[], packages: readonly Package[]): readonly Package[] {
  const [word] = words;
  if (word === undefined || !word.includes('...')) return packages;
  const programs = packages.filter((p) => p.name === 'main' || p.error !== undefined);
  if (programs.length === 0 && packages.length > 0) {
    printError(`go: warning: ${quoteString(word)} matched only non-main packages\n`);
  }
  return programs;
}

function onlyPackage(word: string, packages: readonly Package[]): Package {
  const [first] = packages;
  if (first === undefined) throw new Failure(`go: no packages loaded from ${word}`);
  if (packages.length === 1) return first;
  const names = packages.map((p) => p.importPath).join('\n\t');
  throw new Failure(`go: pattern ${word} matches multiple packages:\n\t${names}`);
}
