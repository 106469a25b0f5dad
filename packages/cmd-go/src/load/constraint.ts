/**
 * Build constraints: `//go:build` expressions, the older `// +build` lines, and file names.
 *
 * Only the comments before the package clause count. A file may have one `//go:build` line; if it
 * has, `+build` lines are ignored.
 * GOROOT: src/go/build/constraint/expr.go, src/go/build/build.go (parseFileHeader, shouldBuild,
 * goodOSArchFile, matchTag), src/internal/syslist/syslist.go.
 */
import { type FileTree } from '../fsys/fsys.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Every GOOS there is or was: a file name's suffix counts even for systems long gone. */
export const knownOS = words(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos',
);
export const knownArch = words(
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm',
);
export const unixOS = words(
  'aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris',
);

/** What a build satisfies. */
export interface BuildContext {
  readonly goos: string;
  readonly goarch: string;
  readonly cgoEnabled: boolean;
  /** -tags, tool tags and release tags. */
  readonly tags: ReadonlySet<string>;
  /** Where sources are read from. */
  readonly files: FileTree;
}

export function matchTag(context: BuildContext, tag: string): boolean {
  const { goos } = context;
  if (context.tags.has(tag) || tag === goos || tag === context.goarch || tag === 'gc') return true;
  switch (tag) {
    case 'cgo':
      return context.cgoEnabled;
    case 'linux':
      return goos === 'android';
    case 'solaris':
      return goos === 'illumos';
    case 'darwin':
      return goos === 'ios';
    case 'unix':
      return unixOS.has(goos);
    case 'boringcrypto':
      return context.tags.has('goexperiment.boringcrypto');
    default:
      return false;
  }
}

/** False if the name's `_GOOS`, `_GOARCH` or `_GOOS_GOARCH` suffix asks for another system. */
export function matchFileName(context: BuildContext, name: string): boolean {
  const stem = name.split('.', 1)[0]!;
  // Everything before the first underscore is free: linux.go is for every system.
  const first = stem.indexOf('_');
  if (first < 0) return true;
  const parts = stem.slice(first).split('_');
  if (parts.at(-1) === 'test') parts.pop();
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (knownOS.has(before) && knownArch.has(last)) {
    return matchTag(context, last) && matchTag(context, before);
  }
  return knownOS.has(last) || knownArch.has(last) ? matchTag(context, last) : true;
}

/** The outcome for a file's text: built, left out, or a malformed constraint. */
export function shouldBuild(context: BuildContext, text: string): boolean | { error: string } {
  if (!text.includes('//go:build') && !text.includes('+build')) return true;
  const header = readHeader(text);
  if ('error' in header) return header;
  if (header.goBuild !== undefined) {
    const expr = parseConstraint(header.goBuild);
    if ('error' in expr) {
      return { error: `parsing //go:build line: ${expr.error}` };
    }
    return evaluate(expr, context);
  }
  return header.plusBuild.every((line) =>
    line.split(/\s+/).some((option) => option.split(',').every((term) => plusTerm(context, term))),
  );
}

/**
 * Whether some build or other would take the file: each tag counts as set where that helps, and as
 * not set behind a `!`. Only `ignore` is never set.
 * GOROOT: src/cmd/go/internal/imports/build.go (ShouldBuild with the tag `*`).
 */
export function mightBuild(text: string): boolean {
  if (!text.includes('//go:build') && !text.includes('+build')) return true;
  const header = readHeader(text);
  if ('error' in header) return false;
  if (header.goBuild === undefined) {
    return header.plusBuild.every((line) =>
      line.split(/\s+/).some((option) => option.split(',').every(mightMatchTerm)),
    );
  }
  const expr = parseConstraint(header.goBuild);
  return !('error' in expr) && mightMatch(expr, true);
}

function mightMatch(expr: Expr, prefer: boolean): boolean {
  switch (expr.op) {
    case 'tag':
      return expr.tag !== 'ignore' && prefer;
    case 'not':
      return !mightMatch(expr.x, !prefer);
    case 'and':
      return mightMatch(expr.x, prefer) && mightMatch(expr.y, prefer);
    default:
      return mightMatch(expr.x, prefer) || mightMatch(expr.y, prefer);
  }
}

function mightMatchTerm(term: string): boolean {
  return term !== 'ignore' && /^!?[\p{L}\p{N}_.]+$/u.test(term);
}

interface Header {
  /** The expression after `//go:build`. */
  readonly goBuild: string | undefined;
  /** The words after each `+build` that a blank line follows. */
  readonly plusBuild: readonly string[];
}

