/**
 * Scans Go's numeric literals as text/scanner does: what is malformed is complained of, and still a
 * token.
 *
 * Spec: "Integer literals", "Floating-point literals".  GOROOT: src/text/scanner/scanner.go (errors).
 */

export interface NumberLiteral {
  readonly end: number;
  readonly isFloat: boolean;
  /** What is wrong with it, in the order of discovery. */
  readonly errors: readonly string[];
}

const kinds: Readonly<Record<string, string>> = {
  x: 'hexadecimal literal',
  o: 'octal literal',
  '0': 'octal literal',
  b: 'binary literal',
};

/** The literal that begins at `start`, with a digit or a point before a digit. */
export function scanNumber(source: string, start: number): NumberLiteral {
  const errors: string[] = [];
  let at = start;
  let base = 10;
  let prefix = '';
  let hasDigits = false;
  let hasUnderscores = false;
  let invalid = '';
  let isFloat = false;
  const digits = (radix: number): boolean => {
    let any = false;
    for (; at < source.length; at++) {
      const c = source[at]!;
      if (c === '_') hasUnderscores = true;
      else if (radix === 16 ? /[0-9a-fA-F]/.test(c) : /[0-9]/.test(c)) {
        any = true;
        if (radix < 10 && Number(c) >= radix && invalid === '') invalid = c;
      } else break;
    }
    if (any) hasDigits = true;
    return any;
  };
  if (source[at] === '0') {
    at++;
    prefix = (source[at] ?? '').toLowerCase();
    const radix = { x: 16, o: 8, b: 2 }[prefix];
    if (radix === undefined) {
      base = 8;
      prefix = '0';
      hasDigits = true;
    } else {
      base = radix;
      at++;
    }
  }
  const kind = kinds[prefix] ?? 'decimal literal';
  if (source[at] !== '.') digits(base);
  if (source[at] === '.') {
    at++;
    isFloat = true;
    if (prefix === 'o' || prefix === 'b') errors.push(`invalid radix point in ${kind}`);
    digits(base);
  }
  if (!hasDigits) errors.push(`${kind} has no digits`);
  const exponent = source[at] ?? '';
  if (/[eEpP]/.test(exponent)) {
    const isDecimal = exponent.toLowerCase() === 'e';
    if (isDecimal && prefix !== '' && prefix !== '0') {
      errors.push(`'${exponent}' exponent requires decimal mantissa`);
    } else if (!isDecimal && prefix !== 'x') {
      errors.push(`'${exponent}' exponent requires hexadecimal mantissa`);
    }
    at++;
    isFloat = true;
    if (source[at] === '+' || source[at] === '-') at++;
    if (!digits(10)) errors.push('exponent has no digits');
  } else if (prefix === 'x' && isFloat) {
    errors.push("hexadecimal mantissa requires a 'p' exponent");
  }
  if (!isFloat && invalid !== '') errors.push(`invalid digit '${invalid}' in ${kind}`);
  if (hasUnderscores && hasBadSeparator(source.slice(start, at))) {
    errors.push("'_' must separate successive digits");
  }
  return { end: at, isFloat, errors };
}

/** Whether an underscore stands anywhere but between digits, or a base prefix and a digit. */
function hasBadSeparator(text: string): boolean {
  const body = text.replace(/^0[xXoObB]/, '0');
  const digit = /^0[xX]/.test(text) ? '0-9a-fA-F' : '0-9';
  return new RegExp(`(?<![${digit}])_|_(?![${digit}])`).test(body);
}
