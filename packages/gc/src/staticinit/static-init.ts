/**
 * Package variables whose initial value is known become data; the rest stays code of `p.init`.
 *
 * The runtime depends on it: allocator, scheduler and signal tables are used long before any
 * initialiser runs (contract §10.3). An initialiser `v = e` is written into v's symbol as far as e is
 * static: constants, composite literals (backing arrays become temporaries), addresses of globals,
 * func values, conversions to interface of static values, copies of variables that are themselves
 * static, and inlined calls whose only effect is their result. Inside a literal, parts that must be
 * computed are left as assignments to that part, in order.
 *
 * Invariants: running the remaining statements in order on top of the data gives what running all
 * of them would; a variable is copied only while nothing that has run could have changed it.
 *
 * GOROOT: src/cmd/compile/internal/staticinit/sched.go (what is static). Spec "Package
 * initialization".
 */
import type { ObjSym } from '@go-ts/objfile';
import { R_USEIFACE } from '@go-ts/objfile/reloc';
import { Expr, ExprOp, Stmt, StmtOp } from '../ir/node.ts';
import { GlobalSym } from '../ir/sym.ts';
import type { TypeTable } from '../ir/type-table.ts';
import { isDirectIface, isEmptyInterface, isInterface, Kind, type Type } from '../ir/type.ts';
import { isZeroConst, type StaticData } from '../staticdata/static-data.ts';
import { hasEffects, mayModifyGlobals } from './effects.ts';
import { inlinedValue } from './inlined.ts';

const PtrSize = 8;

export interface StaticInitEnv {
  readonly pkgPath: string;
  readonly types: TypeTable;
  readonly data: StaticData;
  /** FIPS packages must not have addresses in data. Contract §11.9. */
  readonly forbidAddresses: boolean;
  typeSym(t: Type): ObjSym;
  itabSym(t: Type, iface: Type): ObjSym;
  globalSym(g: GlobalSym): ObjSym;
  /** Compiles a function literal without captures as an ordinary function. */
  hoistClosure(e: Expr): Expr;
}

/** Where a value goes: bytes of a symbol, and the same place as an expression for code. */
interface Place {
  readonly sym: ObjSym;
  readonly off: number;
  readonly type: Type;
  lvalue(): Expr;
}

export class StaticInit {
  readonly #env: StaticInitEnv;
  #out: Stmt[] = [];
  /** Initialisers by variable, for copying. */
  readonly #values = new Map<GlobalSym, Expr>();
  /** What a literal's address or backing array became, so that copies share it. */
  readonly #temps = new Map<Expr, ObjSym>();
  #seenMutation = false;

  constructor(env: StaticInitEnv) {
    this.#env = env;
  }

  /** Takes the assignments of the package initialiser in order; returns those that must run. */
  run(body: readonly Stmt[]): Stmt[] {
    this.#out = [];
    for (const s of body) {
      if (!this.#statement(s)) this.#out.push(s);
    }
    return this.#out;
  }

  #statement(s: Stmt): boolean {
    if (s.op !== StmtOp.Assign) {
      this.#seenMutation = true;
      return false;
    }
    for (const e of s.rhs) this.#seenMutation ||= mayModifyGlobals(e);
    const isBlank = s.lhs.every((e) => e === null);
    if (isBlank && !s.rhs.some(hasEffects)) return true;
    const [lhs] = s.lhs;
    const [rhs] = s.rhs;
    if (s.lhs.length !== 1 || rhs === undefined || lhs?.op !== ExprOp.Global) return false;
    const global = lhs.global!;
    this.#values.set(global, rhs);
    return this.#assign(globalPlace(this.#env, lhs), rhs);
  }

