/**
 * Which words of the data and bss sections hold pointers, as a program that the runtime runs once.
 *
 * Instructions are bytes: 0 ends; 0nnnnnnn is followed by n bits, lowest first; 1nnnnnnn c repeats
 * the last n bits c times (n = 0: n follows as a varint). Built from variables' types: arrays become
 * repetitions, structs descend into their fields, everything else copies its type's mask.
 *
 * GOROOT: src/cmd/internal/gcprog/gcprog.go (encoding), src/cmd/link/internal/ld/data.go (AddType).
 */
import { ByteWriter } from '@go-ts/objfile/bytes';
import { Kind } from '@go-ts/runtime/layout/types';
import { type Loader, type Sym } from '../loader/loader.ts';
import { TypeDecoder } from '../loader/typesym.ts';
import { LinkFailure } from '../options.ts';

const wordSize = 8;
/** Bits in one literal instruction. */
const maxLiteral = 127;
/** From so many zeros on, a repetition is shorter than literals. */
const longRun = 32;

class GCProgram {
  readonly out = new ByteWriter();
  readonly #bits = new Uint8Array(maxLiteral);
  #count = 0;
  /** Bits described so far. */
  #index = 0;

  pointer(index: number): void {
    this.zeroUntil(index);
    this.#literal(1);
  }

  zeroUntil(index: number): void {
    const skip = index - this.#index;
    if (skip < 0) throw new LinkFailure('gcprog: words out of order');
    if (skip < longRun) {
      for (let i = 0; i < skip; i++) this.#literal(0);
      return;
    }
    this.#literal(0);
    this.repeat(1, skip - 1);
  }

  /** Says the last `n` words `count` times more. */
  repeat(n: number, count: number): void {
    if (n === 0 || count === 0) return;
    this.#flush();
    if (n < 128) this.out.u8(0x80 | n);
    else {
      this.out.u8(0x80);
      this.out.uvarint(n);
    }
    this.out.uvarint(count);
    this.#index += n * count;
  }

  end(): Uint8Array {
    this.#flush();
    this.out.u8(0);
    return this.out.take();
  }

  #literal(bit: number): void {
    if (this.#count === maxLiteral) this.#flush();
    this.#bits[this.#count++] = bit;
    this.#index++;
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.out.u8(this.#count);
    for (let i = 0; i < this.#count; i += 8) {
      let byte = 0;
      for (let j = 0; j < 8 && i + j < this.#count; j++) byte |= this.#bits[i + j]! << j;
      this.out.u8(byte);
    }
    this.#count = 0;
  }
}

/** The program for the variables `syms`, whose values are offsets in a section of `length` bytes. */
export function gcProgram(ldr: Loader, syms: readonly Sym[], length: number): Uint8Array {
  const types = new TypeDecoder(ldr);
  const program = new GCProgram();

  const addType = (off: number, type: Sym): void => {
    const data = ldr.data(type);
    const ptrdata = types.ptrdata(data);
    switch (types.kind(data)) {
      case Kind.Array: {
        const elem = types.arrayElem(type);
        const count = types.arrayLen(data);
        addType(off, elem);
        if (count > 1) {
          const elemSize = types.size(ldr.data(elem));
          program.zeroUntil((off + elemSize) / wordSize);
          program.repeat(elemSize / wordSize, count - 1);
        }
        return;
      }
      case Kind.Struct:
        for (let i = 0; i < types.structFieldCount(data); i++) {
          const field = types.structFieldType(type, data, i);
          if (types.ptrdata(ldr.data(field)) === 0) continue;
          addType(off + types.structFieldOffset(data, i), field);
        }
        return;
      default: {
        if (types.isGCMaskOnDemand(data)) {
          throw new LinkFailure(`${ldr.name(type)}: GC mask not available`);
        }
        const mask = types.gcmask(type);
        for (let i = 0; i < ptrdata / wordSize; i++) {
          if (((mask[i >> 3]! >> (i & 7)) & 1) !== 0) program.pointer(off / wordSize + i);
        }
      }
    }
  };

  for (const s of syms) {
    const type = ldr.gotype(s);
    if (type === 0) {
      throw new LinkFailure(
        `missing Go type information for global symbol ${ldr.name(s)}: size ${ldr.size[s]}`,
      );
    }
    addType(ldr.value[s]!, type);
  }
  program.zeroUntil(Math.floor(length / wordSize));
  return program.end();
}
