/**
 * The scanner: bytes to tokens, with automatic semicolons.
 *
 * `next` leaves the token in fields. Offsets are those of the file, whatever `Source` cut out of it.
 * Errors and directives (comments starting with "go:" or "line ") go to the `ScanHandler` as they
 * are met, before `next` returns. Names are interned; other literals keep their source text.
 * Hot: integer tests on bytes, no garbage per token but the text of literals.
 *
 * Spec: "Lexical elements".   GOROOT: src/cmd/compile/internal/syntax/scanner.go (wordings and
 * positions of errors).
 */
import { quoteRune, unicodeString } from '@go-ts/base/quote';
import { type Names, hashStart, hashStep } from './names.ts';
import { type Source } from './source.ts';
import { LitKind, Operator, Prec, Token } from './token.ts';

export interface ScanHandler {
  error(offset: number, msg: string): void;
  /** A comment that may be a directive, delimiters included. */
  directive(offset: number, text: string, blank: boolean): void;
}

/** By byte: 1 letter or underscore, 2 decimal digit, 4 hexadecimal digit. */
const classes = new Uint8Array(256);
for (let c = 0; c < 128; c++) {
  const char = String.fromCharCode(c);
  if (/[A-Za-z_]/.test(char)) classes[c]! |= 1;
  if (/[0-9]/.test(char)) classes[c]! |= 2;
  if (/[0-9A-Fa-f]/.test(char)) classes[c]! |= 4;
}

const unicodeLetter = /^\p{L}$/u;
const unicodeDigit = /^\p{Nd}$/u;

const tab = 9;
const newline = 10;
const carriageReturn = 13;
const space = 32;
const quote = 0x22;
const apostrophe = 0x27;
const star = 0x2a;
const dot = 0x2e;
const slash = 0x2f;
const equals = 0x3d;
const backslash = 0x5c;
const underscore = 0x5f;
const backquote = 0x60;
const letterE = 0x65;
const letterP = 0x70;

/** Longer literals are not interned. */
const internLimit = 16;

export class Scanner {
  tok: Token = Token.None;
  /** File offset of the token. */
  pos = 0;
  /** Spelling of a name or literal; what a semicolon stands for: semicolon, newline or EOF. */
  lit = '';
  /** The literal is malformed; the error has been reported. */
  bad = false;
  kind: LitKind = LitKind.Int;
  op: Operator = Operator.None;
  prec: Prec = Prec.None;

  readonly #src: Uint8Array;
  readonly #end: number;
  readonly #source: Source;
  readonly #names: Names;
  readonly #handler: ScanHandler;
  #at = 0;
  #start = 0;
  #nlsemi = false;
  /** Whether only white space stands before the token in its line. */
  #blank = false;
  #faults = 0;

  constructor(source: Source, names: Names, handler: ScanHandler) {
    this.#source = source;
    this.#src = source.bytes;
    this.#end = source.length;
    this.#names = names;
    this.#handler = handler;
  }

  /** File offset of what follows the token. */
  get end(): number {
    return this.#offset(Math.min(this.#at, this.#end));
  }

  next(): void {
    const nlsemi = this.#nlsemi;
    this.#nlsemi = false;
    const src = this.#src;
    for (;;) {
      const from = this.#at;
      let at = from;
      let c = src[at]!;
      let sawNewline = false;
      for (;;) {
        if (c === newline) {
          if (nlsemi) break;
          sawNewline = true;
        } else if (c !== space && c !== tab && c !== carriageReturn) break;
        c = src[++at]!;
      }
      this.#blank = sawNewline || from === 0 || src[from - 1] === newline;
      this.#start = at;
      this.pos = this.#offset(at);
      if ((classes[c]! & 1) !== 0) {
        this.#at = at;
        this.#ident();
        break;
      }
      this.#at = at + 1;
      if (c >= 0x80 ? this.#unicodeIdent(at) : this.#punctuation(c, nlsemi)) break;
    }
    if (this.#faults < this.#source.faults.length) this.#reportFaults();
  }

  #offset(at: number): number {
    const { offsets } = this.#source;
    return offsets === null ? at : offsets[at]!;
  }

  #reportFaults(): void {
    const { faults } = this.#source;
    const passed = this.#offset(Math.min(this.#at, this.#end));
    while (this.#faults < faults.length && faults[this.#faults]!.offset <= passed) {
      const fault = faults[this.#faults++]!;
      this.#handler.error(fault.offset, fault.msg);
    }
  }

  #error(at: number, msg: string): void {
    this.#handler.error(this.#offset(at), msg);
  }

