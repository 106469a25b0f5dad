/**
 * Beneath a message on a terminal: the source line it is about, and a caret where it points.
 *
 *     ./main.go:6:9: undefined: missing
 *             return missing
 *                    ^
 *
 * Columns count bytes, from 1. Tabs stay tabs in the caret's line, so it stands right whatever their
 * width; a line longer than the window is shown around the caret.
 */

/** Characters that take two cells. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** What stands for a character of the line above the caret. */
function blank(char: string): string {
  if (char === '\t') return '\t';
  if (/^\p{M}$/u.test(char)) return '';
  return wide.test(char) ? '  ' : ' ';
}

/** A terminal's tab stops. */
const tab = 8;
const ellipsis = '…';

export interface Excerpt {
  readonly line: string;
  readonly caret: string;
}

/** The message's line in `text`; undefined if there is no such place. */
export function excerpt(
  text: Uint8Array,
  at: { readonly line: number; readonly column: number },
  columns: number,
): Excerpt | undefined {
  const bytes = lineOf(text, at.line);
  if (bytes === undefined || at.column < 1 || at.column > bytes.length + 1) return undefined;
  const before = printable(bytes.subarray(0, at.column - 1));
  const after = printable(bytes.subarray(at.column - 1));
  const indent = /^[\t ]*/.exec(before)![0];
  const tabs = indent.replaceAll(' ', '').length;
  const margin = tabs * tab + (indent.length - tabs);
  const room = columns - 1 - margin;
  const code = before.slice(indent.length);
  if (room < 20 || code.length + after.length <= room) {
    return { line: before + after, caret: `${Array.from(before, blank).join('')}^` };
  }
  // A window of the line: the caret in it, and something on both sides.
  const from = Math.max(0, Math.min(code.length - Math.floor(room / 2), code.length));
  const shown = (from > 0 ? ellipsis : '') + code.slice(from > 0 ? from + 1 : 0);
  const rest = after.length > room - shown.length ? room - shown.length - 1 : after.length;
  return {
    line: indent + shown + after.slice(0, rest) + (rest < after.length ? ellipsis : ''),
    caret: `${indent}${Array.from(shown, blank).join('')}^`,
  };
}

function lineOf(text: Uint8Array, line: number): Uint8Array | undefined {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf(0x0a, start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const end = text.indexOf(0x0a, start);
  return text.subarray(start, end < 0 ? text.length : end);
}

/** Text that does nothing to a terminal. */
function printable(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return text.replaceAll(/\r$/g, '').replaceAll(/(?!\t)\p{C}/gu, '\ufffd');
}
