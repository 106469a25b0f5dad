/**
 * Applies relocations to symbols that lie in the output already.
 *
 * Notation: S is the target's address, A the addend, P the patched field's address, n its width.
 *
 * | type | value |
 * |---|---|
 * | R_ADDR | S+A; weak with an unreachable target: runtime.unreachableMethod |
 * | R_ADDROFF | S+A − start of S's section; weak with an unreachable target: left alone |
 * | R_METHODOFF | as R_ADDROFF; all ones if the method is unreachable |
 * | R_CALL, R_PCREL | S+A − (P+n) |
 * | R_TLS_LE | the thread-local offset + A |
 * | R_DWARFSECREF | S+A − start of S's section |
 * | R_ADDRCUOFF | S+A − first function of S's unit |
 * | R_DWTXTADDR_Un | index of S in its unit's address table, ULEB128 of n bytes |
 *
 * A relocation without width is a marker and is skipped. Every target must have been reached by
 * deadcode, with the exceptions above.
 *
 * GOROOT: src/cmd/link/internal/ld/data.go (relocsym, and the wording of errors); contract 2.6. Hot.
 */
import { putU32 } from '@go-ts/objfile/bytes';
import {
  R_ADDR,
  R_ADDRCUOFF,
  R_ADDROFF,
  R_CALL,
  R_DWARFSECREF,
  R_DWTXTADDR_U1,
  R_DWTXTADDR_U4,
  R_METHODOFF,
  R_PCREL,
  R_TLS_LE,
  relocName,
} from '@go-ts/objfile/reloc';
import { ABI0, ABIInternal } from '@go-ts/objfile/sym';
import { STLSBSS, Sxxx } from '../kind.ts';
import { type Loader, RelocCursor, type Sym } from '../loader/loader.ts';
import { type ArchTarget } from '../target/target.ts';

const maxErrors = 20;

export class Relocator {
  readonly #ldr: Loader;
  readonly #arch: ArchTarget;
  readonly #tlsOffset: number;
  readonly #cursor: RelocCursor;
  readonly #unreachableMethod: Sym;
  /** Index of a function in its unit's address table. */
  readonly #addrIndex: ReadonlyMap<Sym, number>;
  readonly errors: string[] = [];
  readonly #unresolved = new Set<string>();

  constructor(
    ldr: Loader,
    arch: ArchTarget,
    tlsOffset: number,
    addrIndex: ReadonlyMap<Sym, number>,
  ) {
    this.#ldr = ldr;
    this.#arch = arch;
    this.#tlsOffset = tlsOffset;
    this.#addrIndex = addrIndex;
    this.#cursor = new RelocCursor(ldr);
    this.#unreachableMethod = ldr.lookup('runtime.unreachableMethod', ABIInternal);
  }

