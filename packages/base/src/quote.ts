/**
 * Go's quoted strings: as `%q`, `%#U` and strconv.Quote write them, and back.
 *
 * What is printable is decided by Unicode category, as unicode.IsPrint does: letters, marks,
 * numbers, punctuation, symbols and the ASCII space.
 */

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

export function isPrint(rune: number): boolean {
  if (rune >= 0x20 && rune < 0x7f) return true;
  if (rune < 0 || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000)) return false;
  return printable.test(String.fromCodePoint(rune));
}

const escapes = new Map<number, string>([
  [7, '\\a'],
  [8, '\\b'],
  [12, '\\f'],
  [10, '\\n'],
  [13, '\\r'],
  [9, '\\t'],
  [11, '\\v'],
  [0x5c, '\\\\'],
]);

/** One character of a literal quoted by the character `quote`. */
export function escapeRune(rune: number, quote: string): string {
  if (rune === quote.charCodeAt(0)) return `\\${quote}`;
  const short = escapes.get(rune);
  if (short !== undefined) return short;
  if (isPrint(rune)) return String.fromCodePoint(rune);
  if (rune < 0x20 || rune === 0x7f) return `\\x${rune.toString(16).padStart(2, '0')}`;
  if (rune < 0x10000) return `\\u${rune.toString(16).padStart(4, '0')}`;
  return `\\U${rune.toString(16).padStart(8, '0')}`;
}

/** `%q` of a rune. */
export function quoteRune(rune: number): string {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune < 0xe000);
  return `'${escapeRune(valid ? rune : 0xfffd, "'")}'`;
}

/** `%#U` of a rune. */
export function unicodeString(rune: number): string {
  const hex = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrint(rune) ? `${hex} '${String.fromCodePoint(rune)}'` : hex;
}

/** `%q` of a string of characters. */
export function quoteString(text: string): string {
  let out = '"';
  for (const char of text) out += escapeRune(char.codePointAt(0)!, '"');
  return `${out}"`;
}

const unescapes: Readonly<Record<string, string>> = {
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

const part =
  /([^\\"\n]+)|\\(?:([abfnrtv\\"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))/gsuy;

/**
 * The text of a literal in double quotes or back quotes; undefined if it is malformed. Bytes that are
 * escaped as such (`\xff`) stand for the characters of these numbers.
 * Spec: "String literals".
 */
export function unquoteString(literal: string): string | undefined {
  const delimiter = literal[0];
  if (literal.length < 2 || literal.at(-1) !== delimiter) return undefined;
  const body = literal.slice(1, -1);
  if (delimiter === '`') return body.includes('`') ? undefined : body.replaceAll('\r', '');
  if (delimiter !== '"') return undefined;
  let text = '';
  let end = 0;
  for (const match of body.matchAll(part)) {
    const [all, plain, letter, hex, short, long, octal] = match;
    end = match.index + all.length;
    if (plain !== undefined) text += plain;
    else if (letter !== undefined) text += unescapes[letter]!;
    else if (octal !== undefined) text += String.fromCodePoint(Number.parseInt(octal, 8));
    else {
      const code = Number.parseInt(hex ?? short ?? long!, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
      text += String.fromCodePoint(code);
    }
  }
  return end === body.length ? text : undefined;
}
