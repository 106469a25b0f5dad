/**
 * Memory signatures: what comparing or hashing a value of a type has to look at, in order.
 *
 * Types with one signature share one equality and one hash function, whatever their names. A
 * signature is a list of parts; printed, it names the function: `M8S` is eight bytes of plain memory
 * and a string. Padding and blank fields are skipped; a skip at the end is left out.
 *
 *     struct { i int32; j uint32; s string; e error }   M8SI
 *     [40]string                                        [20SS]  (loops are unrolled to about 32 bytes)
 *
 * The printed form is a contract with upstream's objects (both sides define dup-ok symbols of the
 * same name). GOROOT: src/cmd/compile/internal/reflectdata/alg.go (grammar and unrolling).
 */
import { InternalError } from '@go-ts/base';
import { isEmptyInterface, Kind, type Type } from '../ir/type.ts';

export type Part =
  | { readonly kind: 'memory' | 'skip'; readonly size: number }
  | { readonly kind: 'float32' | 'float64' | 'string' | 'iface' | 'eface' }
  | { readonly kind: 'array'; readonly count: number; readonly elem: readonly Part[] };

/** Loop bodies compare about this many bytes. */
const unrollBytes = 32;

class Builder {
  readonly parts: Part[] = [];
  #memory = 0;
  #skip = 0;

  memory(size: number): void {
    if (this.#memory === 0) this.flush();
    this.#memory += size;
  }

  skip(size: number): void {
    if (this.#skip === 0) this.flush();
    this.#skip += size;
  }

  push(part: Part): void {
    this.flush();
    this.parts.push(part);
  }

  flush(): void {
    if (this.#memory > 0) this.parts.push({ kind: 'memory', size: this.#memory });
    if (this.#skip > 0) this.parts.push({ kind: 'skip', size: this.#skip });
    this.#memory = 0;
    this.#skip = 0;
  }
}

/** The signature of equality on `t`, which must be comparable. */
export function eqSignature(t: Type): readonly Part[] {
  const b = new Builder();
  build(b, t);
  b.flush();
  return trimSkip(b.parts);
}

export function trimSkip(parts: readonly Part[]): readonly Part[] {
  return parts.at(-1)?.kind === 'skip' ? parts.slice(0, -1) : parts;
}

function build(b: Builder, t: Type): void {
  switch (t.kind) {
    case Kind.Float32:
      b.push({ kind: 'float32' });
      return;
    case Kind.Float64:
      b.push({ kind: 'float64' });
      return;
    case Kind.Complex64:
      b.push({ kind: 'float32' });
      b.push({ kind: 'float32' });
      return;
    case Kind.Complex128:
      b.push({ kind: 'float64' });
      b.push({ kind: 'float64' });
      return;
    case Kind.String:
      b.push({ kind: 'string' });
      return;
    case Kind.Interface:
      b.push({ kind: isEmptyInterface(t) ? 'eface' : 'iface' });
      return;
    case Kind.Struct:
      buildStruct(b, t);
      return;
    case Kind.Array:
      buildArray(b, t);
      return;
    case Kind.Slice:
    case Kind.Map:
    case Kind.Func:
      throw new InternalError(`signature of incomparable type ${t.linkString}`);
    default:
      b.memory(t.size);
  }
}

function buildStruct(b: Builder, t: Type): void {
  let off = 0;
  for (const field of t.fields) {
    if (field.name === '_') continue;
    if (off < field.offset) b.skip(field.offset - off);
    build(b, field.type);
    off = field.offset + field.type.size;
  }
  if (off < t.size) b.skip(t.size - off);
}

function buildArray(b: Builder, t: Type): void {
  const elem = t.elem!;
  if (isRegularMemory(t)) {
    if (t.size > 0) b.memory(t.size);
    return;
  }
  let n = t.len;
  if (n === 0 || elem.size === 0) return;
  if (n === 1) {
    build(b, elem);
    return;
  }
  const unroll = Math.max(1, Math.floor(unrollBytes / elem.size));
  for (; n % unroll !== 0; n--) build(b, elem);
  if (n === unroll) {
    for (; n > 0; n--) build(b, elem);
    return;
  }
  if (n === 0) return;
  const body = new Builder();
  for (let i = 0; i < unroll; i++) build(body, elem);
  body.flush();
  b.push({ kind: 'array', count: n / unroll, elem: body.parts });
}

/** Equality is plain comparison of all bytes (upstream's AMEM). */
export function isRegularMemory(t: Type): boolean {
  switch (t.kind) {
    case Kind.Float32:
    case Kind.Float64:
    case Kind.Complex64:
    case Kind.Complex128:
    case Kind.String:
    case Kind.Interface:
    case Kind.Slice:
    case Kind.Map:
    case Kind.Func:
      return false;
    case Kind.Array:
      return t.comparable && !t.noAlg && (t.len === 0 || isRegularMemory(t.elem!));
    case Kind.Struct: {
      if (!t.comparable || t.noAlg) return false;
      let off = 0;
      for (const field of t.fields) {
        if (field.name === '_' || field.offset !== off || !isRegularMemory(field.type)) {
          return false;
        }
        off += field.type.size;
      }
      return off === t.size;
    }
    default:
      return true;
  }
}

const letters = { float32: 'F', float64: 'G', string: 'S', iface: 'I', eface: 'E' } as const;

export function printSignature(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case 'memory':
          return `M${part.size}`;
        case 'skip':
          return `K${part.size}`;
        case 'array':
          return `[${part.count}${printSignature(part.elem)}]`;
        default:
          return letters[part.kind];
      }
    })
    .join('');
}

/** Bytes that the parts cover. */
export function signatureSize(parts: readonly Part[]): number {
  let size = 0;
  for (const part of parts) size += partSize(part);
  return size;
}

export function partSize(part: Part): number {
  switch (part.kind) {
    case 'memory':
    case 'skip':
      return part.size;
    case 'float32':
      return 4;
    case 'float64':
      return 8;
    case 'array':
      return part.count * signatureSize(part.elem);
    default:
      return 16;
  }
}
