/**
 * `go tool pack`: archives of objects, with the operations that building Go needs.
 *
 * `c` clears the archive and begins with the export data of the first object that has some; `r` appends;
 * what is appended of a compiler's output is its object alone. `p`, `t` and `x` print, list and extract.
 * GOROOT: src/cmd/pack/{doc,pack}.go.
 */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import {
  type ArchivedMember,
  ArchiveError,
  isArchive,
  type Member,
  readArchive,
  writeArchive,
} from '@go-ts/objfile/archive';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { printVersion } from './files.ts';

const usage = `Usage: pack op file.a [name....]
Where op is one of cprtx optionally followed by v for verbose output.
For compatibility with old Go build environments the op string grc is
accepted as a synonym for c.

For more information, run
\tgo doc cmd/pack`;

const pkgdef = '__.PKGDEF';
const goObject = '_go_.o';
/** The archive's own first line; members follow. */
const magicLength = 8;

interface Operation {
  readonly letter: string;
  readonly verbose: boolean;
}

export function runPack(settings: Settings, words: readonly string[]): number {
  const version = /^--?V(?:=(.*))?$/.exec(words[0] ?? '');
  if (version !== null) return printVersion(settings, 'pack', version[1] ?? 'true');
  const [op, file, ...names] = words;
  if (op === undefined || file === undefined) {
    throw new Failure(`pack: not enough arguments\n\n${usage}`, 2);
  }
  const operation = operationOf(op);
  if (operation.letter === 'c' || operation.letter === 'r') {
    if (names.length === 0) throw new Failure(usage, 2);
    add(operation, file, names);
  } else {
    show(operation, file, names);
  }
  return 0;
}

function operationOf(op: string): Operation {
  const letters = op === 'grc' ? 'c' : op;
  const [letter, ...more] = letters.replace('v', '');
  if (!/^[cprtx]*v?[cprtx]*$/.test(letters) || more.length > 0) throw new Failure(usage, 2);
  if (letter === undefined) {
    throw new Failure(`pack: invalid operation ${quoteString(op)}\n\n${usage}`, 2);
  }
  return { letter, verbose: letters.includes('v') };
}

// ---- c, r

function add({ letter, verbose }: Operation, file: string, names: readonly string[]): void {
  const before = letter === 'r' && existsSync(file) ? read(file) : new Uint8Array();
  const kept = isArchive(before) ? before : writeArchive([]);
  const sources = names.map((name) => ({ name, bytes: read(name) }));
  const added: Member[] = [];
  if (letter === 'c') {
    const first = sources.find(({ bytes }) => compiled(bytes)?.some((m) => m.name === pkgdef));
    if (first !== undefined) {
      if (verbose) print(`${pkgdef} # ${first.name}\n`);
      const members = compiled(first.bytes)!;
      added.push({ name: pkgdef, data: members.find((m) => m.name === pkgdef)!.data });
    }
  }
  for (const { name, bytes } of sources) {
    if (verbose) print(`${name}\n`);
    const members = compiled(bytes);
    if (members === undefined) {
      added.push({ name: basename(name), data: bytes, mode: statSync(name).mode & 0o777 });
      continue;
    }
    const object = members.find((m) => m.name === goObject);
    if (object !== undefined) added.push({ name: basename(name), data: object.data });
  }
  const appended = writeArchive(added).subarray(magicLength);
  attempt(() => writeFileSync(file, Buffer.concat([kept, appended])));
}

/** The members of a compiler's output: export data, object or both, and nothing else. */
function compiled(bytes: Uint8Array): readonly Member[] | undefined {
  if (!isArchive(bytes)) return undefined;
  const members = readArchive(bytes);
  const names = members
    .map(({ name }) => name)
    .sort()
    .join(' ');
  return [pkgdef, goObject, `${pkgdef} ${goObject}`].includes(names) ? members : undefined;
}

// ---- p, t, x

function show({ letter, verbose }: Operation, file: string, names: readonly string[]): void {
  const missing = [...names];
  for (const member of membersOf(file)) {
    if (names.length > 0) {
      const at = missing.indexOf(member.name);
      if (at < 0) continue;
      missing.splice(at, 1);
    }
    if (letter === 't') print(`${verbose ? describe(member) : member.name}\n`);
    else if (verbose) print(`${member.name}\n`);
    if (letter === 'p') attempt(() => writeFileSync(1, member.data));
    if (letter === 'x') extract(member);
  }
  if (missing.length > 0) {
    throw new Failure(`pack: file ${quoteString(missing[0]!)} not in archive`, 1);
  }
}

function membersOf(file: string): ArchivedMember[] {
  const bytes = read(file);
  let found: ArchivedMember[];
  try {
    found = readArchive(bytes);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const why = isArchive(bytes) ? error.message : 'unrecognized object file format';
    throw new Failure(`pack: ${why}`, 1);
  }
  for (const { name } of found) {
    if (name === '' || name === '.' || name === '..' || name.includes('/')) {
      throw new Failure(`pack: ${quoteString(name)}: invalid name`, 1);
    }
  }
  return found;
}

function extract({ name, data }: Member): void {
  attempt(() => {
    const isNew = !existsSync(name);
    writeFileSync(name, data);
    if (isNew) chmodSync(name, 0o444 & ~process.umask());
  });
}

/** As `ls -l` would. */
function describe({ name, data, mode, time, user, group }: ArchivedMember): string {
  const bits = Array.from('rwxrwxrwx', (c, i) => ((mode >> (8 - i)) & 1 ? c : '-')).join('');
  const owner = `${String(user).padStart(6)}/${String(group).padEnd(6)}`;
  return `-${bits} ${owner} ${String(data.length).padStart(12)} ${shortTime(time)} ${name}`;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function shortTime(seconds: number): string {
  const t = new Date(seconds * 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${months[t.getMonth()]} ${String(t.getDate()).padStart(2)}`;
  return `${day} ${two(t.getHours())}:${two(t.getMinutes())} ${t.getFullYear()}`;
}

function read(file: string): Uint8Array {
  return attempt(() => readFileSync(file));
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Failure(`pack: ${systemMessage(error as NodeJS.ErrnoException)}`, 1);
  }
}
