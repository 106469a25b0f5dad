/**
 * Go's quoted form of a byte string, as strconv.Quote prints it: part of symbol names.
 *
 * Strings are latin1 here (one character per byte). Printable runes stand as they are, the rest is
 * escaped: `\n` and friends, `\x..` for control bytes and invalid UTF-8, `\u....`, `\U........`.
 * GOROOT: src/strconv/quote.go (what is printable), src/strconv/isprint.go.
 */
const simple: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

/** Letters, marks, numbers, punctuation, symbols; no space but U+0020. GOROOT: unicode.IsPrint. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

export function quote(bytes: string): string {
  let out = '"';
  for (let i = 0; i < bytes.length;) {
    const b = bytes.charCodeAt(i);
    if (b < 0x80) {
      out += simple[b] ?? (b >= 0x20 && b < 0x7f ? bytes[i]! : `\\x${hex(b, 2)}`);
      i++;
      continue;
    }
    const { rune, size } = decodeRune(bytes, i);
    if (rune < 0) out += `\\x${hex(b, 2)}`;
    else if (printable.test(String.fromCodePoint(rune))) out += String.fromCodePoint(rune);
    else out += rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`;
    i += size;
  }
  return `${out}"`;
}

function hex(x: number, digits: number): string {
  return x.toString(16).padStart(digits, '0');
}

/** The UTF-8 sequence at `at`, or rune −1 and size 1. Spec: RFC 3629. */
function decodeRune(bytes: string, at: number): { rune: number; size: number } {
  const bad = { rune: -1, size: 1 };
  const b0 = bytes.charCodeAt(at);
  const size = b0 >= 0xf0 ? 4 : b0 >= 0xe0 ? 3 : 2;
  if (b0 < 0xc2 || b0 > 0xf4 || at + size > bytes.length) return bad;
  let rune = b0 & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const b = bytes.charCodeAt(at + i);
    if ((b & 0xc0) !== 0x80) return bad;
    rune = (rune << 6) | (b & 0x3f);
  }
  const smallest = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  if (rune < smallest || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return bad;
  return { rune, size };
}
