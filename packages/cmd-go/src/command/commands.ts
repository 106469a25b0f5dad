/**
 * The commands: their usage lines, flags, and the module that does the work, loaded only when asked
 * for. GOROOT: src/cmd/go/main.go, and the UsageLine of each command.
 */
import { buildFlags, coverFlags, jsonFlag, moduleFlags, timingsFlag } from '../cfg/buildflags.ts';
import { type CommandLine, type FlagTable } from '../cfg/flags.ts';
import { type Settings } from '../cfg/settings.ts';
import { testFlags } from '../cfg/testflags.ts';
import { vetFlags, vetUsage } from '../cfg/vetflags.ts';
import { modCommands } from './modcommands.ts';

export interface Context {
  readonly settings: Settings;
  readonly line: CommandLine;
  readonly goflags: readonly string[];
  /** The command's name, `mod tidy`. */
  readonly name: string;
}

/** Does the work; the result is the exit status. */
export type Run = (context: Context) => Promise<number> | number;

export interface Command {
  readonly usage: string;
  readonly short: string;
  /** More than the usage line says. */
  readonly long?: string;
  readonly flags: FlagTable;
  /** The command reads its command line itself: flags and other words are mixed. */
  readonly ownParser?: true;
  readonly load: () => Promise<Run>;
}

const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;

/** Commands that are only the first of two words. */
export const commandGroups: Readonly<
  Record<string, { readonly short: string; readonly about: string }>
> = {
  mod: {
    short: 'module maintenance',
    about:
      'go mod looks after the module that you work in. What it depends on is changed by `go get`; the\nother commands find and verify modules by themselves.',
  },
  work: {
    short: 'workspace maintenance',
    about:
      'go work looks after a workspace: several modules that are worked on, and built, together.',
  },
};

export const commands: Readonly<Record<string, Command>> = {
  build: {
    usage: 'go build [-o output] [build flags] [packages]',
    short: 'compile packages and dependencies',
    flags: { ...buildFlags, ...coverFlags, ...jsonFlag, ...timingsFlag, o: text },
    load: async () => (await import('./build.ts')).runBuild,
  },
  ...modCommands,
  clean: {
    usage:
      'go clean [-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]',
    short: 'remove object files and cached files',
    flags: {
      ...buildFlags,
      i: bool,
      r: bool,
      cache: bool,
      testcache: bool,
      modcache: bool,
      fuzzcache: bool,
    },
    load: async () => (await import('./clean.ts')).runClean,
  },
  doc: {
    usage: 'go doc [doc flags] [package|[package.]symbol[.methodOrField]]',
    short: 'show documentation for package or symbol',
    long: `What to show is said in one of these ways:

\tgo doc                                    this folder's package
\tgo doc <pkg>
\tgo doc <sym>[.<methodOrField>]            of this folder's package
\tgo doc [<pkg>.]<sym>[.<methodOrField>]
\tgo doc [<pkg>.][<sym>.]<methodOrField>
\tgo doc <pkg> <sym>[.<methodOrField>]

The end of a package's path will do. In names small letters stand for capital ones too.`,
    flags: {},
    ownParser: true,
    load: async () => (await import('./doc.ts')).runDoc,
  },
  env: {
    usage: 'go env [-json] [-changed] [-u] [-w] [var ...]',
    short: 'print Go environment information',
    flags: { json: bool, changed: bool, u: bool, w: bool, n: bool, x: bool, C: buildFlags['C']! },
    load: async () => (await import('./env.ts')).runEnv,
  },
  fix: {
    usage: vetUsage.fix,
    short: 'apply fixes suggested by static checkers',
    flags: vetFlags.fix,
    ownParser: true,
    load: async () => (await import('./vet.ts')).runFix,
  },
  fmt: {
    usage: 'go fmt [-n] [-x] [packages]',
    short: 'gofmt (reformat) package sources',
    flags: { ...moduleFlags, n: bool, x: bool, mod: text },
    load: async () => (await import('./fmt.ts')).runFmt,
  },
  generate: {
    usage: 'go generate [-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]',
    short: 'generate Go files by processing source',
    flags: { ...buildFlags, run: text, skip: text },
    load: async () => (await import('./generate.ts')).runGenerate,
  },
  install: {
    usage: 'go install [build flags] [packages]',
    short: 'compile and install packages and dependencies',
    flags: { ...buildFlags, ...coverFlags, ...jsonFlag, ...timingsFlag },
    load: async () => (await import('./install.ts')).runInstall,
  },
  list: {
    usage: 'go list [-f format] [-json] [-m] [list flags] [build flags] [packages]',
    short: 'list packages or modules',
    flags: {
      ...buildFlags,
      ...coverFlags,
      f: text,
      json: { kind: 'bool', optionalText: true },
      compiled: bool,
      deps: bool,
      e: bool,
      export: bool,
      find: bool,
      m: bool,
      test: bool,
      u: bool,
      retracted: bool,
      reuse: text,
      versions: bool,
    },
    load: async () => (await import('./list.ts')).runList,
  },
  run: {
    usage: 'go run [build flags] [-exec xprog] package [arguments...]',
    short: 'compile and run Go program',
    flags: { ...buildFlags, ...coverFlags, ...jsonFlag, ...timingsFlag, exec: { kind: 'list' } },
    load: async () => (await import('./run.ts')).runRun,
  },
  test: {
    usage: 'go test [build/test flags] [packages] [build/test flags & test binary flags]',
    short: 'test packages',
    flags: testFlags,
    ownParser: true,
    load: async () => (await import('./test.ts')).runTest,
  },
  tool: {
    usage: 'go tool [-n] command [args...]',
    short: 'run specified go tool',
    flags: { ...moduleFlags, n: bool },
    load: async () => (await import('./tool.ts')).runTool,
  },
  version: {
    usage: 'go version [-m] [-v] [-json] [file ...]',
    short: 'print Go version',
    flags: { m: bool, v: bool, json: bool, C: buildFlags['C']! },
    load: async () => (await import('./version.ts')).runVersion,
  },
  vet: {
    usage: vetUsage.vet,
    short: 'report likely mistakes in packages',
    flags: vetFlags.vet,
    ownParser: true,
    load: async () => (await import('./vet.ts')).runVet,
  },
};

/** True if any command has such a flag: what GOFLAGS may hold. */
export function isFlagOfAny(name: string): boolean {
  return Object.values(commands).some((command) => Object.hasOwn(command.flags, name));
}
