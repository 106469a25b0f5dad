/**
 * Tokens of assembly source. A kind is a character code, or one of the negative numbers below.
 *
 * In the text of a token `·` stands for `.` and `∕` for `/`: those can be part of an identifier,
 * the plain characters cannot.
 */

export const T_EOF = -1;
export const T_IDENT = -2;
export const T_INT = -3;
export const T_FLOAT = -4;
export const T_CHAR = -5;
export const T_STRING = -6;
/** `<<`, `>>`, `->`, `@>`. */
export const T_LSH = -1000;
export const T_RSH = -1001;
export const T_ARR = -1002;
export const T_ROT = -1003;
/** A `//go:build` comment. */
export const T_BUILD_COMMENT = -1005;
/** Name of a macro that takes arguments but got none: not to be expanded. */
export const T_MACRO_NAME = -1006;

export const NEWLINE = 10;
export const HASH = 35;
export const DOLLAR = 36;
export const PERCENT = 37;
export const AMPERSAND = 38;
export const LEFT_PAREN = 40;
export const RIGHT_PAREN = 41;
export const STAR = 42;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS = 60;
export const GREATER = 62;
export const LEFT_BRACKET = 91;
export const BACKSLASH = 92;
export const RIGHT_BRACKET = 93;
export const CARET = 94;
export const BAR = 124;
export const TILDE = 126;

export interface Token {
  readonly kind: number;
  readonly text: string;
}

export function newToken(kind: number, text: string): Token {
  return { kind, text: text.replaceAll('\u00b7', '.').replaceAll('\u2215', '/') };
}

export const endOfInput: Token = { kind: T_EOF, text: 'EOF' };

/** How messages name a kind. */
export function kindName(kind: number): string {
  switch (kind) {
    case T_EOF:
      return 'EOF';
    case T_IDENT:
      return 'identifier';
    case T_INT:
      return 'integer constant';
    case T_FLOAT:
      return 'float constant';
    case T_CHAR:
      return 'rune constant';
    case T_STRING:
      return 'string constant';
    default:
      if (kind === NEWLINE) return String.raw`'\n'`;
      return kind > 0 ? `'${String.fromCodePoint(kind)}'` : `'\ufffd'`;
  }
}

/** Where a token comes from: a file, or part of one after a #line directive. */
export interface PosBase {
  /** As opened, for messages. */
  readonly name: string;
  /** As recorded in the object. */
  readonly absName: string;
  /** What to add to a physical line to get the line to report. */
  readonly lineDelta: number;
}

/** A source of tokens. All but `next` describe the token that `next` returned last. */
export interface TokenReader {
  next: () => number;
  text: () => string;
  base: () => PosBase;
  setBase: (base: PosBase) => void;
  line: () => number;
  /** Offset of the token's end, in no particular unit. */
  end: () => number;
}
