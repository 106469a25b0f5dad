/**
 * Encoding of function bodies: frames, variables, captures, positions.
 *
 * A FuncWriter is the frame of one function or literal while its statements are encoded; literals
 * nest. What a header needs (locals with their flags, captures) is known only at the end, so each
 * frame encodes into a buffer of its own that is put behind its header when it is finished.
 *
 * A variable of an enclosing function becomes a capture in every frame between; the flags of the
 * original (address taken, assigned again, captured) collect what all frames do with it.
 *
 * Expressions are in write-expr.ts (with write-operator.ts, write-literal.ts, write-call.ts and
 * write-builtin.ts), statements in write-stmt.ts (with write-assign.ts, write-godefer.ts and, for loops
 * over functions, write-rangefunc.ts). The grammar is in body-format.ts.
 */
import { InternalError } from '@go-ts/base';
import { ByteWriter } from '@go-ts/objfile/bytes';
import { type ExprOp, LocalClass } from '../ir/node.ts';
import { type File, type FuncDecl, type Node, NodeKind } from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { endPos } from '../syntax/positions.ts';
import { type Info, type Initializer } from '../types/info.ts';
import { VarKind, type VarObj } from '../types/object.ts';
import { type SignatureType, type Type, type TypeParamType } from '../types/type.ts';
import { Version } from '../types/version.ts';
import { BodyFlag, LocalFlag, S, X } from './body-format.ts';
import { writeList } from './unit.ts';
import { multiValueAssign } from './write-assign.ts';
import { exprTo } from './write-expr.ts';
import { type RangeLoop } from './write-rangefunc.ts';
import { type BranchTargets, stmtList } from './write-stmt.ts';
import { type PackageWriter } from './writer.ts';

/** A variable of a frame. */
export class VarInfo {
  readonly name: string;
  /** Type reference. */
  readonly type: number;
  readonly pos: Pos;
  readonly cls: number;
  readonly index: number;
  /** Captures: the variable of the enclosing frame. */
  readonly outer: VarInfo | null;
  flags = 0;

  constructor(init: Omit<VarInfo, 'flags' | 'mark'>) {
    this.name = init.name;
    this.type = init.type;
    this.pos = init.pos;
    this.cls = init.cls;
    this.index = init.index;
    this.outer = init.outer;
  }

  /** Sets a flag here and on all that this is a capture of. */
  mark(flag: number): void {
    this.flags |= flag;
    for (let v = this.outer; v !== null; v = v.outer) v.flags |= flag;
  }
}

/** What the frames of one body share: positions, and how to get at everything else. */
export class BodyWriter {
  readonly pkg: PackageWriter;
  readonly info: Info;
  /** Type parameters in scope, in order. */
  readonly params: readonly TypeParamType[];
  /** Loop variables are per iteration (file's language version is 1.22 or later). */
  readonly perIteration: boolean;
  readonly #positions = new Map<Pos, number>();
  readonly #posList: Pos[] = [];
  readonly #spare: ByteWriter[] = [];

  constructor(pkg: PackageWriter, file: File, params: readonly TypeParamType[]) {
    this.pkg = pkg;
    this.info = pkg.input.checked.info;
    this.params = params;
    this.perIteration = this.#versionOf(file) >= Version.go1_22;
  }

  #versionOf(file: File): number {
    const index = this.pkg.input.positions.file(file.pos)?.index ?? -1;
    const version = this.info.fileVersions[index] ?? -1;
    return version < 0 ? Version.current : version;
  }

  /** A declared function or method. */
  func(d: FuncDecl, sig: SignatureType): Uint8Array {
    this.#reserveFirst(d.pos);
    const f = new FuncWriter(this, null, '');
    f.setSignature(sig);
    f.body(() => stmtList(f, d.body!.list));
    return this.#finish(f, d.pos, endPos(d));
  }

  /** The initialisation of package variables. */
  pkgInit(inits: readonly Initializer[]): Uint8Array {
    this.#reserveFirst(inits[0]!.rhs.pos);
    const f = new FuncWriter(this, null, '');
    f.typeRef = this.pkg.types.func();
    f.body(() => {
      for (const init of inits) f.initializer(init);
    });
    return this.#finish(f, inits[0]!.rhs.pos, inits.at(-1)!.rhs.pos);
  }

  #finish(f: FuncWriter, pos: Pos, end: Pos): Uint8Array {
    const body = new ByteWriter();
    f.writeTo(body, pos, end);
    const w = new ByteWriter();
    this.#writePositions(w);
    w.bytes(body.view());
    return w.take();
  }

  /** Position 0 means "none in particular" to the back end: it must not be that of a statement. */
  #reserveFirst(pos: Pos): void {
    this.posIndex(pos);
  }

  posIndex(pos: Pos): number {
    let i = this.#positions.get(pos);
    if (i === undefined) {
      i = this.#posList.length;
      this.#posList.push(pos);
      this.#positions.set(pos, i);
    }
    return i;
  }

  #writePositions(w: ByteWriter): void {
    const { positions, recordedName } = this.pkg.input;
    let file = '';
    let line = 0;
    writeList(w, this.#posList, (pos) => {
      const p = positions.position(pos);
      const other = p.file !== file;
      w.varint((p.line - line) * 2 + (other ? 1 : 0));
      if (other) w.uvarint(this.pkg.unit.string(recordedName(p.file)));
      w.uvarint(p.col);
      ({ file, line } = p);
    });
  }

  takeBuffer(): ByteWriter {
    return this.#spare.pop() ?? new ByteWriter(256);
  }

  giveBuffer(w: ByteWriter): void {
    w.clear();
    this.#spare.push(w);
  }
}