  /** Writes `e` to `place` or says no, having written nothing. */
  #assign(place: Place, e: Expr): boolean {
    const { data, forbidAddresses } = this.#env;
    switch (e.op) {
      case ExprOp.Zero:
        return true;
      case ExprOp.Const:
        if (isZeroConst(e.value!)) return true;
        if (forbidAddresses && e.type.kind === Kind.String) return false;
        data.putConst(place.sym, place.off, e.type, e.value!);
        return true;
      case ExprOp.StructLit:
      case ExprOp.ArrayLit:
        this.#elements(place, e);
        return true;
      default:
        return !forbidAddresses && this.#assignAddress(place, e);
    }
  }

  /** Values that contain addresses. */
  #assignAddress(place: Place, e: Expr): boolean {
    const { data } = this.#env;
    switch (e.op) {
      case ExprOp.FuncRef:
        data.putAddr(place.sym, place.off, data.funcValue(e.func!));
        return true;
      case ExprOp.Closure:
        if (e.closure!.captures.length > 0) return false;
        return this.#assign(place, this.#env.hoistClosure(e));
      case ExprOp.Global:
        return this.#copy(place, e.global!);
      case ExprOp.Addr:
        return this.#address(place, e);
      case ExprOp.SliceLit:
        this.#sliceLit(place, e);
        return true;
      case ExprOp.Convert:
        return this.#convert(place, e);
      case ExprOp.InlinedCall: {
        const value = inlinedValue(e);
        return value !== null && this.#assign(place, value);
      }
      default:
        return false;
    }
  }

  /** A part of a literal; what isn't static becomes an assignment to that part. */
  #part(place: Place, e: Expr): void {
    if (this.#assign(place, e)) return;
    const s = new Stmt(StmtOp.Assign, e.pos);
    s.lhs = [place.lvalue()];
    s.rhs = [e];
    this.#out.push(s);
  }

  #elements(place: Place, e: Expr): void {
    e.list.forEach((part, i) => {
      const index = e.indices[i]!;
      this.#part(
        e.op === ExprOp.StructLit ? fieldPlace(place, index) : elemPlace(this.#env, place, index),
        part!,
      );
    });
  }

  #sliceLit(place: Place, e: Expr): void {
    const { data } = this.#env;
    const array = this.#temp(this.#env.types.array(e.type.elem!, e.index, true));
    this.#temps.set(e, array.sym);
    data.putSlice(place.sym, place.off, array.sym, e.index);
    e.list.forEach((part, i) => this.#part(elemPlace(this.#env, array, e.indices[i]!), part!));
  }

  #temp(t: Type): Place {
    const sym = this.#env.data.temp(t, this.#env.typeSym(t));
    const global = new GlobalSym(sym.name, this.#env.pkgPath, t, false);
    return {
      sym,
      off: 0,
      type: t,
      lvalue: () => {
        const e = new Expr(ExprOp.Global, 0, t);
        e.global = global;
        return e;
      },
    };
  }

  /** &x: of a global or part of one, or of a literal, which becomes a temporary. */
  #address(place: Place, e: Expr): boolean {
    const { data } = this.#env;
    const location = this.#location(e.x!);
    if (location !== null) {
      data.putAddr(place.sym, place.off, location.sym, location.off);
      return true;
    }
    switch (e.x!.op) {
      case ExprOp.StructLit:
      case ExprOp.ArrayLit:
      case ExprOp.SliceLit:
      case ExprOp.MapLit: {
        const temp = this.#temp(e.x!.type);
        this.#temps.set(e, temp.sym);
        data.putAddr(place.sym, place.off, temp.sym);
        this.#part(temp, e.x!);
        return true;
      }
      default:
        return false;
    }
  }

  /** A place in a global that is known without computation. */
  #location(e: Expr): { sym: ObjSym; off: number } | null {
    switch (e.op) {
      case ExprOp.Global:
        return { sym: this.#env.globalSym(e.global!), off: 0 };
      case ExprOp.Field: {
        const base = this.#location(e.x!);
        if (base === null) return null;
        return { sym: base.sym, off: base.off + e.x!.type.fields[e.index]!.offset };
      }
      case ExprOp.Index: {
        const { x, y } = e;
        if (x!.type.kind !== Kind.Array || y!.op !== ExprOp.Const) return null;
        const base = this.#location(x!);
        const index = Number(y!.value);
        if (base === null || index < 0 || index >= x!.type.len) return null;
        return { sym: base.sym, off: base.off + index * e.type.size };
      }
      default:
        return null;
    }
  }

  #convert(place: Place, e: Expr): boolean {
    const from = e.x!;
    if (isInterface(e.type)) return this.#convertToInterface(place, e);
    const isBytes = e.type.kind === Kind.Slice && e.type.elem!.kind === Kind.Uint8;
    if (isBytes && from.op === ExprOp.Const && typeof from.value === 'string') {
      if (from.value === '') return false;
      const { data } = this.#env;
      data.putSlice(place.sym, place.off, data.byteArray(from.value), from.value.length);
      return true;
    }
    // Same representation: only the type changes.
    return sameRepresentation(from.type, e.type) && this.#assign(place, from);
  }

  #convertToInterface(place: Place, e: Expr): boolean {
    const env = this.#env;
    const { data } = env;
    let value = e.x!;
    while (value.op === ExprOp.Convert && isInterface(value.type)) value = value.x!;
    if (isInterface(value.type)) return value.op === ExprOp.Zero;
    const t = value.type;
    if (isDirectIface(t)) {
      if (!this.#dataWord(place, value)) return false;
    } else {
      const temp = this.#temp(t);
      this.#part(temp, value);
      data.putAddr(place.sym, place.off + PtrSize, temp.sym);
    }
    place.sym.addReloc(0, 0, R_USEIFACE, 0, env.typeSym(t));
    const word = isEmptyInterface(e.type) ? env.typeSym(t) : env.itabSym(t, e.type);
    data.putAddr(place.sym, place.off, word);
    return true;
  }

  /**
   * A value that is the data word itself: a pointer, perhaps in structs and arrays of one element.
   * There is no assigning to part of an interface, so all of it is static or none.
   */
  #dataWord(place: Place, value: Expr): boolean {
    let e = value;
    while (e.op === ExprOp.StructLit || e.op === ExprOp.ArrayLit) {
      if (e.list.length !== 1) return e.list.length === 0;
      e = e.list[0]!;
    }
    return this.#assign({ ...place, off: place.off + PtrSize, type: e.type }, e);
  }

  /** `v = w`: what w was initialised with, if nothing can have changed it since. */
  #copy(place: Place, from: GlobalSym): boolean {
    if (this.#seenMutation || from.type.kind === Kind.String) return false;
    const value = this.#values.get(from);
    return value !== undefined && this.#copyValue(place, value);
  }

  /** Like `#assign` for a value that has been assigned before: temporaries are shared. */
  #copyValue(place: Place, e: Expr): boolean {
    const { data } = this.#env;
    switch (e.op) {
      case ExprOp.Zero:
      case ExprOp.Const:
      case ExprOp.FuncRef:
      case ExprOp.Global:
        return this.#assign(place, e);
      case ExprOp.Addr: {
        const temp = this.#temps.get(e);
        if (temp === undefined) return this.#location(e.x!) !== null && this.#assign(place, e);
        data.putAddr(place.sym, place.off, temp);
        return true;
      }
      case ExprOp.SliceLit: {
        const temp = this.#temps.get(e);
        if (temp === undefined) return false;
        data.putSlice(place.sym, place.off, temp, e.index);
        return true;
      }
      case ExprOp.StructLit:
      case ExprOp.ArrayLit: {
        const places = e.list.map((_, i) =>
          e.op === ExprOp.StructLit
            ? fieldPlace(place, e.indices[i]!)
            : elemPlace(this.#env, place, e.indices[i]!),
        );
        if (!e.list.every((part) => this.#isCopyable(part!))) return false;
        return e.list.every((part, i) => this.#copyValue(places[i]!, part!));
      }
      default:
        return false;
    }
  }

  #isCopyable(e: Expr): boolean {
    switch (e.op) {
      case ExprOp.Zero:
      case ExprOp.Const:
      case ExprOp.FuncRef:
        return true;
      case ExprOp.Addr:
        return this.#temps.has(e) || this.#location(e.x!) !== null;
      case ExprOp.SliceLit:
        return this.#temps.has(e);
      case ExprOp.StructLit:
      case ExprOp.ArrayLit:
        return e.list.every((part) => this.#isCopyable(part!));
      default:
        return false;
    }
  }
}

function globalPlace(env: StaticInitEnv, e: Expr): Place {
  return { sym: env.globalSym(e.global!), off: 0, type: e.type, lvalue: () => e };
}

function fieldPlace(place: Place, index: number): Place {
  const field = place.type.fields[index]!;
  return {
    sym: place.sym,
    off: place.off + field.offset,
    type: field.type,
    lvalue: () => {
      const e = new Expr(ExprOp.Field, 0, field.type);
      e.x = place.lvalue();
      e.index = index;
      return e;
    },
  };
}

function elemPlace(env: StaticInitEnv, place: Place, index: number): Place {
  const elem = place.type.elem!;
  return {
    sym: place.sym,
    off: place.off + index * elem.size,
    type: elem,
    lvalue: () => {
      const e = new Expr(ExprOp.Index, 0, elem);
      e.x = place.lvalue();
      e.y = new Expr(ExprOp.Const, 0, env.types.int);
      e.y.value = BigInt(index);
      e.bounded = true;
      return e;
    },
  };
}

/** Converting between the types changes no bit. */
function sameRepresentation(from: Type, to: Type): boolean {
  if (from.underlying === to.underlying) return true;
  return (isPointer(from) && isPointer(to)) || (from.kind === Kind.Chan && to.kind === Kind.Chan);
}

function isPointer(t: Type): boolean {
  return t.kind === Kind.Pointer || t.kind === Kind.UnsafePointer;
}
