/**
 * Maps: look-up, assignment, deletion, making, literals.
 *
 * Keys of four or eight bytes of plain memory and strings have fast entries that take the key by
 * value; others take its address. A look-up returns a pointer to the element, to a shared zero value
 * if there is none; an assignment returns where to store it. Maps that do not escape and have a small
 * constant hint live on the stack, with one group.
 *
 * Contract §7.4.  GOROOT: src/cmd/compile/internal/walk/{walk,builtin,complit}.go (facts).
 */
import { MapLayout } from '@go-ts/runtime/layout/objects';
import { MapConst } from '@go-ts/runtime/layout/types';
import { Esc, type Expr, ExprOp } from '../../ir/node.ts';
import { Kind, type Type } from '../../ir/type.ts';
import { isRegularMemory } from '../../reflectdata/signature.ts';
import { LikelyFirst } from '../block.ts';
import { OpAdd, OpConst, OpLe, OpLt, OpNe } from '../op.ts';
import { RepBool, RepI32, RepI64, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { elementAddr } from './addr.ts';
import { toInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { type Operand, scalar } from './operand.ts';
import { constantImage, ImageWriter, scopeOf } from './static.ts';
import { transient } from './strings.ts';

type Fast = 'slow' | 'fast32' | 'fast64' | 'faststr';

function fastKind(t: Type): Fast {
  const key = t.key!;
  if (t.elem!.size > MapConst.MapMaxElemBytes) return 'slow';
  if (isStringLike(key)) return 'faststr';
  if (!isRegularMemory(key)) return 'slow';
  if (key.size === 4) return 'fast32';
  // Two words, or pointers mixed with others, go the slow way.
  if (key.size === 8) return 'fast64';
  return 'slow';
}

/** A string, or a struct or array of nothing else. */
function isStringLike(t: Type): boolean {
  if (t.kind === Kind.String) return true;
  if (t.kind === Kind.Struct) {
    return t.fields.length === 1 && t.fields[0]!.name !== '_' && isStringLike(t.fields[0]!.type);
  }
  return t.kind === Kind.Array && t.len === 1 && isStringLike(t.elem!);
}

/** A key, evaluated: what the runtime gets. */
export interface MapKey {
  readonly map: Type;
  readonly fast: Fast;
  readonly args: readonly Value[];
}

/** Evaluates a key expression. `reading`: the key does not stay in the map. */
export function mapKey(b: Builder, map: Type, e: Expr, reading: boolean): MapKey {
  const fast = fastKind(map);
  if (fast === 'slow') {
    const image = constantImage(b, e);
    if (image !== null && image.bytes.length > 0) {
      return { map, fast, args: [b.symAddr(b.env.staticTemp(image))] };
    }
    return keyOf(b, map, b.expr(e));
  }
  const x = reading && fast === 'faststr' ? transient(b, e) : b.expr(e);
  return keyOf(b, map, x);
}

export function keyOf(b: Builder, map: Type, x: Operand): MapKey {
  const fast = fastKind(map);
  if (fast === 'slow') return { map, fast, args: [b.exposedAddr(b.spill(x))] };
  if (fast === 'faststr') return { map, fast, args: x.leaves };
  const rep = fast === 'fast32' ? RepI32 : RepI64;
  if (x.leaves.length === 1 && (x.scalar.rep === rep || x.scalar.rep === RepPtr)) {
    return { map, fast, args: x.leaves };
  }
  // Several small fields, or an array: the key as one word, through memory.
  const p = x.addr ?? b.slotAddr(b.spill(x));
  return { map, fast, args: [b.load(rep, p)] };
}

function entryName(base: string, fast: Fast): string {
  return fast === 'slow' ? base : `${base}_${fast}`;
}

/** The element's address in m, or of a zero value. */
export function mapAccess(b: Builder, m: Value, key: MapKey): Value {
  const t = key.map;
  if (isFat(t)) {
    const zero = b.symAddr(b.env.zeroSym(t.elem!.size));
    return b.runtime('mapaccess1_fat', [b.typePtr(t), m, ...key.args, zero])[0]!;
  }
  return b.runtime(entryName('mapaccess1', key.fast), [b.typePtr(t), m, ...key.args])[0]!;
}

export function mapAccessOk(b: Builder, m: Value, key: MapKey): [p: Value, ok: Value] {
  const t = key.map;
  if (isFat(t)) {
    const zero = b.symAddr(b.env.zeroSym(t.elem!.size));
    return b.runtime('mapaccess2_fat', [b.typePtr(t), m, ...key.args, zero]) as [Value, Value];
  }
  const entry = entryName('mapaccess2', key.fast);
  return b.runtime(entry, [b.typePtr(t), m, ...key.args]) as [Value, Value];
}

/** Larger elements than runtime.zeroVal bring a zero value of their own. */
function isFat(t: Type): boolean {
  return t.elem!.size > 1024;
}

/** Where to store the element of `key`. */
export function mapAssign(b: Builder, m: Value, key: MapKey): Value {
  const t = key.map;
  const pointerKey = key.fast === 'fast64' && t.key!.ptrBytes > 0;
  const entry = entryName('mapassign', key.fast) + (pointerKey ? 'ptr' : '');
  return b.runtime(entry, [b.typePtr(t), m, ...key.args])[0]!;
}

export function mapDelete(b: Builder, m: Value, key: MapKey): void {
  b.runtime(entryName('mapdelete', key.fast), [b.typePtr(key.map), m, ...key.args]);
}

/** m[k] as a value. */
export function mapIndex(b: Builder, e: Expr): Operand {
  b.order(e.x!);
  b.order(e.y!);
  const m = b.value(e.x!);
  const key = mapKey(b, e.x!.type, e.y!, true);
  const p = mapAccess(b, m, key);
  // The map may change before a large element is used.
  return b.copyToTemp(b.loadOperand(e.type, p));
}

export function mapIndexOk(b: Builder, e: Expr): [value: Operand, ok: Operand] {
  b.order(e.x!);
  b.order(e.y!);
  const m = b.value(e.x!);
  const t = e.x!.type;
  const [p, ok] = mapAccessOk(b, m, mapKey(b, t, e.y!, true));
  return [b.copyToTemp(b.loadOperand(t.elem!, p)), scalar(b.types.bool, ok)];
}

export function mapLen(b: Builder, m: Value): Value {
  return b.choose(
    b.v2(OpNe, RepBool, m, b.nil()),
    RepI64,
    () => b.load(RepI64, b.offset(m, MapLayout.at.used)),
    () => b.int(0),
    LikelyFirst,
  );
}

export function mapClear(b: Builder, t: Type, m: Value): void {
  b.runtime('mapclear', [b.typePtr(t), m]);
}

/** make(map[K]V, hint); `hint` null for none. */
export function makeMap(b: Builder, t: Type, hint: Operand | null, esc: Esc): Value {
  const n = hint === null ? b.int(0) : toInt(b, hint);
  const small = n.op === OpConst && n.aux === null && n.auxInt <= MapConst.MapGroupSlots;
  if (esc === Esc.Heap) {
    if (small) return b.runtime('makemap_small', [])[0]!;
    return b.runtime('makemap', [b.typePtr(t), n, b.nil()])[0]!;
  }
  const header = b.env.mapHeaderType();
  const m = b.exposedAddr(b.newTemp(header, '.map'));
  b.zero(m, header);
  if (small) {
    stackGroup(b, t, m);
    b.storePlain(b.offset(m, MapLayout.at.seed), b.runtime('rand', [])[0]!);
    return m;
  }
  if (n.op !== OpConst) {
    const fits = b.v2(OpLe, RepBool, n, b.int(MapConst.MapGroupSlots));
    b.when(fits, () => stackGroup(b, t, m), LikelyFirst);
  }
  return b.runtime('makemap', [b.typePtr(t), n, m])[0]!;
}

/** Every slot of a group is empty. GOROOT: src/internal/abi/map.go (MapCtrlEmpty). */
const ctrlEmpty = 0x8080_8080_8080_8080n;

function stackGroup(b: Builder, t: Type, m: Value): void {
  const type = b.env.mapGroupType(t);
  const group = b.exposedAddr(b.newTemp(type, '.group'));
  b.zero(group, type);
  b.storePlain(group, b.int(ctrlEmpty));
  b.store(b.offset(m, MapLayout.at.dirPtr), group);
}

/** Literals with more constant entries are filled by a loop over static arrays. */
const maxUnrolled = 25;

export function mapLiteral(b: Builder, e: Expr): Operand {
  const t = e.type;
  const entries: [key: Expr, value: Expr][] = [];
  for (let i = 0; i < e.list.length; i += 2) entries.push([e.list[i]!, e.list[i + 1]!]);
  const constant = entries.filter((kv) => kv.every((x) => isStaticEntry(b, x)));
  const looped = constant.length > maxUnrolled ? new Set(constant) : new Set<[Expr, Expr]>();
  for (const kv of entries) {
    if (looped.has(kv)) continue;
    b.order(kv[0]);
    b.order(kv[1]);
  }
  const hint = scalar(b.types.int, b.int(entries.length));
  const m = makeMap(b, t, hint, e.esc);
  if (looped.size > 0) fillByLoop(b, t, m, constant);
  for (const kv of entries) {
    if (looped.has(kv)) continue;
    const [k, v] = kv;
    const key = mapKey(b, t, k, false);
    const value = b.expr(v);
    b.storeOperand(mapAssign(b, m, key), value);
  }
  return scalar(t, m);
}

function isStaticEntry(b: Builder, e: Expr): boolean {
  if (e.op === ExprOp.Const) return true;
  return constantImage(b, e) !== null;
}

function fillByLoop(b: Builder, t: Type, m: Value, entries: readonly [Expr, Expr][]): void {
  const [keys, values] = [0, 1].map((side) => {
    const elem = side === 0 ? t.key! : t.elem!;
    const array = b.types.array(elem, entries.length);
    const image = new ImageWriter(array.size, scopeOf(b));
    entries.forEach((kv, i) => image.expr(kv[side]!, i * elem.size));
    return b.env.staticTemp({
      type: array,
      bytes: image.bytes,
      relocs: image.relocs,
      readOnly: true,
    });
  });
  const map = b.vars.newVar(RepPtr);
  const counter = b.vars.newVar(RepI64);
  b.vars.write(map, m);
  b.vars.write(counter, b.int(0));
  const [head, body, done] = [b.newBlock(), b.newBlock(), b.newBlock()];
  b.jumpAndStart(head);
  b.branch(
    b.v2(OpLt, RepBool, b.vars.read(counter), b.int(entries.length)),
    body,
    done,
    LikelyFirst,
  );
  b.start(body);
  const i = b.vars.read(counter);
  const k = b.loadOperand(t.key!, elementAddr(b, b.symAddr(keys!), i, t.key!.size));
  const value = b.loadOperand(t.elem!, elementAddr(b, b.symAddr(values!), i, t.elem!.size));
  b.storeOperand(mapAssign(b, b.vars.read(map), keyOf(b, t, k)), value);
  b.vars.write(counter, b.v2(OpAdd, RepI64, b.vars.read(counter), b.int(1)));
  b.jump(head);
  b.start(done);
}
