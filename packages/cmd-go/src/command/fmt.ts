/** `go fmt`: gofmt -l -w over the files of packages. GOROOT: src/cmd/go/internal/fmtcmd/fmt.go. */
import { relative } from 'node:path';
import { join } from 'node:path';
import { makeBuildConfig, newLoader } from '../cfg/build.ts';
import { buildFlags } from '../cfg/buildflags.ts';
import { parseFlags } from '../cfg/flags.ts';
import { type Package } from '../load/package.ts';
import { loadPatterns } from '../load/search.ts';
import { print, printError } from '../report/output.ts';
import { execute } from '../work/execute.ts';
import { goProgram } from '../work/goprogram.ts';
import { type Context } from './commands.ts';

export async function runFmt(context: Context): Promise<number> {
  const { values, args } = context.line;
  const defaults = parseFlags(buildFlags, [], { usage: '', name: 'fmt' });
  const line = { ...defaults, values: { ...defaults.values, mod: values['mod']! }, args };
  const config = await makeBuildConfig({ ...context, line });
  const packages = await loadPatterns(newLoader(config, true, { ignoreImports: true }), args);
  let status = 0;
  const files: string[] = [];
  for (const p of packages) {
    const list = goFilesOf(p);
    // A package with files that do not parse is gofmt's affair, one without files is nobody's.
    if (list.length === 0 && p.error !== undefined) {
      printError(`${p.error.toString()}\n`);
      status = 1;
    }
    for (const file of list) {
      const path = join(p.dir, file);
      const short = relative(config.cwd, path);
      files.push(short.length < path.length ? short : path);
    }
  }
  if (files.length === 0) return status;
  if (values['n'] === true || values['x'] === true) {
    for (const file of files) print(`gofmt -l -w ${file}\n`);
  }
  if (values['n'] === true) return status;
  return (await execute([await goProgram('cmd/gofmt'), '-l', '-w', ...files])) || status;
}

/** All of the folder's, whatever their constraints say. */
function goFilesOf({ sources: s }: Package): string[] {
  if (s === undefined) return [];
  const lists = [s.goFiles, s.ignoredGoFiles, s.testGoFiles, s.xTestGoFiles, s.invalidGoFiles];
  return [...new Set(lists.flat())];
}
