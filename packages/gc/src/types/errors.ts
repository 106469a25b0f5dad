/**
 * Reporting of errors.
 *
 * An error has one or more descriptions; the first one's position is that of the error, the others
 * become indented lines of its message, with their positions. What mentions an invalid operand or
 * type, other than at its beginning, follows from an error that has been reported, and is dropped.
 *
 * GOROOT: src/cmd/compile/internal/types2/errors.go.
 */
import type { Node } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { startPos } from '../syntax/positions.ts';
import type { Checker } from './check.ts';
import type { Obj } from './object.ts';
import { Operand } from './operand.ts';
import { Version, versionString } from './version.ts';

/** Where an error is: a position as it is, or the start of a node or of an operand's expression. */
export type At = Pos | Node | Operand;

export const invalidArg = 'invalid argument: ';
export const invalidOp = 'invalid operation: ';

export function atPos(at: At): Pos {
  if (typeof at === 'number') return at;
  if (at instanceof Operand) return at.expr === null ? 0 : startPos(at.expr);
  return startPos(at);
}

interface Description {
  /** '' if the position is unknown. */
  readonly place: string;
  readonly pos: Pos;
  readonly msg: string;
}

export class ErrorBuilder {
  readonly check: Checker;
  readonly code: string;
  #list: Description[] = [];

  constructor(check: Checker, code: string) {
    this.check = check;
    this.code = code;
  }

  add(at: At, msg: string): this {
    const pos = atPos(at);
    const place = pos === 0 || this.#list.length === 0 ? '' : this.check.positions.format(pos);
    this.#list.push({ place, pos, msg });
    return this;
  }

  /** Adds where `obj` is declared, if it is somewhere. */
  addAltDecl(obj: Obj): this {
    if (obj.pos === 0) return this;
    const positions = obj.pkg === null ? null : obj.pkg.positions;
    if (positions === null) return this;
    const place = positions.format(obj.pos);
    this.#list.push({ place, pos: 0, msg: `other declaration of ${obj.name}` });
    return this;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get pos(): Pos {
    return this.#list[0]?.pos ?? 0;
  }

  /** All descriptions as one message. */
  get message(): string {
    return this.#list
      .map((d, i) => {
        if (i === 0) return d.msg;
        return d.place === '' ? `\n\t${d.msg}` : `\n\t${d.place}: ${d.msg}`;
      })
      .join('');
  }

  report(): void {
    const { check } = this;
    const first = this.#list[0];
    if (first === undefined) return;
    if (check.errors.length > 0 && isFollowOn(first.msg)) return;
    // An inherited constant expression is evaluated for a name elsewhere: that is where it fails.
    const pos = check.errpos === 0 ? first.pos : check.errpos;
    const msg =
      this.code === 'InvalidSyntaxTree' ? `invalid syntax tree: ${this.message}` : this.message;
    check.errors.push({ code: this.code, pos, msg: msg + versionHint(check, pos, msg) });
    this.#list = [];
  }
}

/** Where the version comes from that a file would have to raise, if the checker is to tell. */
function versionHint(check: Checker, pos: Pos, msg: string): string {
  if (check.config.versionHints !== true || !requiresVersion.test(msg)) return '';
  const index = check.positions.file(pos)?.index;
  const file = check.files.find((f) => check.fileIndex(f) === index);
  if (file === undefined) return '';
  const version = check.info.fileVersions[index ?? 0] ?? Version.none;
  if (file.goVersion !== '' && file.goVersion === versionString(version)) {
    return ` (file declares //go:build ${file.goVersion})`;
  }
  return ` (-lang was set to ${check.config.goVersion}; check go.mod)`;
}

const requiresVersion = /requires go[0-9]+\.[0-9]+ or later/;

function isFollowOn(msg: string): boolean {
  return msg.indexOf('invalid operand') > 0 || msg.indexOf('invalid type') > 0;
}
