/**
 * A checksum database in memory, for tests: a log of go.sum lines that grows as modules are looked up,
 * heads signed with a key of its own, tiles cut from the log.
 *
 * A `Log` can be copied at a size and go on differently, which is how a forked database is played.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/sumdb/server.go (paths and answers).
 */
import { type Signer, signNote } from '../../packages/modfetch/src/sum/note.ts';
import {
  formatTree,
  hashSize,
  joinHashes,
  nodeHash,
  recordHash,
  subtrees,
  type Node,
} from '../../packages/modfetch/src/sum/tlog.ts';

const tileHeight = 8;

export class Log {
  readonly #records: Buffer[] = [];
  /** By level: the hashes of complete subtrees, from left to right. */
  readonly #levels: Buffer[][] = [];

  get size(): number {
    return this.#records.length;
  }

  record(id: number): Buffer | undefined {
    return this.#records[id];
  }

  append(record: Buffer): number {
    const id = this.#records.push(record) - 1;
    let hash = recordHash(record);
    for (let level = 0; ; level++) {
      const row = (this.#levels[level] ??= []);
      row.push(hash);
      if (row.length % 2 === 1) return id;
      hash = nodeHash(row.at(-2)!, row.at(-1)!);
    }
  }

  hash({ level, n }: Node): Buffer {
    return this.#levels[level]![n]!;
  }

  head(size = this.size): string {
    const nodes = subtrees(0, size);
    const hash = size === 0 ? recordlessHash() : joinHashes(nodes.map((node) => this.hash(node)));
    return formatTree({ size, hash: hash.toString('base64') });
  }

  /** Undefined if the log has not that much. */
  tile(level: number, n: number, width: number): Buffer | undefined {
    const row = this.#levels[level * tileHeight] ?? [];
    const first = n * 2 ** tileHeight;
    const hashes = row.slice(first, first + width);
    return hashes.length === width ? Buffer.concat(hashes, width * hashSize) : undefined;
  }

  /** The same history up to a size. */
  fork(size: number): Log {
    const log = new Log();
    for (const record of this.#records.slice(0, size)) log.append(record);
    return log;
  }
}

function recordlessHash(): Buffer {
  return Buffer.from('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'base64');
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const text = 'text/plain; charset=UTF-8';

function answer(status: number, body: string | Buffer, type = text): Answer {
  return { status, type, body: Buffer.from(body) };
}

/** The go.sum lines of a module version, or undefined if there is no such. */
export type GoSumLines = (path: string, version: string) => string | undefined;

export class SumDbServer {
  log = new Log();
  readonly #signer: Signer;
  readonly #lines: GoSumLines;
  readonly #ids = new Map<string, number>();

  constructor(signer: Signer, lines: GoSumLines) {
    this.#signer = signer;
    this.#lines = lines;
  }

  signedHead(size = this.log.size): string {
    return signNote(this.log.head(size), this.#signer);
  }

  /** The record's number; undefined if there is no such module. */
  lookup(path: string, version: string): number | undefined {
    const key = `${path}@${version}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const lines = this.#lines(path, version);
    if (lines === undefined) return undefined;
    const id = this.log.append(Buffer.from(lines));
    this.#ids.set(key, id);
    return id;
  }

  /** `path` begins with a slash and is unescaped already but for the module's escapes. */
  serve(path: string, unescape: (escaped: string) => string | undefined): Answer {
    if (path === '/latest') return answer(200, this.signedHead());
    const lookup = /^\/lookup\/([^@]+)@(v\d+\.\d+\.\d+(?:-[^@]*)?(?:\+incompatible)?)$/.exec(path);
    if (lookup !== null) {
      const modulePath = unescape(lookup[1]!);
      const version = unescape(lookup[2]!);
      if (modulePath === undefined || version === undefined) return answer(500, 'bad escape\n');
      const id = this.lookup(modulePath, version);
      if (id === undefined) return answer(404, 'file does not exist\n');
      const record = this.log.record(id);
      if (record === undefined) return answer(500, 'missing records\n');
      return answer(200, `${id}\n${record.toString()}\n${this.signedHead()}`);
    }
    if (path.startsWith('/lookup/')) return answer(400, 'invalid module@version syntax\n');
    const tile = /^\/tile\/8\/(\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
    if (tile === null) {
      return path.startsWith('/tile/')
        ? answer(400, 'invalid tile syntax\n')
        : answer(404, '404 page not found\n');
    }
    const n = Number(tile[2]!.replaceAll(/[x/]/g, ''));
    const data = this.log.tile(Number(tile[1]), n, Number(tile[3] ?? 256));
    return data === undefined
      ? answer(404, 'file does not exist\n')
      : answer(200, data, 'application/octet-stream');
  }
}
