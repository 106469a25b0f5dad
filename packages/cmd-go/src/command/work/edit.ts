/** `go work edit`. GOROOT: src/cmd/go/internal/workcmd/edit.go. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  addReplace,
  addUse,
  dropGo,
  dropGodebug,
  dropReplace,
  dropToolchain,
  dropUse,
  setGo,
  setGodebug,
  setToolchain,
} from '@go-ts/modfetch/modfile/edit';
import { ModFileErrors } from '@go-ts/modfetch/modfile/error';
import { cleanUpFile, formatModFile, type WorkFile } from '@go-ts/modfetch/modfile/modfile';
import {
  goVersionForm,
  isDirectoryPath,
  parseWorkFile,
  toolchainForm,
} from '@go-ts/modfetch/modfile/parse';
import { sortBlocks } from '@go-ts/modfetch/modfile/sort';
import { shorten } from '../../load/gomod.ts';
import { replaceFile } from '../../modload/gomod.ts';
import { findWorkFile } from '../../modload/loader.ts';
import { Failure } from '../../report/failure.ts';
import { goJSON } from '../../report/json.ts';
import { print } from '../../report/output.ts';
import { systemMessage } from '../../report/system.ts';
import { type Context } from '../commands.ts';
import { takeApart, versionRecord } from '../mod/edit.ts';
import { parseReplaceArg, parseReplacedArg } from '../mod/editargs.ts';
import { noWorkFile } from './use.ts';

type Edit = (work: WorkFile) => void;

const editFlags: Readonly<Record<string, (arg: string) => Edit>> = {
  godebug: (arg) => {
    const equals = arg.indexOf('=');
    if (equals < 0 || /["`',]/.test(arg)) throw new Failure(`go: -godebug=${arg}: need key=value`);
    return (work) => setGodebug(work, arg.slice(0, equals), arg.slice(equals + 1));
  },
  dropgodebug: (arg) => (work) => dropGodebug(work, arg),
  use: (arg) => (work) => addUse(work, isDirectoryPath(arg) ? arg : `./${arg}`),
  dropuse: (arg) => (work) => dropUse(work, isDirectoryPath(arg) ? arg : `./${arg}`),
  replace: (arg) => {
    const { old, to } = parseReplaceArg(arg);
    return (work) => addReplace(work, old, to);
  },
  dropreplace: (arg) => {
    const { path, version } = parseReplacedArg(arg);
    return (work) => dropReplace(work, path, version);
  },
};

export function runWorkEdit({ settings, line }: Context): number {
  const { values, args } = line;
  const text = (name: string): string => values[name] as string;
  const on = (name: string): boolean => values[name] === true;
  const uses = (values['edits'] as readonly string[]).map(takeApart);
  const file = args[0] ?? findWorkFile(settings, process.cwd(), settings.goroot?.dir ?? '');
  if (file === '') throw new Failure(noWorkFile);
  const named = text('go') !== '' || text('toolchain') !== '';
  if (!named && !on('json') && !on('print') && !on('fmt') && uses.length === 0) {
    throw new Failure("go: no flags specified (see 'go help work edit').");
  }
  if (on('json') && on('print')) throw new Failure('go: cannot use both -json and -print');
  if (args.length > 1) throw new Failure('go: too many arguments');
  checkFlags(text, settings.release.version);
  const work = read(file);
  const setters: Edit[] = [];
  if (text('go') === 'none') setters.push(dropGo);
  else if (text('go') !== '') setters.push((w) => setGo(w, text('go')));
  if (text('toolchain') === 'none') setters.push(dropToolchain);
  else if (text('toolchain') !== '') setters.push((w) => setToolchain(w, text('toolchain')));
  setters.push(...uses.map(({ flag, arg }) => editFlags[flag]!(arg)));
  for (const edit of setters) edit(work);
  sortBlocks(work);
  cleanUpFile(work);
  if (on('json')) print(`${goJSON(asJSON(work))}\n`);
  else if (on('print')) print(formatModFile(work));
  else replaceFile(resolve(file), formatModFile(work));
  return 0;
}

function checkFlags(text: (name: string) => string, running: string): void {
  const go = text('go');
  if (go !== '' && go !== 'none' && !goVersionForm.test(go)) {
    throw new Failure(
      `go work: invalid -go option; expecting something like "-go ${running.replace(/^go/, '')}"`,
    );
  }
  const toolchain = text('toolchain');
  if (toolchain !== '' && toolchain !== 'none' && !toolchainForm.test(toolchain)) {
    throw new Failure(
      `go work: invalid -toolchain option; expecting something like "-toolchain ${running}"`,
    );
  }
}

function read(file: string): WorkFile {
  const short = shorten(file);
  try {
    return parseWorkFile(short, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof ModFileErrors) {
      throw new Failure(`go: errors parsing ${short}:\n${error.message}`);
    }
    throw new Failure(`go: ${systemMessage({ ...(error as NodeJS.ErrnoException), path: short })}`);
  }
}

function asJSON(work: WorkFile): object {
  return {
    ...(work.go === undefined ? {} : { Go: work.go.version }),
    ...(work.toolchain === undefined ? {} : { Toolchain: work.toolchain.name }),
    ...(work.godebug.length === 0
      ? {}
      : { Godebug: work.godebug.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(work.use.length === 0 ? {} : { Use: work.use.map(({ path }) => ({ DiskPath: path })) }),
    ...(work.replace.length === 0
      ? {}
      : {
          Replace: work.replace.map((r) => ({
            Old: versionRecord(r.old),
            New: versionRecord(r.to),
          })),
        }),
  };
}
