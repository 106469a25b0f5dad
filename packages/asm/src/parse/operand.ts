/**
 * Operands. The general one is `$sym±offset(SB)(reg)(index*scale)`, every piece optional; the others
 * are a register, a constant, a float, a string, a list of registers.
 *
 * GOROOT: src/cmd/asm/internal/asm/parse.go (grammar, errors).
 */
import { quoteString } from '@go-ts/base/quote';
import { type ObjectBuilder } from '@go-ts/objfile/builder';
import { ABI0, ABIInternal, ABIStatic } from '@go-ts/objfile/sym';
import {
  Addr,
  NAME_AUTO,
  NAME_EXTERN,
  NAME_NONE,
  NAME_PARAM,
  NAME_STATIC,
  TYPE_ADDR,
  TYPE_BRANCH,
  TYPE_CONST,
  TYPE_FCONST,
  TYPE_INDIR,
  TYPE_MEM,
  TYPE_REG,
  TYPE_REGLIST,
  TYPE_SCONST,
} from '../addr.ts';
import { unquote } from '../lex/quote.ts';
import {
  DOLLAR,
  GREATER,
  kindName,
  LEFT_BRACKET,
  LEFT_PAREN,
  LESS,
  MINUS,
  PLUS,
  COLON,
  COMMA,
  RIGHT_BRACKET,
  RIGHT_PAREN,
  STAR,
  T_CHAR,
  T_EOF,
  T_FLOAT,
  T_IDENT,
  T_INT,
  T_STRING,
  TILDE,
  type Token,
} from '../lex/token.ts';
import { Cursor } from './cursor.ts';
import { parseExpr, parseFloatExpr } from './expr.ts';
import { RPC, type Syntax } from './syntax.ts';

interface RegisterRef {
  readonly reg: number;
  readonly scale: number;
}

interface FuncRef {
  readonly name: string;
  readonly abi: number;
}

export interface OperandOptions {
  readonly syntax: Syntax;
  readonly symbols: ObjectBuilder;
  /** Prefix of names that begin with a dot. */
  readonly pkgPrefix: string;
  /** Whether `<ABIInternal>` may be said. */
  readonly allowsABI: boolean;
  readonly error: (message: string) => void;
}

export class OperandParser {
  readonly #c: Cursor;
  readonly #syntax: Syntax;
  readonly #symbols: ObjectBuilder;
  readonly #pkgPrefix: string;
  readonly #allowsABI: boolean;
  readonly #error: (message: string) => void;
  /** Whether a bare name is a label. */
  #inJump = false;

  constructor(options: OperandOptions) {
    this.#c = new Cursor(options.error);
    this.#syntax = options.syntax;
    this.#symbols = options.symbols;
    this.#pkgPrefix = options.pkgPrefix;
    this.#allowsABI = options.allowsABI;
    this.#error = options.error;
  }

  get cursor(): Cursor {
    return this.#c;
  }

  address(tokens: readonly Token[], inJump = false): Addr {
    this.#c.start(tokens);
    this.#inJump = inJump;
    const a = new Addr();
    if (tokens.length === 0) this.#error('empty operand: cannot happen');
    else this.#operand(a);
    return a;
  }

