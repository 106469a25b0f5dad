/**
 * Byte strings: Go strings as JavaScript strings with one char (0 to 255) per byte.
 *
 * Go strings are bytes and need not be UTF-8. In this form length, comparison, concatenation and
 * slicing are those of Go, and V8 keeps them in one byte per char.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text as the bytes of its UTF-8 form. */
export function encodeText(text: string): string {
  return isAscii(text) ? text : fromBytes(encoder.encode(text));
}

/** The text that the bytes are in UTF-8, with U+FFFD for what is not. */
export function decodeText(bytes: string): string {
  return isAscii(bytes) ? bytes : decoder.decode(toBytes(bytes));
}

export function toBytes(bytes: string): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes.charCodeAt(i);
  return out;
}

export function fromBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  const step = 4096;
  for (let i = 0; i < bytes.length; i += step) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + step)));
  }
  return parts.join('');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** The rune that starts at `at`, as ranging over the string gives it: U+FFFD and width 1 if invalid. */
export function decodeRune(bytes: string, at: number): { rune: number; width: number } {
  const lead = bytes.charCodeAt(at);
  if (lead < 0x80) return { rune: lead, width: 1 };
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const invalid = { rune: 0xfffd, width: 1 };
  if (lead < 0xc2 || lead > 0xf4 || at + width > bytes.length) return invalid;
  let rune = lead & (0x7f >> width);
  for (let i = 1; i < width; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return invalid;
    rune = (rune << 6) | (next & 0x3f);
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000;
  const wrong = rune < least || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000);
  return wrong ? invalid : { rune, width };
}

/** The bytes of one rune; of U+FFFD if it is none. */
export function encodeRune(rune: number): string {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune < 0xe000);
  return encodeText(String.fromCodePoint(valid ? rune : 0xfffd));
}