export class FuncWriter {
  readonly cx: BodyWriter;
  readonly pkg: PackageWriter;
  readonly info: Info;
  readonly outer: FuncWriter | null;
  /** What is added to the enclosing function's name: `.func1`, `-range1`. */
  readonly suffix: string;
  w: ByteWriter;
  /** Statements written to the list that is being written. */
  count = 0;
  readonly locals: VarInfo[] = [];
  readonly #vars = new Map<VarObj, VarInfo>();
  readonly #captures = new Map<VarInfo, VarInfo>();
  readonly results: VarInfo[] = [];
  /** Types of the results, as the source has them. */
  resultTypes: readonly Type[] = [];
  typeRef = 0;
  flags = 0;
  /** For functions that are the body of a loop. */
  rangeLoop: RangeLoop | null = null;
  /** Statements that branches may refer to, innermost last. */
  readonly targets: BranchTargets = [];
  readonly isLiteral: boolean;
  #funcLits = 0;
  #rangeLits = 0;
  #goDefers = 0;
  #finished = false;

  constructor(cx: BodyWriter, outer: FuncWriter | null, suffix: string, isLiteral = false) {
    this.cx = cx;
    this.pkg = cx.pkg;
    this.info = cx.info;
    this.outer = outer;
    this.suffix = suffix;
    this.isLiteral = isLiteral;
    this.w = new ByteWriter(256);
  }

  /** `.func1` in a declared function or loop body, `.1` in a literal. */
  literalSuffix(): string {
    return `${this.isLiteral ? '.' : '.func'}${++this.#funcLits}`;
  }

  rangeSuffix(): string {
    return `-range${++this.#rangeLits}`;
  }

  wrapSuffix(what: 'go' | 'defer'): string {
    return `.${what}wrap${++this.#goDefers}`;
  }

  // ---- variables

  setSignature(sig: SignatureType): void {
    this.typeRef = this.pkg.types.ref(sig);
    if (sig.recv !== null) this.declare(sig.recv, LocalClass.Param);
    for (const v of sig.params.vars) this.declare(v, LocalClass.Param);
    this.resultTypes = sig.results.vars.map((v) => v.type!);
    sig.results.vars.forEach((v, i) => {
      const info =
        v.name === '' || v.name === '_'
          ? this.newLocal(`~r${i}`, this.pkg.types.ref(v.type!), v.pos, LocalClass.Result)
          : this.declare(v, LocalClass.Result);
      this.results.push(info);
    });
  }

  declare(v: VarObj, cls: number = LocalClass.Auto): VarInfo {
    const info = this.newLocal(v.name, this.pkg.types.ref(v.type!), v.pos, cls);
    this.#vars.set(v, info);
    return info;
  }

  newLocal(name: string, type: number, pos: Pos, cls: number = LocalClass.Auto): VarInfo {
    const index = this.locals.length;
    const info = new VarInfo({ name, type, pos, cls, index, outer: null });
    this.locals.push(info);
    return info;
  }

  /** A variable that the source does not have. */
  temp(type: number, pos: Pos, name = '~t'): VarInfo {
    return this.newLocal(`${name}${this.locals.length}`, type, pos);
  }

  /** The variable of this frame that stands for `v`, captured if need be. */
  variable(v: VarObj): VarInfo {
    const own = this.#vars.get(v);
    if (own !== undefined) return own;
    if (this.outer === null) throw new InternalError(`variable ${v.name} is not in scope`);
    return this.capture(this.outer.variable(v));
  }

  has(v: VarInfo): boolean {
    return this.locals[v.index] === v;
  }

  /** The variable of this frame for one of an enclosing frame (at any distance). */
  reach(v: VarInfo): VarInfo {
    if (this.has(v)) return v;
    if (this.outer === null) throw new InternalError(`variable ${v.name} is out of reach`);
    return this.capture(this.outer.reach(v));
  }

  capture(outer: VarInfo): VarInfo {
    const old = this.#captures.get(outer);
    if (old !== undefined) return old;
    outer.mark(LocalFlag.Captured);
    const { name, type, pos } = outer;
    const index = this.locals.length;
    const info = new VarInfo({ name, type, pos, cls: LocalClass.Capture, index, outer });
    this.locals.push(info);
    this.#captures.set(outer, info);
    return info;
  }

