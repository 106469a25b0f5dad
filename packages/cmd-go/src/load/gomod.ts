/**
 * The main module: where it is and what its go.mod says, as far as loading without other modules
 * needs it.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile (grammar), src/cmd/go/internal/modload/init.go.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../report/failure.ts';

export interface MainModule {
  readonly path: string;
  readonly dir: string;
  readonly file: string;
  /** `1.27`; undefined if there is no go line. */
  readonly goVersion: string | undefined;
  /** Paths of required modules. */
  readonly requires: readonly string[];
  /** Folders that patterns pass over, `./x` or `x`. */
  readonly ignore: readonly string[];
  readonly godebug: readonly string[];
}

/** The nearest file of that name in `dir` or above it. */
export function findUp(dir: string, name: string): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    const file = join(at, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    if (at === dirname(at)) return undefined;
  }
}

export function readMainModule(cwd: string): MainModule | undefined {
  const file = findUp(cwd, 'go.mod');
  if (file === undefined || !existsSync(file)) return undefined;
  return parseGoMod(file, readFileSync(file, 'utf8'));
}

/** Directives, one per line or in blocks; words may be quoted. */
export function parseGoMod(file: string, text: string): MainModule {
  let path = '';
  let goVersion: string | undefined;
  const requires: string[] = [];
  const ignore: string[] = [];
  const godebug: string[] = [];
  let block = '';
  const lines = text.split('\n');
  lines.forEach((raw, index) => {
    const words = splitLine(raw);
    const fail = (what: string): never => {
      throw new Failure(`go: errors parsing go.mod:\n${shorten(file)}:${index + 1}: ${what}`);
    };
    if (words.length === 0) return;
    if (block !== '' && words[0] === ')') {
      block = '';
      return;
    }
    const verb = block === '' ? words[0]! : block;
    const args = block === '' ? words.slice(1) : words;
    if (block === '' && args.length === 1 && args[0] === '(') {
      block = verb;
      return;
    }
    switch (verb) {
      case 'module':
        if (path !== '') fail('repeated module statement');
        if (args.length !== 1) fail('usage: module module/path');
        path = args[0]!;
        break;
      case 'go':
        if (goVersion !== undefined) fail('repeated go statement');
        if (args.length !== 1) fail('go directive expects exactly one argument');
        if (!/^[1-9]\d*(\.(0|[1-9]\d*)(\.(0|[1-9]\d*)|(rc|beta)[1-9]\d*)?)?$/.test(args[0]!)) {
          fail(`invalid go version '${args[0]}': must match format 1.23.0`);
        }
        [goVersion] = args;
        break;
      case 'require':
        if (args.length !== 2) fail('usage: require module/path v1.2.3');
        requires.push(args[0]!);
        break;
      case 'ignore':
        ignore.push(args[0] ?? '');
        break;
      case 'godebug':
        godebug.push(args[0] ?? '');
        break;
      case 'toolchain':
      case 'exclude':
      case 'replace':
      case 'retract':
      case 'tool':
        break;
      default:
        fail(`unknown directive: ${verb}`);
    }
  });
  if (path === '') {
    throw new Failure(
      `go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
    );
  }
  return { path, dir: dirname(file), file, goVersion, requires, ignore, godebug };
}

function splitLine(line: string): string[] {
  const words: string[] = [];
  const token = /\s*(?:\/\/.*|"((?:[^"\\]|\\.)*)"|`([^`]*)`|([()])|([^\s()]+))/gy;
  for (const match of line.matchAll(token)) {
    const word = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (word === undefined) break;
    // A comment may follow a word without space between them.
    words.push(word);
  }
  return words;
}

/** A path as the working folder sees it, if that is shorter. GOROOT: cmd/go/internal/base/path.go. */
export function shorten(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
