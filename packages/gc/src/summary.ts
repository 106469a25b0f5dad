/**
 * What callers in other packages may know of a compiled package: whether it has an init task, how its
 * functions leak their parameters, and what it costs to inline them.
 *
 *     export data = 'T' length of unit:u32 unit summary fingerprint
 *     summary     = flags count (function object, leaks)* count (function object in ABI0)*
 *                   count (function object, cost)*
 *
 * Leaks are texts (escape/leaks.ts). Functions without an entry leak everything.
 */
import { InternalError } from '@go-ts/base';
import { ByteReader, ByteWriter, utf8 } from '@go-ts/objfile/bytes';
import { fingerprintOf, fingerprintSize } from '@go-ts/objfile/fingerprint';

const FORMAT = 0x54; // 'T'
const HAS_INIT_TASK = 1;

export interface Summary {
  readonly hasInitTask: boolean;
  /** Encoded leaks by number of the function's object. */
  readonly leaks: ReadonlyMap<number, string>;
  /** Functions that assembly defines in ABI0, by number of their objects. */
  readonly abi0: ReadonlySet<number>;
  /** What it costs to inline a function; the others of the package are not inlined. */
  readonly costs: ReadonlyMap<number, number>;
}

export function writeExportData(unit: Uint8Array, summary: Summary): Uint8Array {
  const w = new ByteWriter(unit.length + 1024);
  w.u8(FORMAT);
  w.u32(unit.length);
  w.bytes(unit);
  w.uvarint(summary.hasInitTask ? HAS_INIT_TASK : 0);
  w.uvarint(summary.leaks.size);
  for (const [num, text] of summary.leaks) {
    const bytes = utf8(text);
    w.uvarint(num);
    w.uvarint(bytes.length);
    w.bytes(bytes);
  }
  w.uvarint(summary.abi0.size);
  for (const num of summary.abi0) w.uvarint(num);
  w.uvarint(summary.costs.size);
  for (const [num, cost] of summary.costs) {
    w.uvarint(num);
    w.uvarint(cost);
  }
  w.bytes(fingerprintOf(w.view()));
  return w.take();
}

export class ExportData {
  readonly unit: Uint8Array;
  readonly fingerprint: Uint8Array;
  readonly #rest: Uint8Array;
  #summary: Summary | null = null;

  constructor(bytes: Uint8Array) {
    const r = new ByteReader(bytes);
    if (bytes.length < 5 + fingerprintSize || r.u8() !== FORMAT) {
      throw new InternalError('export data of another compiler');
    }
    this.unit = r.bytes(r.u32());
    this.#rest = bytes.subarray(r.pos);
    this.fingerprint = bytes.slice(bytes.length - fingerprintSize);
  }

  get summary(): Summary {
    this.#summary ??= readSummary(this.#rest);
    return this.#summary;
  }
}

function readSummary(bytes: Uint8Array): Summary {
  const r = new ByteReader(bytes);
  const flags = r.uvarint();
  const leaks = new Map<number, string>();
  for (let n = r.uvarint(); n > 0; n--) {
    const num = r.uvarint();
    leaks.set(num, r.text(r.uvarint()));
  }
  const abi0 = new Set<number>();
  for (let n = r.uvarint(); n > 0; n--) abi0.add(r.uvarint());
  const costs = new Map<number, number>();
  for (let n = r.uvarint(); n > 0; n--) {
    const num = r.uvarint();
    costs.set(num, r.uvarint());
  }
  return { abi0, costs, hasInitTask: (flags & HAS_INIT_TASK) !== 0, leaks };
}
