/** Go's string and character literals. Spec: "String literals", "Rune literals". */

const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};

const encoder = new TextEncoder();

/** The bytes that a quoted literal means; null if it is malformed. */
export function unquote(literal: string): Uint8Array | null {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return null;
  const bytes: number[] = [];
  const body = literal.slice(1, -1);
  let at = 0;
  while (at < body.length) {
    const c = body[at]!;
    if (c === quote || c === '\n') return null;
    if (c !== '\\') {
      const character = String.fromCodePoint(body.codePointAt(at)!);
      bytes.push(...encoder.encode(character));
      at += character.length;
      continue;
    }
    const escape = readEscape(body, at + 1, quote!);
    if (escape === null) return null;
    bytes.push(...escape.bytes);
    at = escape.end;
  }
  return Uint8Array.from(bytes);
}

interface Escape {
  readonly bytes: readonly number[];
  readonly end: number;
}

function readEscape(body: string, at: number, quote: string): Escape | null {
  const c = body[at];
  if (c === undefined) return null;
  if (c in simple) {
    if ((c === "'" || c === '"') && c !== quote) return null;
    return { bytes: [simple[c]!], end: at + 1 };
  }
  const digits = { x: 2, u: 4, U: 8 }[c];
  if (digits !== undefined) {
    const text = body.slice(at + 1, at + 1 + digits);
    if (text.length !== digits || !/^[0-9a-fA-F]+$/.test(text)) return null;
    const value = Number.parseInt(text, 16);
    if (c === 'x') return { bytes: [value], end: at + 3 };
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return null;
    return { bytes: [...encoder.encode(String.fromCodePoint(value))], end: at + 1 + digits };
  }
  const octal = body.slice(at, at + 3);
  if (!/^[0-7]{3}$/.test(octal) || Number.parseInt(octal, 8) > 255) return null;
  return { bytes: [Number.parseInt(octal, 8)], end: at + 3 };
}

/** The code point of a character literal; null if it is not one. */
export function unquoteChar(literal: string): number | null {
  const bytes = unquote(literal);
  if (bytes === null) return null;
  // An escape such as '\xff' is the byte's value, not UTF-8.
  if (bytes.length === 1) return bytes[0]!;
  const text = new TextDecoder().decode(bytes);
  const point = text.codePointAt(0);
  return point !== undefined && String.fromCodePoint(point) === text ? point : null;
}
