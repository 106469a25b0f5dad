/**
 * `go version FILE`: what an executable says about its making. The information stands behind a mark,
 * at a multiple of 16, in whatever format of executable.
 * GOROOT: src/debug/buildinfo/buildinfo.go (mark, header, framing), cmd/go/internal/version/version.go.
 */
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { type Context } from './commands.ts';

const mark = Buffer.from('\xff Go buildinf:', 'latin1');
const headerSize = 32;
const inlineStrings = 2;

interface BuildInfo {
  readonly goVersion: string;
  /** Lines of words between tabs, as runtime/debug prints them. */
  readonly text: string;
}

export function describeFiles({ line }: Context): number {
  const { values, args } = line;
  if (values['m'] !== true && values['json'] === true) {
    throw new Failure("go: 'go version' with -json flag requires -m flag", 2);
  }
  let status = 0;
  for (const arg of args) {
    let info: Stats;
    try {
      info = statSync(arg);
    } catch (error) {
      printError(`${systemMessage(error as NodeJS.ErrnoException)}\n`);
      status = 1;
      continue;
    }
    if (info.isDirectory()) scanFolder(arg, values);
    else if (!scanFile(arg, info, values, true) && values['m'] === true) status = 1;
  }
  return status;
}

type Values = Context['line']['values'];

function scanFolder(dir: string, values: Values): void {
  for (const name of readdirSync(dir).sort()) {
    const file = join(dir, name);
    const info = lstatSync(file);
    if (info.isDirectory()) scanFolder(file, values);
    else if (info.isFile() || info.isSymbolicLink()) {
      scanFile(file, info, values, values['v'] === true);
    }
  }
}

function scanFile(file: string, info: Stats, values: Values, tells: boolean): boolean {
  let target: Stats | undefined = info;
  if (info.isSymbolicLink()) {
    target = statSync(file, { throwIfNoEntry: false });
    if (target?.isFile() !== true) {
      if (tells) printError(`${file}: symlink\n`);
      return false;
    }
  }
  const found = readBuildInfo(readFileSync(file));
  if (typeof found === 'string') {
    if (tells && isCandidate(file, target)) {
      printError(`${file}: could not read Go build info from ${file}: ${found}\n`);
    }
    return false;
  }
  if (values['m'] === true && values['json'] === true) {
    print(`${JSON.stringify(asJSON(found), null, '\t')}\n`);
    return true;
  }
  print(`${file}: ${found.goVersion}\n`);
  if (values['m'] === true && found.text !== '') {
    print(`\t${found.text.replace(/\n$/, '').replaceAll('\n', '\n\t')}\n`);
  }
  return true;
}

function isCandidate(file: string, info: Stats): boolean {
  if (info.isFile() && (info.mode & 0o111) !== 0) return true;
  return ['.so', '.exe', '.dll'].includes(extname(file.toLowerCase()));
}

const magics = ['7f454c46', '4d5a', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'];

function readBuildInfo(bytes: Buffer): BuildInfo | string {
  const head = bytes.subarray(0, 4).toString('hex');
  if (!magics.some((magic) => head.startsWith(magic))) return 'unrecognized file format';
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const hasHeader = at % 16 === 0 && at + headerSize <= bytes.length;
    if (!hasHeader || (bytes[at + 15]! & inlineStrings) === 0) continue;
    const [goVersion, next] = readString(bytes, at + headerSize);
    const [framed] = readString(bytes, next);
    if (!goVersion.startsWith('go') && !goVersion.startsWith('devel')) continue;
    // Sixteen bytes of mark on each side.
    const text = framed.length > 32 && framed.at(-17) === '\n' ? framed.slice(16, -16) : '';
    return { goVersion, text: Buffer.from(text, 'latin1').toString('utf8') };
  }
  return 'not a Go executable';
}

/** A length as a varint, then so many bytes. */
function readString(bytes: Buffer, start: number): [string, number] {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return [bytes.toString('latin1', at, at + length), at + length];
}

function asJSON({ goVersion, text }: BuildInfo): object {
  const info: Record<string, unknown> = { GoVersion: goVersion, Path: '', Main: {} };
  const deps: object[] = [];
  const settings: object[] = [];
  for (const row of text.split('\n')) {
    const [kind, ...words] = row.split('\t');
    const [path = '', version = '', sum = ''] = words;
    const module = { Path: path, Version: version, ...(sum === '' ? {} : { Sum: sum }) };
    if (kind === 'path') info['Path'] = path;
    else if (kind === 'mod') info['Main'] = module;
    else if (kind === 'dep') deps.push(module);
    else if (kind === 'build') {
      const equals = path.indexOf('=');
      settings.push({ Key: path.slice(0, equals), Value: path.slice(equals + 1) });
    }
  }
  return { ...info, ...(deps.length === 0 ? {} : { Deps: deps }), Settings: settings };
}