  #error(s: Sym, message: string): void {
    this.#report(`${this.#ldr.name(s)}: ${message}`);
  }

  #report(line: string): void {
    if (this.errors.length < maxErrors) this.errors.push(line);
    else if (this.errors.length === maxErrors) this.errors.push('too many errors');
  }

  /** Patches symbol `s`, whose first byte is at `base` of `out` and which has `length` bytes there. */
  apply(s: Sym, out: Uint8Array, base: number, length: number): void {
    const ldr = this.#ldr;
    const { kind, value } = ldr;
    const c = this.#cursor;
    for (c.start(s); c.next();) {
      const { siz } = c;
      if (siz === 0) continue;
      const { off, type } = c;
      let target = c.sym;
      if (off < 0 || off + siz > length) {
        const name = target === 0 ? '' : ldr.name(target);
        this.#error(s, `invalid relocation ${name}: ${off}+${siz} not in [0,${length})`);
        continue;
      }
      if (target !== 0) {
        const targetKind = kind[target]!;
        if (targetKind === Sxxx) {
          this.#reportUnresolved(s, target);
          continue;
        }
        if (!ldr.isReachable(target)) {
          if (type === R_METHODOFF) {
            putU32(out, base + off, 0xffff_ffff);
            continue;
          }
          if (!c.isWeak && targetKind !== STLSBSS) {
            this.#error(s, `unreachable sym in relocation: ${ldr.name(target)}`);
          }
          if (c.isWeak && type === R_ADDROFF) continue;
          if (c.isWeak && type === R_ADDR) target = this.#unreachableMethod;
        }
      }
      let o: number;
      switch (type) {
        case R_CALL:
        case R_PCREL:
          o = value[target]! + c.add - (value[s]! + off + siz);
          if (o !== (o | 0) && siz === 4) {
            this.#error(
              s,
              `pc-relative relocation address for ${ldr.name(target)} is too big: ${hex(o)}`,
            );
          }
          break;
        case R_ADDR:
          o = value[target]! + c.add;
          break;
        case R_ADDROFF:
        case R_METHODOFF:
        case R_DWARFSECREF: {
          const section = ldr.section(target);
          if (section === null) {
            this.#error(s, `missing section for relocation target ${ldr.name(target)}`);
            continue;
          }
          o = value[target]! - section.addr + c.add;
          break;
        }
        case R_TLS_LE:
          o = this.#tlsOffset + c.add;
          break;
        case R_ADDRCUOFF:
          o = value[target]! + c.add - value[ldr.obj(target)!.text[0]!]!;
          break;
        default:
          if (type >= R_DWTXTADDR_U1 && type <= R_DWTXTADDR_U4) {
            this.#putAddrIndex(s, target, out, base + off, siz);
          } else {
            this.#applyArch(s, out, base, target);
          }
          continue;
      }
      this.#put(s, target, out, base + off, o);
    }
  }

  /** Writes the value at the current relocation's width. */
  // oxlint-disable-next-line max-params -- all at hand in the hot loop
  #put(s: Sym, target: Sym, out: Uint8Array, at: number, o: number): void {
    const { siz, type } = this.#cursor;
    if (siz === 8) {
      putU32(out, at, o >>> 0);
      putU32(out, at + 4, Math.floor(o / 0x1_0000_0000));
      return;
    }
    if (siz !== 4) {
      this.#error(s, `bad reloc size ${hex(siz)} for ${this.#ldr.name(target)}`);
      return;
    }
    // Absolute 32-bit addresses are sign-extended where they are used.
    if ((type === R_ADDR && o > 0x7fff_ffff) || o > 0xffff_ffff || o < -0x8000_0000) {
      this.#error(
        s,
        `non-pc-relative relocation address for ${this.#ldr.name(target)} is too big: ${hex(o)}`,
      );
    }
    putU32(out, at, o);
  }

  /** ULEB128 with as many bytes as there is room, so that the index may grow in place. */
  // oxlint-disable-next-line max-params -- all at hand in the hot loop
  #putAddrIndex(s: Sym, target: Sym, out: Uint8Array, at: number, width: number): void {
    const index = this.#addrIndex.get(target);
    if (index === undefined) {
      this.#error(s, `missing .debug_addr index relocation target ${this.#ldr.name(target)}`);
      return;
    }
    for (let i = 0, x = index; i < width; i++, x >>>= 7) {
      out[at + i] = (x & 0x7f) | (i < width - 1 ? 0x80 : 0);
    }
  }

  #applyArch(s: Sym, out: Uint8Array, base: number, target: Sym): void {
    const known = this.#arch.applyReloc(
      {
        ldr: this.#ldr,
        s,
        bytes: out,
        base,
        tlsOffset: this.#tlsOffset,
        report: (message) => this.#error(s, message),
      },
      this.#cursor,
      target,
    );
    if (known) return;
    const { type } = this.#cursor;
    this.#error(s, `unknown reloc to ${this.#ldr.name(target)}: ${type} (${relocName(type)})`);
  }

  #reportUnresolved(s: Sym, target: Sym): void {
    const ldr = this.#ldr;
    const key = `${s} ${target}`;
    if (this.#unresolved.has(key)) return;
    this.#unresolved.add(key);
    const name = ldr.name(target);
    const abi = ldr.abi(target);
    const other = abi === ABI0 ? ABIInternal : ABI0;
    const twin = ldr.lookup(name, other);
    if (name === 'main.main') {
      // The runtime reaches it through a function value, which a compiler may see through.
      const text = 'function main is undeclared in the main package';
      if (ldr.name(s) === 'runtime.main') this.#report(`runtime.main_main·f: ${text}`);
      else this.#error(s, text);
    } else if (twin !== 0 && ldr.kind[twin] !== Sxxx) {
      this.#error(
        s,
        `relocation target ${name} not defined for ${abiName(abi)} (but is defined for ${abiName(other)})`,
      );
    } else this.#error(s, `relocation target ${name} not defined`);
  }
}

function abiName(abi: number): string {
  return abi === ABI0 ? 'ABI0' : 'ABIInternal';
}

function hex(x: number): string {
  return x < 0 ? `-0x${(-x).toString(16)}` : `0x${x.toString(16)}`;
}