function readHeader(text: string): Header | { error: string } {
  let goBuild: string | undefined;
  const plus: string[] = [];
  let settled = 0;
  let ended = false;
  let inComment = false;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    let line = text.slice(at, end).trim();
    at = end + 1;
    if (line === '' && !ended) {
      // Lines up to here are followed by a blank one, so their +build words count.
      settled = plus.length;
      continue;
    }
    if (!line.startsWith('//')) ended = true;
    if (!inComment) {
      if (/^\/\/go:build(\s|$)/.test(line)) {
        if (goBuild !== undefined) return { error: 'multiple //go:build comments' };
        goBuild = line.slice('//go:build'.length).trim();
      } else if (!ended && /^\/\/\s*\+build(\s|$)/.test(line)) {
        plus.push(line.replace(/^\/\/\s*\+build\s*/, ''));
      }
    }
    while (line !== '') {
      if (inComment) {
        const close = line.indexOf('*/');
        if (close < 0) break;
        inComment = false;
        line = line.slice(close + 2).trim();
      } else if (line.startsWith('//')) {
        break;
      } else if (line.startsWith('/*')) {
        inComment = true;
        line = line.slice(2).trim();
      } else {
        return { goBuild, plusBuild: plus.slice(0, settled) };
      }
    }
  }
  return { goBuild, plusBuild: plus.slice(0, settled) };
}

function plusTerm(context: BuildContext, term: string): boolean {
  if (term.startsWith('!!')) return false;
  const negated = term.startsWith('!');
  const tag = negated ? term.slice(1) : term;
  // A word that is no tag makes its option false, negated or not.
  if (!/^[\p{L}\p{N}_.]+$/u.test(tag)) return false;
  return matchTag(context, tag) !== negated;
}

type Expr =
  | { readonly op: 'tag'; readonly tag: string }
  | { readonly op: 'not'; readonly x: Expr }
  | { readonly op: 'and' | 'or'; readonly x: Expr; readonly y: Expr };

function evaluate(expr: Expr, context: BuildContext): boolean {
  switch (expr.op) {
    case 'tag':
      return matchTag(context, expr.tag);
    case 'not':
      return !evaluate(expr.x, context);
    case 'and':
      return evaluate(expr.x, context) && evaluate(expr.y, context);
    default:
      return evaluate(expr.x, context) || evaluate(expr.y, context);
  }
}

class SyntaxFault extends Error {}

/** Parses the expression of a `//go:build` line. */
export function parseConstraint(text: string): Expr | { error: string } {
  const tokens = text.match(/&&|\|\||[!()]|[\p{L}\p{N}_.]+|\S/gu) ?? [];
  let at = 0;
  let size = 0;
  /** The token here, which is looked at as soon as the one before it has been taken. */
  const peek = (): string | undefined => {
    const token = tokens[at];
    if (token !== undefined && !/^(&&|\|\||[!()]|[\p{L}\p{N}_.]+)$/u.test(token)) {
      throw new SyntaxFault(`invalid syntax at ${token}`);
    }
    return token;
  };
  const or = (): Expr => {
    let x = and();
    while (peek() === '||') {
      at++;
      x = { op: 'or', x, y: and() };
    }
    return x;
  };
  const and = (): Expr => {
    let x = not();
    while (peek() === '&&') {
      at++;
      x = { op: 'and', x, y: not() };
    }
    return x;
  };
  const not = (): Expr => {
    if (++size > 1000) throw new SyntaxFault('build expression too large');
    if (peek() !== '!') return atom();
    at++;
    if (peek() === '!') throw new SyntaxFault('double negation not allowed');
    return { op: 'not', x: atom() };
  };
  const atom = (): Expr => {
    const token = peek();
    if (token === undefined) throw new SyntaxFault(unexpectedEnd);
    at++;
    if (token === '(') return parenthesized();
    if (!/^[\p{L}\p{N}_.]+$/u.test(token)) throw new SyntaxFault(`unexpected token ${token}`);
    peek();
    return { op: 'tag', tag: token };
  };
  const parenthesized = (): Expr => {
    let x: Expr;
    try {
      x = or();
    } catch (error) {
      if (!(error instanceof SyntaxFault) || error.message !== unexpectedEnd) throw error;
      throw new SyntaxFault('missing close paren');
    }
    if (peek() !== ')') throw new SyntaxFault('missing close paren');
    at++;
    peek();
    return x;
  };
  try {
    const expr = or();
    const rest = peek();
    if (rest !== undefined) throw new SyntaxFault(`unexpected token ${rest}`);
    return expr;
  } catch (error) {
    if (error instanceof SyntaxFault) return { error: error.message };
    throw error;
  }
}

const unexpectedEnd = 'unexpected end of expression';
