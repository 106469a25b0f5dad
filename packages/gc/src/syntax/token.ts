/**
 * Tokens, operators, literal kinds and precedences of Go source text.
 *
 * Kinds are small integers so that the parser's tests are integer comparisons and token sets fit in
 * two 32-bit masks. Their names, which appear in messages ("unexpected keyword range"), are tables.
 *
 * Spec: "Tokens", "Operators".   GOROOT: src/cmd/compile/internal/syntax/tokens.go (spellings).
 */

export const Token = {
  None: 0,
  EOF: 1,
  Name: 2,
  Literal: 3,
  /** Any operator but `*`, which also starts types. */
  Operator: 4,
  AssignOp: 5,
  IncOp: 6,
  Assign: 7,
  Define: 8,
  Arrow: 9,
  Star: 10,
  Lparen: 11,
  Lbrack: 12,
  Lbrace: 13,
  Rparen: 14,
  Rbrack: 15,
  Rbrace: 16,
  Comma: 17,
  Semi: 18,
  Colon: 19,
  Dot: 20,
  DotDotDot: 21,
  Break: 22,
  Case: 23,
  Chan: 24,
  Const: 25,
  Continue: 26,
  Default: 27,
  Defer: 28,
  Else: 29,
  Fallthrough: 30,
  For: 31,
  Func: 32,
  Go: 33,
  Goto: 34,
  If: 35,
  Import: 36,
  Interface: 37,
  Map: 38,
  Package: 39,
  Range: 40,
  Return: 41,
  Select: 42,
  Struct: 43,
  Switch: 44,
  Type: 45,
  Var: 46,
} as const;
export type Token = (typeof Token)[keyof typeof Token];

/** By token: its spelling, or what messages call it. */
export const tokenNames: readonly string[] = [
  '',
  'EOF',
  'name',
  'literal',
  'op',
  'op=',
  'opop',
  '=',
  ':=',
  '<-',
  '*',
  '(',
  '[',
  '{',
  ')',
  ']',
  '}',
  ',',
  ';',
  ':',
  '.',
  '...',
  'break',
  'case',
  'chan',
  'const',
  'continue',
  'default',
  'defer',
  'else',
  'fallthrough',
  'for',
  'func',
  'go',
  'goto',
  'if',
  'import',
  'interface',
  'map',
  'package',
  'range',
  'return',
  'select',
  'struct',
  'switch',
  'type',
  'var',
];

/** Spelling to keyword token. */
export const keywords: ReadonlyMap<string, Token> = new Map(
  tokenNames.slice(Token.Break).map((name, i) => [name, (Token.Break + i) as Token]),
);

/** How a message names a token: words for punctuation that is hard to see, "keyword" before one. */
export function tokenString(tok: Token): string {
  if (tok === Token.Comma) return 'comma';
  if (tok === Token.Semi) return 'semicolon or newline';
  const name = tokenNames[tok]!;
  return tok >= Token.Break ? `keyword ${name}` : name;
}

export const LitKind = { Int: 0, Float: 1, Imag: 2, Rune: 3, String: 4 } as const;
export type LitKind = (typeof LitKind)[keyof typeof LitKind];

export const Operator = {
  None: 0,
  /** The `:` of `:=`. */
  Def: 1,
  Not: 2,
  Recv: 3,
  Tilde: 4,
  OrOr: 5,
  AndAnd: 6,
  Eql: 7,
  Neq: 8,
  Lss: 9,
  Leq: 10,
  Gtr: 11,
  Geq: 12,
  Add: 13,
  Sub: 14,
  Or: 15,
  Xor: 16,
  Mul: 17,
  Div: 18,
  Rem: 19,
  And: 20,
  AndNot: 21,
  Shl: 22,
  Shr: 23,
} as const;
export type Operator = (typeof Operator)[keyof typeof Operator];

/** By operator: its spelling. */
export const operatorNames: readonly string[] = [
  '',
  ':',
  '!',
  '<-',
  '~',
  '||',
  '&&',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '|',
  '^',
  '*',
  '/',
  '%',
  '&',
  '&^',
  '<<',
  '>>',
];

/** Binary precedences; 0 is not a binary operator. */
export const Prec = { None: 0, OrOr: 1, AndAnd: 2, Cmp: 3, Add: 4, Mul: 5 } as const;
export type Prec = (typeof Prec)[keyof typeof Prec];

/** By operator: its precedence. */
export const precedences: readonly Prec[] = [
  0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5,
];

/** Whether an operator compares: `== != < <= > >=`. */
export function isComparison(op: Operator): boolean {
  return op >= Operator.Eql && op <= Operator.Geq;
}
