/** The tokens of one operand, and where the parser is in them. */
import { endOfInput, kindName, T_EOF, type Token } from '../lex/token.ts';

export class Cursor {
  #tokens: readonly Token[] = [];
  #at = 0;
  readonly error: (message: string) => void;

  constructor(error: (message: string) => void) {
    this.error = error;
  }

  start(tokens: readonly Token[]): void {
    this.#tokens = tokens;
    this.#at = 0;
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) return endOfInput;
    this.#at++;
    return token;
  }

  /** Kind of the next token. */
  peek(): number {
    return this.#tokens[this.#at]?.kind ?? T_EOF;
  }

  back(): void {
    if (this.#at === 0) this.error('internal error: backing up before BOL');
    else this.#at--;
  }

  /** The next token, which must be of that kind. */
  get(kind: number): Token {
    this.#expect(kind, kindName(kind));
    return this.next();
  }

  expectEnd(): void {
    this.#expect(T_EOF, 'end of operand');
  }

  /** Whether a token of that kind is still to come. */
  has(kind: number): boolean {
    for (let i = this.#at; i < this.#tokens.length; i++) {
      if (this.#tokens[i]!.kind === kind) return true;
    }
    return false;
  }

  #expect(kind: number, what: string): void {
    if (this.peek() !== kind) this.error(`expected ${what}, found ${this.next().text}`);
  }
}