  // ---- names

  #ident(): void {
    const src = this.#src;
    const start = this.#at;
    let at = start;
    let hash = hashStart;
    let c = src[at]!;
    while ((classes[c]! & 3) !== 0) {
      hash = hashStep(hash, c);
      c = src[++at]!;
    }
    if (c >= 0x80) {
      this.#at = at;
      this.#restOfIdent();
      return;
    }
    this.#at = at;
    if (this.#hasCuts()) {
      this.#name();
      return;
    }
    const names = this.#names;
    this.lit = names.intern(src, start, at, hash);
    const tok = names.token;
    this.tok = tok;
    this.#nlsemi =
      tok === Token.Name ||
      tok === Token.Break ||
      tok === Token.Continue ||
      tok === Token.Fallthrough ||
      tok === Token.Return;
  }

  /** An identifier with a character beyond ASCII at #at. */
  #restOfIdent(): void {
    const src = this.#src;
    for (;;) {
      const c = src[this.#at]!;
      if ((classes[c]! & 3) !== 0) this.#at++;
      else if (c >= 0x80) this.#identRune(false);
      else break;
    }
    this.#name();
  }

  #name(): void {
    this.lit = this.#text();
    this.tok = Token.Name;
    this.#nlsemi = true;
  }

  /** Whether something was cut out of the token, or right after it: it counts as its text. */
  #hasCuts(): boolean {
    if (this.#source.offsets === null) return false;
    return this.#offset(this.#at) - this.pos !== this.#at - this.#start;
  }

  /** The token as it stands in the file. */
  #text(): string {
    return this.#names.decode(this.#source.file, this.pos, this.#offset(this.#at));
  }

  #unicodeIdent(at: number): boolean {
    this.#at = at;
    this.#identRune(true);
    this.#restOfIdent();
    return true;
  }

  /** Passes a character beyond ASCII in an identifier; any is taken, and if wrong complained of. */
  #identRune(first: boolean): void {
    const rune = this.#rune(this.#at);
    const char = String.fromCodePoint(rune);
    if (!unicodeLetter.test(char)) {
      if (!unicodeDigit.test(char)) {
        this.#error(this.#at, `invalid character ${unicodeString(rune)} in identifier`);
      } else if (first) {
        this.#error(this.#at, `identifier cannot begin with digit ${unicodeString(rune)}`);
      }
    }
    this.#at += runeLength(rune);
  }

  /** The character at `at`; -1 at the end. The text is valid UTF-8. */
  #rune(at: number): number {
    const src = this.#src;
    const c = src[at]!;
    if (c < 0x80) return c === 0 && at >= this.#end ? -1 : c;
    if (c < 0xe0) return ((c & 0x1f) << 6) | (src[at + 1]! & 0x3f);
    if (c < 0xf0) {
      return ((c & 0x0f) << 12) | ((src[at + 1]! & 0x3f) << 6) | (src[at + 2]! & 0x3f);
    }
    const high = ((c & 0x07) << 18) | ((src[at + 1]! & 0x3f) << 12);
    return high | ((src[at + 2]! & 0x3f) << 6) | (src[at + 3]! & 0x3f);
  }

  // ---- everything else

  /** Scans a token that starts with `c`, already passed; false if it was a comment or no token. */
  #punctuation(c: number, nlsemi: boolean): boolean {
    const src = this.#src;
    switch (c) {
      case 0:
        this.#at = this.#end;
        this.lit = 'EOF';
        this.tok = nlsemi ? Token.Semi : Token.EOF;
        return true;
      case newline:
        this.lit = 'newline';
        this.tok = Token.Semi;
        return true;
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39:
        this.#at--;
        this.#number(false);
        return true;
      case quote:
        this.#string();
        return true;
      case backquote:
        this.#rawString();
        return true;
      case apostrophe:
        this.#runeLiteral();
        return true;
      case 0x28:
        this.tok = Token.Lparen;
        return true;
      case 0x5b:
        this.tok = Token.Lbrack;
        return true;
      case 0x7b:
        this.tok = Token.Lbrace;
        return true;
      case 0x2c:
        this.tok = Token.Comma;
        return true;
      case 0x3b:
        this.lit = 'semicolon';
        this.tok = Token.Semi;
        return true;
      case 0x29:
        this.#nlsemi = true;
        this.tok = Token.Rparen;
        return true;
      case 0x5d:
        this.#nlsemi = true;
        this.tok = Token.Rbrack;
        return true;
      case 0x7d:
        this.#nlsemi = true;
        this.tok = Token.Rbrace;
        return true;
      case 0x3a:
        this.tok = this.#take(equals) ? Token.Define : Token.Colon;
        return true;
      case dot:
        if ((classes[src[this.#at]!]! & 2) !== 0) this.#number(true);
        else if (src[this.#at] === dot && src[this.#at + 1] === dot) {
          this.#at += 2;
          this.tok = Token.DotDotDot;
        } else this.tok = Token.Dot;
        return true;
      case slash:
        if (src[this.#at] === slash) {
          this.#lineComment();
          return false;
        }
        if (src[this.#at] === star) return this.#comment(nlsemi);
        return this.#assignable(Operator.Div, Prec.Mul);
      default:
        return this.#operator(c);
    }
  }

  #operator(c: number): boolean {
    switch (c) {
      case 0x2b:
        if (this.#take(0x2b)) return this.#increment(Operator.Add);
        return this.#assignable(Operator.Add, Prec.Add);
      case 0x2d:
        if (this.#take(0x2d)) return this.#increment(Operator.Sub);
        return this.#assignable(Operator.Sub, Prec.Add);
      case star:
        this.op = Operator.Mul;
        this.prec = Prec.Mul;
        this.tok = this.#take(equals) ? Token.AssignOp : Token.Star;
        return true;
      case 0x25:
        return this.#assignable(Operator.Rem, Prec.Mul);
      case 0x26:
        if (this.#take(0x26)) return this.#plain(Operator.AndAnd, Prec.AndAnd);
        if (this.#take(0x5e)) return this.#assignable(Operator.AndNot, Prec.Mul);
        return this.#assignable(Operator.And, Prec.Mul);
      case 0x7c:
        if (this.#take(0x7c)) return this.#plain(Operator.OrOr, Prec.OrOr);
        return this.#assignable(Operator.Or, Prec.Add);
      case 0x5e:
        return this.#assignable(Operator.Xor, Prec.Add);
      case 0x3c:
        if (this.#take(equals)) return this.#plain(Operator.Leq, Prec.Cmp);
        if (this.#take(0x3c)) return this.#assignable(Operator.Shl, Prec.Mul);
        if (this.#take(0x2d)) {
          this.tok = Token.Arrow;
          return true;
        }
        return this.#plain(Operator.Lss, Prec.Cmp);
      case 0x3e:
        if (this.#take(equals)) return this.#plain(Operator.Geq, Prec.Cmp);
        if (this.#take(0x3e)) return this.#assignable(Operator.Shr, Prec.Mul);
        return this.#plain(Operator.Gtr, Prec.Cmp);
      case equals:
        if (this.#take(equals)) return this.#plain(Operator.Eql, Prec.Cmp);
        this.tok = Token.Assign;
        return true;
      case 0x21:
        if (this.#take(equals)) return this.#plain(Operator.Neq, Prec.Cmp);
        return this.#plain(Operator.Not, Prec.None);
      case 0x7e:
        return this.#plain(Operator.Tilde, Prec.None);
      default:
        this.#error(this.#at - 1, `invalid character ${unicodeString(c)}`);
        return false;
    }
  }

  #take(c: number): boolean {
    if (this.#src[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #plain(op: Operator, prec: Prec): boolean {
    this.op = op;
    this.prec = prec;
    this.tok = Token.Operator;
    return true;
  }

  #assignable(op: Operator, prec: Prec): boolean {
    this.op = op;
    this.prec = prec;
    this.tok = this.#take(equals) ? Token.AssignOp : Token.Operator;
    return true;
  }

  #increment(op: Operator): boolean {
    this.op = op;
    this.prec = Prec.Add;
    this.tok = Token.IncOp;
    this.#nlsemi = true;
    return true;
  }

  // ---- comments

  #lineComment(): void {
    const src = this.#src;
    const text = this.#at + 1;
    let end = src.indexOf(newline, text);
    if (end < 0) end = this.#end;
    this.#at = end;
    if (startsWith(src, text, goPrefix) || startsWith(src, text, linePrefix)) {
      this.#directive(end);
    }
  }

  /** A general comment; true if it stands for a newline that ends a statement. */
  #comment(nlsemi: boolean): boolean {
    const src = this.#src;
    const text = this.#at + 1;
    let end = text;
    for (;;) {
      end = src.indexOf(slash, end + 1);
      if (end < 0) {
        this.#at = this.#end;
        this.#error(this.#start, 'comment not terminated');
        break;
      }
      if (src[end - 1] === star) {
        this.#at = end + 1;
        if (startsWith(src, text, linePrefix)) this.#directive(end + 1);
        break;
      }
    }
    if (!nlsemi) return false;
    const eol = src.indexOf(newline, text);
    if (eol < 0 || eol >= this.#at) return false;
    this.lit = 'newline';
    this.tok = Token.Semi;
    return true;
  }

  #directive(end: number): void {
    const text = this.#names.decode(this.#src, this.#start, end);
    this.#handler.directive(this.#offset(this.#start), text, this.#blank);
  }

  // ---- literals

  #literal(kind: LitKind, ok: boolean): void {
    this.#nlsemi = true;
    this.tok = Token.Literal;
    this.kind = kind;
    this.bad = !ok;
    const src = this.#src;
    const start = this.#start;
    const end = this.#at;
    if (end - start <= internLimit && !this.#hasCuts()) {
      let hash = hashStart;
      let i = start;
      for (; i < end && src[i]! < 0x80; i++) hash = hashStep(hash, src[i]!);
      if (i === end) {
        this.lit = this.#names.intern(src, start, end, hash);
        return;
      }
    }
    this.lit = this.#text();
  }

  #number(seenPoint: boolean): void {
    const src = this.#src;
    let ok = true;
    let point = seenPoint;
    let kind: LitKind = LitKind.Int;
    let base = 10;
    let prefix = 0; // lower-case letter after the 0, or '0' itself
    const digits: Digits = { seen: false, separated: false, invalid: -1 };

    if (!point) {
      if (src[this.#at] === 0x30) {
        prefix = src[++this.#at]! | 0x20;
        base = prefix === 0x78 ? 16 : prefix === 0x62 ? 2 : 8;
        if (prefix === 0x78 || prefix === 0x62 || prefix === 0x6f) this.#at++;
        else {
          prefix = 0x30;
          digits.seen = true;
        }
      }
      this.#digits(base, digits);
      if (src[this.#at] === dot) {
        if (prefix === 0x6f || prefix === 0x62) {
          this.#error(this.#at, `invalid radix point in ${baseName(base)} literal`);
          ok = false;
        }
        this.#at++;
        point = true;
      }
    }
    if (point) {
      kind = LitKind.Float;
      this.#digits(base, digits);
    }
    if (!digits.seen && ok) {
      this.#error(this.#at, `${baseName(base)} literal has no digits`);
      ok = false;
    }

    const e = src[this.#at]! | 0x20;
    if (e === letterE || e === letterP) {
      if (ok) ok = this.#checkExponent(e, prefix);
      this.#at++;
      kind = LitKind.Float;
      if (src[this.#at] === 0x2b || src[this.#at] === 0x2d) this.#at++;
      digits.seen = false;
      this.#digits(10, digits);
      if (!digits.seen && ok) {
        this.#error(this.#at, 'exponent has no digits');
        ok = false;
      }
    } else if (prefix === 0x78 && kind === LitKind.Float && ok) {
      this.#error(this.#at, "hexadecimal mantissa requires a 'p' exponent");
      ok = false;
    }
    if (this.#take(0x69)) kind = LitKind.Imag;

    this.#literal(kind, ok);
    if (kind === LitKind.Int && digits.invalid >= 0 && ok) {
      const digit = quoteRune(src[digits.invalid]!);
      this.#error(digits.invalid, `invalid digit ${digit} in ${baseName(base)} literal`);
      ok = false;
    }
    if (digits.separated && ok) {
      const index = invalidSeparator(this.lit);
      if (index >= 0) {
        this.#error(this.#start + index, "'_' must separate successive digits");
        ok = false;
      }
    }
    this.bad = !ok;
  }

  #checkExponent(e: number, prefix: number): boolean {
    const char = quoteRune(this.#src[this.#at]!);
    if (e === letterE && prefix !== 0 && prefix !== 0x30) {
      this.#error(this.#at, `${char} exponent requires decimal mantissa`);
      return false;
    }
    if (e === letterP && prefix !== 0x78) {
      this.#error(this.#at, `${char} exponent requires hexadecimal mantissa`);
      return false;
    }
    return true;
  }

  /** Passes digits and underscores; in a base up to 10 takes any decimal digit and notes wrong ones. */
  #digits(base: number, state: Digits): void {
    const src = this.#src;
    const wanted = base === 16 ? 4 : 2;
    for (;;) {
      const c = src[this.#at]!;
      if (c === underscore) state.separated = true;
      else if ((classes[c]! & wanted) !== 0) {
        state.seen = true;
        if (base < 10 && c >= 0x30 + base && state.invalid < 0) state.invalid = this.#at;
      } else return;
      this.#at++;
    }
  }

  #runeLiteral(): void {
    const src = this.#src;
    let ok = true;
    for (let n = 0; ; n++) {
      const c = src[this.#at]!;
      if (c === apostrophe) {
        if (ok && n !== 1) {
          if (n === 0) this.#error(this.#at, "empty rune literal or unescaped '");
          else this.#error(this.#start, 'more than one character in rune literal');
          ok = false;
        }
        this.#at++;
        break;
      }
      if (c === backslash) {
        this.#at++;
        if (!this.#escape(apostrophe)) ok = false;
        continue;
      }
      if (c === newline) {
        if (ok) this.#error(this.#at, 'newline in rune literal');
        ok = false;
        break;
      }
      if (c === 0) {
        if (ok) this.#error(this.#start, 'rune literal not terminated');
        ok = false;
        break;
      }
      this.#at += c < 0x80 ? 1 : runeLength(this.#rune(this.#at));
    }
    this.#literal(LitKind.Rune, ok);
  }

  #string(): void {
    const src = this.#src;
    let ok = true;
    for (;;) {
      const c = src[this.#at]!;
      if (c === quote) {
        this.#at++;
        break;
      }
      if (c === backslash) {
        this.#at++;
        if (!this.#escape(quote)) ok = false;
        continue;
      }
      if (c === newline) {
        this.#error(this.#at, 'newline in string');
        ok = false;
        break;
      }
      if (c === 0) {
        this.#error(this.#start, 'string not terminated');
        ok = false;
        break;
      }
      this.#at++;
    }
    this.#literal(LitKind.String, ok);
  }

  #rawString(): void {
    const end = this.#src.indexOf(backquote, this.#at);
    this.#at = end < 0 ? this.#end : end + 1;
    if (end < 0) this.#error(this.#start, 'string not terminated');
    this.#literal(LitKind.String, end >= 0);
  }

  /** The part of an escape after its backslash. At the end of the file the caller complains. */
  #escape(delimiter: number): boolean {
    const c = this.#src[this.#at]!;
    if (c === delimiter || simpleEscapes.includes(c)) {
      this.#at++;
      return true;
    }
    if (c >= 0x30 && c < 0x38) return this.#numericEscape(3, 8, 255);
    if (c === 0x78) {
      this.#at++;
      return this.#numericEscape(2, 16, 255);
    }
    if (c === 0x75) {
      this.#at++;
      return this.#numericEscape(4, 16, 0x10ffff);
    }
    if (c === 0x55) {
      this.#at++;
      return this.#numericEscape(8, 16, 0x10ffff);
    }
    if (c === 0) return true;
    this.#error(this.#at, 'unknown escape');
    return false;
  }

  #numericEscape(count: number, base: number, max: number): boolean {
    let x = 0;
    for (let i = 0; i < count; i++) {
      const rune = this.#rune(this.#at);
      if (rune < 0) return true;
      const digit = digitValue(rune);
      if (digit >= base) {
        const name = baseName(base);
        this.#error(this.#at, `invalid character ${quoteRune(rune)} in ${name} escape`);
        return false;
      }
      x = x * base + digit;
      this.#at++;
    }
    if (x > max && base === 8) {
      this.#error(this.#at, `octal escape value ${x} > 255`);
      return false;
    }
    if (x > max || (x >= 0xd800 && x < 0xe000)) {
      this.#error(this.#at, `escape is invalid Unicode code point ${unicodeString(x)}`);
      return false;
    }
    return true;
  }
}

interface Digits {
  seen: boolean;
  separated: boolean;
  /** Where the first digit stands that is too large for the base; -1: none. */
  invalid: number;
}

const goPrefix = [0x67, 0x6f, 0x3a];
const linePrefix = [0x6c, 0x69, 0x6e, 0x65, space];
/** `a b f n r t v \` */
const simpleEscapes = [0x61, 0x62, 0x66, 0x6e, 0x72, 0x74, 0x76, backslash];

function startsWith(src: Uint8Array, at: number, prefix: readonly number[]): boolean {
  for (let i = 0; i < prefix.length; i++) if (src[at + i] !== prefix[i]) return false;
  return true;
}

function runeLength(rune: number): number {
  return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
}

/** 16 for what is no hexadecimal digit. */
function digitValue(rune: number): number {
  if (rune >= 0x30 && rune <= 0x39) return rune - 0x30;
  const lower = rune | 0x20;
  return rune < 0x80 && lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}

function baseName(base: number): string {
  return base === 2 ? 'binary' : base === 8 ? 'octal' : base === 10 ? 'decimal' : 'hexadecimal';
}

/** Index of the first underscore that has no digit (or base prefix) on both sides; -1 without. */
function invalidSeparator(text: string): number {
  const prefixed = /^0[xob]/i.test(text);
  const hex = /^0x/i.test(text);
  const isDigit = hex ? /[0-9a-f]/i : /[0-9]/;
  for (let i = prefixed ? 2 : 0; i < text.length; i++) {
    if (text[i] !== '_') continue;
    const before = text[i - 1] ?? '';
    const after = text[i + 1] ?? '';
    const goodBefore = isDigit.test(before) || (prefixed && i === 2);
    if (!goodBefore || !(isDigit.test(after) || after === '_')) return i;
    if (after === '_') return i + 1;
  }
  return -1;
}