  #operand(a: Addr): void {
    const c = this.#c;
    let prefix = 0;
    if (c.peek() === DOLLAR || c.peek() === STAR) prefix = c.next().kind;
    const token = c.next();
    const isRegister = token.kind === T_IDENT && this.#syntax.registers.has(token.text);
    if (token.kind === T_IDENT && !isRegister) {
      this.#symbolReference(a, this.#qualify(token.text), prefix);
      if (c.peek() === T_EOF) return;
    }
    if (token.kind === LEFT_BRACKET) {
      if (prefix !== 0) this.#error('illegal use of register list');
      this.#registerList(a);
      c.expectEnd();
      return;
    }
    if (isRegister) {
      const register = this.#register(token.text, prefix);
      if (register !== null) {
        if (register.scale !== 0) this.#error('expected simple register reference');
        a.type = TYPE_REG;
        a.reg = register.reg;
      }
      c.expectEnd();
      return;
    }
    if (this.#beginsConstant(token)) {
      c.back();
      if (this.#constant(a, prefix)) {
        c.expectEnd();
        return;
      }
    }
    this.#registerIndirect(a, prefix);
    c.expectEnd();
  }

  /** Whether `token`, just read, begins a constant; an opened parenthesis of a register is put back. */
  #beginsConstant(token: Token): boolean {
    switch (token.kind) {
      case T_INT:
      case T_FLOAT:
      case T_STRING:
      case T_CHAR:
      case PLUS:
      case MINUS:
      case TILDE:
        return true;
      case LEFT_PAREN: {
        const inner = this.#c.next();
        if (inner.kind === T_EOF) {
          this.#error('missing right parenthesis');
          return false;
        }
        this.#c.back();
        if (!this.#syntax.registers.has(inner.text)) return true;
        this.#c.back();
        return false;
      }
      default:
        return false;
    }
  }

  /** Parses a constant; false if it is the offset of what follows. */
  #constant(a: Addr, prefix: number): boolean {
    const c = this.#c;
    if (c.has(T_FLOAT)) {
      if (prefix !== DOLLAR) this.#error('floating-point constant must be an immediate');
      a.type = TYPE_FCONST;
      a.float = parseFloatExpr(c);
      return true;
    }
    if (c.has(T_STRING)) {
      if (prefix !== DOLLAR) {
        this.#error('string constant must be an immediate');
        return true;
      }
      const bytes = unquote(c.get(T_STRING).text);
      if (bytes === null) this.#error('string parse error: invalid syntax');
      a.type = TYPE_SCONST;
      // One character a byte.
      a.text = String.fromCharCode(...(bytes ?? []));
      return true;
    }
    a.setOffset(parseExpr(c));
    if (c.peek() === LEFT_PAREN) return false;
    a.type = prefix === DOLLAR ? TYPE_CONST : prefix === STAR ? TYPE_INDIR : TYPE_MEM;
    return true;
  }

  #qualify(name: string): string {
    return name.startsWith('.') ? this.#pkgPrefix + name : name;
  }

  #symbolReference(a: Addr, name: string, prefix: number): void {
    const c = this.#c;
    a.type = prefix === DOLLAR ? TYPE_ADDR : prefix === STAR ? TYPE_INDIR : TYPE_MEM;
    const abi = this.#symbolABI(name, true);
    if (c.peek() === PLUS || c.peek() === MINUS) a.setOffset(parseExpr(c));
    a.sym = this.#symbols.lookup(name, abi);
    if (c.peek() === T_EOF) {
      // In a jump, a name alone is a label.
      if (prefix !== 0 || !this.#inJump) {
        this.#error(`illegal or missing addressing mode for symbol ${name}`);
      }
      return;
    }
    c.get(LEFT_PAREN);
    const reg = c.get(T_IDENT).text;
    c.get(RIGHT_PAREN);
    this.#pseudoRegister(a, reg, abi === ABIStatic, prefix);
  }

  #pseudoRegister(a: Addr, reg: string, isStatic: boolean, prefix: number): void {
    if (a.reg !== 0) this.#error(`internal error: reg ${reg} already set in pseudo`);
    switch (reg) {
      case 'FP':
        a.name = NAME_PARAM;
        break;
      case 'PC':
        if (prefix !== 0) this.#error('illegal addressing mode for PC');
        a.type = TYPE_BRANCH;
        break;
      case 'SB':
        a.name = isStatic ? NAME_STATIC : NAME_EXTERN;
        break;
      case 'SP':
        a.name = NAME_AUTO;
        break;
      default:
        this.#error(`expected pseudo-register; found ${reg}`);
    }
    if (prefix === DOLLAR) a.type = TYPE_ADDR;
  }

  /** `<>`, `<ABI0>`, `<ABIInternal>` or nothing after a name. */
  #symbolABI(name: string, complains: boolean): number {
    const c = this.#c;
    if (c.peek() !== LESS) return ABI0;
    c.next();
    let abi = ABI0;
    if (c.peek() === GREATER) abi = ABIStatic;
    else if (c.peek() === T_IDENT) {
      const selector = c.get(T_IDENT).text;
      if (!this.#allowsABI) {
        if (complains) {
          const shown = quoteString(name);
          this.#error(
            `ABI selector only permitted when compiling runtime, reference was to ${shown}`,
          );
        }
      } else if (selector === 'ABIInternal') abi = ABIInternal;
      else if (selector !== 'ABI0' && complains) {
        const shown = `${quoteString(selector)} in reference to ${quoteString(name)}`;
        this.#error(`malformed ABI selector ${shown}`);
      }
    }
    c.get(GREATER);
    return abi;
  }

  /** The function that an operand `[$|*]sym[<ABI>][+n](SB)` names, if it has that form. */
  funcReference(tokens: readonly Token[]): FuncRef | null {
    const c = this.#c;
    c.start(tokens);
    if (c.peek() === DOLLAR || c.peek() === STAR) c.next();
    const token = c.next();
    if (token.kind !== T_IDENT || this.#syntax.registers.has(token.text)) return null;
    const name = this.#qualify(token.text);
    const abi = this.#symbolABI(name, false);
    if (abi === ABIStatic) return null;
    let after = c.next();
    if (after.kind === PLUS) {
      if (c.next().kind !== T_INT) return null;
      after = c.next();
    }
    if (after.kind !== LEFT_PAREN) return null;
    const reg = c.next();
    if (reg.kind !== T_IDENT || reg.text !== 'SB') return null;
    if (c.next().kind !== RIGHT_PAREN || c.peek() !== T_EOF) return null;
    return { name, abi };
  }

  /** `reg` or `reg*scale`. */
  #register(name: string, prefix: number): RegisterRef | null {
    const c = this.#c;
    const reg = this.#syntax.registers.get(name);
    if (reg === undefined) {
      this.#error(`expected register; found ${name}`);
      return null;
    }
    if (prefix !== 0 && prefix !== STAR) {
      const sign = String.fromCharCode(prefix);
      this.#error(`prefix ${sign} not allowed for register: ${sign}${name}`);
    }
    const kind = c.peek();
    if (kind === COLON || kind === COMMA || kind === PLUS) {
      c.next();
      if (kind === COMMA) {
        this.#error('(register,register) not supported on this architecture');
        return null;
      }
      if (kind === PLUS) {
        this.#error('(register+register) not supported on this architecture');
        return null;
      }
      c.next();
      this.#error('indirect through register pair');
    }
    let scale = 0;
    if (c.peek() === STAR) {
      c.next();
      scale = this.#scale(c.next().text);
    }
    return { reg, scale };
  }

  #scale(text: string): number {
    if (/^[1248]$/.test(text)) return Number(text);
    this.#error(`bad scale: ${text}`);
    return 0;
  }

  /** `(reg)`, `(reg)(index*scale)`, `(index*scale)`, `(FP)` and the like. */
  #registerIndirect(a: Addr, prefix: number): void {
    const c = this.#c;
    c.get(LEFT_PAREN);
    const token = c.next();
    const register = this.#register(token.text, 0);
    if (register === null) this.#error(`indirect through non-register ${token.text}`);
    const { reg, scale } = register ?? { reg: 0, scale: 0 };
    c.get(RIGHT_PAREN);
    a.type = TYPE_MEM;
    if (reg < 0) {
      if (token.text !== 'PC' && a.name === NAME_NONE) {
        this.#error(`cannot reference ${token.text} without a symbol`);
      }
      this.#pseudoRegister(a, token.text, false, prefix);
      return;
    }
    a.reg = reg;
    if (prefix === DOLLAR) a.type = TYPE_ADDR;
    if (reg === RPC && prefix !== 0) this.#error('illegal addressing mode for PC');
    if (scale === 0 && c.peek() === LEFT_PAREN) {
      c.next();
      const indexToken = c.next();
      const index = this.#register(indexToken.text, 0);
      if (index === null) this.#error(`indirect through non-register ${indexToken.text}`);
      a.index = index?.reg ?? 0;
      a.scale = index?.scale ?? 0;
      c.get(RIGHT_PAREN);
    } else if (scale !== 0) {
      a.reg = 0;
      a.index = reg;
      a.scale = scale;
    }
  }

  /** `[Z0-Z3]`, after the bracket. */
  #registerList(a: Addr): void {
    const c = this.#c;
    const { registers } = this.#syntax;
    const lowName = c.next().text;
    const low = registers.get(lowName);
    if (low === undefined) {
      if (lowName === 'EOF') this.#error("register list: expected ']', found EOF");
      else this.#error(`register list: bad low register in \`[${lowName}\``);
      return;
    }
    const dash = c.next().kind;
    if (dash !== MINUS) {
      this.#error(`register list: expected '-' after \`[${lowName}\`, found ${kindName(dash)}`);
      return;
    }
    const highName = c.next().text;
    const high = registers.get(highName);
    if (high === undefined) {
      this.#error(`register list: bad high register in \`[${lowName}-${highName}\``);
      return;
    }
    const end = c.next().kind;
    if (end !== RIGHT_BRACKET) {
      const list = `\`[${lowName}-${highName}\``;
      this.#error(`register list: expected ']' after ${list}, found ${kindName(end)}`);
    }
    a.type = TYPE_REGLIST;
    a.reg = low;
    a.offset = this.#syntax.registerRange(low, high);
  }
}
