/**
 * The Go version that a `//go:build` line asks for.
 *
 * A file whose constraint implies a minimum release, as `//go:build go1.22 && linux` does, is
 * compiled as that language version. Conjunction takes the larger, disjunction the smaller of two
 * versions; a tag that is no release, and anything negated, implies none.
 *
 * Spec: none; "Build constraints" in GOROOT: src/cmd/go/internal/help/helpdoc.go.
 * GOROOT: src/go/build/constraint (grammar, GoVersion).
 */

/** "go1.N" (or "go1") implied by the line; '' for none; undefined if it is no build line. */
export function buildLineVersion(line: string): string | undefined {
  const rest = /^\/\/go:build(?:[ \t]+(.*?))?\s*$/.exec(line);
  if (rest === null) return undefined;
  const tokens = tokenize(rest[1] ?? '');
  if (tokens === undefined) return undefined;
  const parser = new ConstraintParser(tokens);
  const expr = parser.or();
  if (expr === undefined || !parser.atEnd) return undefined;
  const version = expr.min;
  if (version < 0) return '';
  return version === 0 ? 'go1' : `go1.${version}`;
}

/** Least minor version implied by an expression, and by its negation; -1: none. */
interface Implied {
  readonly min: number;
  readonly minNot: number;
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const pattern = /[ \t]*(\(|\)|!|&&|\|\||[\p{L}\p{Nd}_.]+)/uy;
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (match === null) return undefined;
    tokens.push(match[1]!);
  }
  return tokens;
}

class ConstraintParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  or(): Implied | undefined {
    let x = this.#and();
    while (x !== undefined && this.#take('||')) {
      const y = this.#and();
      if (y === undefined) return undefined;
      x = { min: Math.min(x.min, y.min), minNot: Math.max(x.minNot, y.minNot) };
    }
    return x;
  }

  #and(): Implied | undefined {
    let x = this.#not();
    while (x !== undefined && this.#take('&&')) {
      const y = this.#not();
      if (y === undefined) return undefined;
      x = { min: Math.max(x.min, y.min), minNot: Math.min(x.minNot, y.minNot) };
    }
    return x;
  }

  #not(): Implied | undefined {
    if (this.#take('!')) {
      if (this.#tokens[this.#at] === '!') return undefined; // double negation is not allowed
      const x = this.#not();
      return x && { min: x.minNot, minNot: x.min };
    }
    if (this.#take('(')) {
      const x = this.or();
      return x !== undefined && this.#take(')') ? x : undefined;
    }
    const tag = this.#tokens[this.#at];
    if (tag === undefined || !/^[\p{L}\p{Nd}_.]+$/u.test(tag)) return undefined;
    this.#at++;
    return { min: tagVersion(tag), minNot: -1 };
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}

function tagVersion(tag: string): number {
  if (tag === 'go1') return 0;
  const minor = /go1\.([+-]?\d+)$/.exec(tag);
  return minor !== null && tag.indexOf('go1.') === minor.index ? Number(minor[1]) : -1;
}