  // ---- output

  /** Runs `emit` for the statements of the function. */
  body(emit: () => void): void {
    this.list(emit);
  }

  /** Writes a list of statements: their number is known when they are written. */
  list(emit: () => void): void {
    const { w, count } = this;
    const inner = this.cx.takeBuffer();
    this.w = inner;
    this.count = 0;
    emit();
    w.uvarint(this.count);
    w.bytes(inner.view());
    this.w = w;
    this.count = count;
    this.cx.giveBuffer(inner);
  }

  stmt(op: number, pos: Pos): ByteWriter {
    this.count++;
    this.w.u8(op);
    this.w.uvarint(this.cx.posIndex(pos));
    return this.w;
  }

  op(op: number, pos: Pos): ByteWriter {
    this.w.u8(op);
    this.w.uvarint(this.cx.posIndex(pos));
    return this.w;
  }

  string(text: string): void {
    this.w.uvarint(this.pkg.unit.string(text));
  }

  type(t: Type): void {
    this.w.uvarint(this.pkg.types.ref(t));
  }

  none(): void {
    this.w.u8(X.None);
  }

  local(v: VarInfo, pos: Pos): void {
    this.op(X.Local, pos).uvarint(v.index);
  }

  /** `v = value`; `define` declares v. */
  assignLocal(v: VarInfo, pos: Pos, define: boolean, value: () => void): void {
    if (!define) v.mark(LocalFlag.Reassigned);
    const w = this.stmt(S.Assign, pos);
    w.u8(define ? 1 : 0);
    w.uvarint(1);
    this.local(v, pos);
    w.uvarint(1);
    value();
  }

  intConst(type: number, value: number, pos: Pos): void {
    const w = this.op(X.Const, pos);
    w.uvarint(type);
    w.u8(2);
    w.varint(value);
  }

  boolConst(type: number, value: boolean, pos: Pos): void {
    const w = this.op(X.Const, pos);
    w.uvarint(type);
    w.u8(value ? 1 : 0);
  }

  compare(op: ExprOp, bool: number, pos: Pos): void {
    const w = this.op(X.Compare, pos);
    w.u8(op);
    w.uvarint(bool);
  }

  /** One package-level initialisation. */
  initializer(init: Initializer): void {
    const [v] = init.lhs;
    if (init.lhs.length > 1) {
      multiValueAssign(this, init.lhs, init.rhs);
      return;
    }
    const w = this.stmt(S.Assign, v!.pos);
    w.u8(0);
    w.uvarint(1);
    this.globalOrNone(v!, v!.pos);
    w.uvarint(1);
    exprTo(this, init.rhs, v!.type!);
  }

  globalOrNone(v: VarObj, pos: Pos): void {
    if (v.name === '_') this.none();
    else this.op(X.Global, pos).uvarint(this.pkg.objRef(v));
  }

  isGlobal(v: VarObj): boolean {
    return v.varKind === VarKind.Package;
  }

  /** Header and statements, as the grammar's `function`. */
  writeTo(out: ByteWriter, pos: Pos, end: Pos): void {
    if (this.#finished) throw new InternalError('function written twice');
    this.#finished = true;
    out.uvarint(this.flags);
    out.uvarint(this.cx.posIndex(pos));
    out.uvarint(this.cx.posIndex(end));
    out.uvarint(this.pkg.unit.string(this.suffix));
    out.uvarint(this.typeRef);
    writeList(out, this.locals, (v) => {
      out.uvarint(this.pkg.unit.string(v.name));
      out.uvarint(v.type);
      out.uvarint(this.cx.posIndex(v.pos));
      out.uvarint(v.cls);
      out.uvarint(v.flags);
      if (v.outer !== null) out.uvarint(v.outer.index);
    });
    out.bytes(this.w.view());
  }

  /** The recorded type of an expression; of a name that is assigned to, that of its variable. */
  typeOf(x: Node): Type {
    const t = this.info.types[x.id] ?? null;
    if (t !== null) return t;
    if (x.kind === NodeKind.ParenExpr) return this.typeOf(x.x);
    const obj = this.info.uses[x.id] ?? this.info.defs[x.id] ?? null;
    if (obj === null || obj.type === null) {
      const at = this.pkg.input.positions.format(x.pos);
      throw new InternalError(`expression without type (kind ${x.kind}) at ${at}`);
    }
    return obj.type;
  }

  setFlag(flag: number): void {
    this.flags |= flag;
  }

  /** The outermost function around loop bodies: where `return` of the source returns from. */
  home(): FuncWriter {
    return this.rangeLoop === null ? this : this.outer!.home();
  }

  markRecover(): void {
    this.flags |= BodyFlag.HasRecover;
  }
}
