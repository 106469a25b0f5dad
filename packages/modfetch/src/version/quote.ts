/**
 * Go's quoted strings, as `%q` writes them and go.mod has them.
 * GOROOT: src/strconv/quote.go.
 */

const short: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': '\\\\',
};

/** What Go's unicode.IsPrint says of one character. */
export function isPrint(c: string): boolean {
  return c === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c);
}

function escape(c: string, delimiter: string): string {
  if (c === delimiter) return `\\${c}`;
  const known = short[c];
  if (known !== undefined) return known;
  if (isPrint(c)) return c;
  const code = c.codePointAt(0)!;
  const hex = code.toString(16);
  if (code < 0x80) return String.raw`\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

export function quoteString(text: string): string {
  let out = '"';
  for (const c of text) out += escape(c, '"');
  return `${out}"`;
}

/** `%q` for one character. */
export function quoteChar(c: string): string {
  return `'${escape(c, "'")}'`;
}

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** The text of a string in double quotes or back quotes; undefined if it is malformed. */
export function unquoteString(quoted: string): string | undefined {
  const delimiter = quoted[0];
  if (quoted.length < 2 || quoted.at(-1) !== delimiter) return undefined;
  const body = quoted.slice(1, -1);
  if (delimiter === '`') return body.includes('`') ? undefined : body.replaceAll('\r', '');
  if (delimiter !== '"' || body.includes('\n')) return undefined;
  const escapes =
    /\\(?:([abfnrtv\\"])|x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))|([^"\\])/gsy;
  let out = '';
  let end = 0;
  for (const match of body.matchAll(escapes)) {
    const [, letter, hex, octal, short4, long8, plain] = match;
    end = match.index + match[0].length;
    if (plain !== undefined) out += plain;
    else if (letter !== undefined) out += simple[letter]!;
    else if (octal !== undefined) out += String.fromCodePoint(Number.parseInt(octal, 8));
    else {
      const code = Number.parseInt(hex ?? short4 ?? long8!, 16);
      if (code > 0x10ffff) return undefined;
      out += String.fromCodePoint(code);
    }
  }
  return end === body.length ? out : undefined;
}
