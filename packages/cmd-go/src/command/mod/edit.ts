/**
 * `go mod edit`: changes to go.mod without looking at anything else.
 * GOROOT: src/cmd/go/internal/modcmd/edit.go.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  addExclude,
  addPath,
  addReplace,
  addRetract,
  dropExclude,
  dropGo,
  dropGodebug,
  dropPath,
  dropReplace,
  dropRequire,
  dropRetract,
  dropToolchain,
  setGo,
  setGodebug,
  setModule,
  setRequire,
  setToolchain,
} from '@go-ts/modfetch/modfile/edit';
import { ModFileErrors } from '@go-ts/modfetch/modfile/error';
import { cleanUpFile, formatModFile, type ModFile } from '@go-ts/modfetch/modfile/modfile';
import { goVersionForm, parseModFile, toolchainForm } from '@go-ts/modfetch/modfile/parse';
import { sortBlocks } from '@go-ts/modfetch/modfile/sort';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import { checkImportPath, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { findUp, shorten } from '../../load/gomod.ts';
import { NoMainModulesError } from '../../modload/errors.ts';
import { replaceFile } from '../../modload/gomod.ts';
import { Failure } from '../../report/failure.ts';
import { goJSON } from '../../report/json.ts';
import { print } from '../../report/output.ts';
import { systemMessage } from '../../report/system.ts';
import { type Context } from '../commands.ts';
import {
  checkPathArg,
  parseInterval,
  parsePathVersionArg,
  parseReplaceArg,
  parseReplacedArg,
} from './editargs.ts';

type Edit = (mod: ModFile) => void;

/** What each editing flag does with its argument. */
const editFlags: Readonly<Record<string, (arg: string) => Edit>> = {
  godebug: (arg) => {
    const equals = arg.indexOf('=');
    if (equals < 0 || /["`',]/.test(arg)) throw new Failure(`go: -godebug=${arg}: need key=value`);
    return (mod) => setGodebug(mod, arg.slice(0, equals), arg.slice(equals + 1));
  },
  dropgodebug: (arg) => (mod) => dropGodebug(mod, arg),
  require: (arg) => {
    const { path, version } = parsePathVersionArg('require', arg);
    return (mod) => setRequire(mod, path, version);
  },
  droprequire: (arg) => {
    checkPathArg('droprequire', arg);
    return (mod) => dropRequire(mod, arg);
  },
  exclude: (arg) => {
    const { path, version } = parsePathVersionArg('exclude', arg);
    return naming('exclude', arg, (mod) => addExclude(mod, path, version));
  },
  dropexclude: (arg) => {
    const { path, version } = parsePathVersionArg('dropexclude', arg);
    return (mod) => dropExclude(mod, path, version);
  },
  replace: (arg) => {
    const { old, to } = parseReplaceArg(arg);
    return (mod) => addReplace(mod, old, to);
  },
  dropreplace: (arg) => {
    const { path, version } = parseReplacedArg(arg);
    return (mod) => dropReplace(mod, path, version);
  },
  retract: (arg) => {
    const interval = parseInterval('retract', arg);
    return naming('retract', arg, (mod) => addRetract(mod, interval));
  },
  dropretract: (arg) => {
    const interval = parseInterval('dropretract', arg);
    return (mod) => dropRetract(mod, interval);
  },
  tool: (arg) => {
    checkPathArg('tool', arg);
    return (mod) => addPath(mod, 'tool', arg);
  },
  droptool: (arg) => {
    checkPathArg('droptool', arg);
    return (mod) => dropPath(mod, 'tool', arg);
  },
  ignore: (arg) => (mod) => addPath(mod, 'ignore', arg),
  dropignore: (arg) => (mod) => dropPath(mod, 'ignore', arg),
};

/** Says which flag it was that failed. */
function naming(flag: string, arg: string, edit: Edit): Edit {
  return (mod) => {
    try {
      edit(mod);
    } catch (error) {
      throw new Failure(`go: -${flag}=${arg}: ${(error as Error).message}`);
    }
  };
}

export function runModEdit({ settings, line }: Context): number {
  const { values, args } = line;
  const text = (name: string): string => values[name] as string;
  const on = (name: string): boolean => values[name] === true;
  const uses = (values['edits'] as readonly string[]).map(takeApart);
  const named = ['module', 'go', 'toolchain'].some((name) => text(name) !== '');
  if (!named && !on('json') && !on('print') && !on('fmt') && uses.length === 0) {
    throw new Failure("go: no flags specified (see 'go help mod edit').");
  }
  if (on('json') && on('print')) throw new Failure('go: cannot use both -json and -print');
  if (args.length > 1) throw new Failure('go: too many arguments');
  const file = args[0] ?? modFile(text('modfile'));
  checkFlags(text, settings.release.version);
  let before: string;
  try {
    before = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`go: ${systemMessage(error as NodeJS.ErrnoException)}`);
  }
  const mod = parse(file, before);
  const setters: Edit[] = [];
  if (text('module') !== '') setters.push((m) => setModule(m, text('module')));
  if (text('go') === 'none') setters.push(dropGo);
  else if (text('go') !== '') setters.push((m) => setGo(m, text('go')));
  if (text('toolchain') === 'none') setters.push(dropToolchain);
  else if (text('toolchain') !== '') setters.push((m) => setToolchain(m, text('toolchain')));
  for (const edit of [...setters, ...uses.map(({ flag, arg }) => editFlags[flag]!(arg))]) edit(mod);
  sortBlocks(mod);
  cleanUpFile(mod);
  if (on('json')) {
    print(`${goJSON(asJSON(mod))}\n`);
    return 0;
  }
  const after = formatModFile(mod);
  if (on('print')) print(after);
  else if (after !== before) replaceFile(resolve(file), after);
  return 0;
}

/** A use of an editing flag, as the table of flags keeps it: `flag=arg`. */
export function takeApart(use: string): { flag: string; arg: string } {
  const equals = use.indexOf('=');
  return { flag: use.slice(0, equals), arg: use.slice(equals + 1) };
}

function modFile(modfile: string): string {
  if (modfile !== '') return modfile;
  const found = findUp(process.cwd(), 'go.mod');
  if (found === undefined) throw new Failure(`go: ${new NoMainModulesError(false).message}`);
  return found;
}

function checkFlags(text: (name: string) => string, running: string): void {
  const module = text('module');
  if (module !== '') {
    const bad = checkImportPath(module)?.message;
    const why = bad ?? (isToolchain(module) ? 'module path is reserved' : undefined);
    if (why !== undefined) throw new Failure(`go: invalid -module: ${why}`);
  }
  const go = text('go');
  if (go !== '' && go !== 'none' && !goVersionForm.test(go)) {
    throw new Failure(
      `go mod: invalid -go option; expecting something like "-go ${running.replace(/^go/, '')}"`,
    );
  }
  const toolchain = text('toolchain');
  if (toolchain !== '' && toolchain !== 'none' && !toolchainForm.test(toolchain)) {
    throw new Failure(
      `go mod: invalid -toolchain option; expecting something like "-toolchain ${running}"`,
    );
  }
}

function parse(file: string, text: string): ModFile {
  try {
    return parseModFile(file, text);
  } catch (error) {
    if (!(error instanceof ModFileErrors)) throw error;
    throw new Failure(`go: errors parsing ${shorten(file)}:\n${error.message}`);
  }
}

/** Empty fields are left out. */
function record(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === '' ||
    value === undefined ||
    value === false ||
    (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

export function versionRecord({ path, version }: ModuleVersion): Record<string, unknown> {
  return { Path: path, ...record({ Version: version }) };
}

function asJSON(mod: ModFile): object {
  return {
    Module: {
      Path: mod.module?.path ?? '',
      ...record({ Deprecated: mod.module?.deprecated }),
    },
    ...record({
      Go: mod.go?.version,
      Toolchain: mod.toolchain?.name,
      GoDebug: mod.godebug.map(({ key, value }) => ({ Key: key, Value: value })),
      Require: mod.require.map((r) => ({
        ...versionRecord(r.mod),
        ...record({ Indirect: r.indirect }),
      })),
      Exclude: mod.exclude.map((x) => versionRecord(x.mod)),
      Replace: mod.replace.map((r) => ({ Old: versionRecord(r.old), New: versionRecord(r.to) })),
      Retract: mod.retract.map((r) => record({ Low: r.low, High: r.high, Rationale: r.rationale })),
      Tool: mod.tool.map(({ path }) => ({ Path: path })),
      Ignore: mod.ignore.map(({ path }) => ({ Path: path })),
    }),
  };
}
