/**
 * The client of a checksum database: it believes nothing that the database's key did not sign and the
 * log does not contain, and remembers the newest signed head so that history cannot be rewritten.
 *
 * A lookup brings a record, its number and a signed head. The head is first brought into one timeline
 * with the newest known: the smaller tree must be the beginning of the larger, or the database has
 * forked, which is reported with the proof. Only then is the record's hash looked for in the log.
 * Files (head, cache) and network come in as `ClientOps`.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/sumdb/client.go (protocol, file names, wordings).
 */
import { asError, SecurityError } from '../error.ts';
import { escapePath, escapeVersion } from '../version/escape.ts';
import { newVerifier, openNote, type Verifier } from './note.ts';
import {
  emptyTree,
  fullTile,
  isFull,
  parseRecord,
  parseTree,
  proveTree,
  readNodes,
  recordHash,
  type Tile,
  tilePath,
  type TileStore,
  type Tree,
  treeHash,
} from './tlog.ts';

export interface ClientOps {
  /** What the database serves at a path that begins with a slash. */
  readRemote(path: string): Promise<Uint8Array>;
  /** `NAME/latest`: the newest head; empty if there is none yet. */
  readConfig(file: string): Promise<Uint8Array>;
  /** Replaces the head; false if it is not `old` any more. */
  writeConfig(file: string, old: Uint8Array, next: Uint8Array): Promise<boolean>;
  readCache(file: string): Uint8Array | undefined;
  writeCache(file: string, data: Uint8Array): void;
}

interface Head {
  readonly tree: Tree;
  readonly note: Uint8Array;
}

/** When a head was signed, compared with the newest known. */
type When = 'past' | 'now' | 'future';

export class SumClient {
  readonly #ops: ClientOps;
  readonly #verifier: Verifier;
  #head: Head = { tree: emptyTree, note: new Uint8Array() };
  #started: Promise<void> | undefined;
  readonly #records = new Map<string, Promise<string>>();
  readonly #tiles = new Map<string, Promise<Uint8Array>>();
  readonly #saved = new Set<string>();

  /** Throws if the key is malformed. */
  constructor(key: string, ops: ClientOps) {
    this.#verifier = newVerifier(key);
    this.#ops = ops;
  }

  get name(): string {
    return this.#verifier.name;
  }

  /** The lines of go.sum for `path version`, where the version may end in `/go.mod`. */
  async lookup(path: string, version: string): Promise<string[]> {
    try {
      this.#started ??= this.#start();
      await this.#started;
      const remote = `/lookup/${escapePath(path)}@${escapeVersion(version.replace(/\/go\.mod$/, ''))}`;
      let record = this.#records.get(remote);
      if (record === undefined) {
        record = this.#fetchRecord(remote);
        this.#records.set(remote, record);
      }
      const lines = (await record).split('\n');
      return lines.filter((line) => line.startsWith(`${path} ${version} `));
    } catch (error) {
      if (error instanceof SecurityError) throw error;
      throw new Error(`${path}@${version}: ${asError(error).message}`, { cause: error });
    }
  }

  async #start(): Promise<void> {
    try {
      await this.#mergeMemory(await this.#ops.readConfig(`${this.name}/latest`));
    } catch (error) {
      if (error instanceof SecurityError) throw error;
      throw new Error(`initializing sumdb.Client: ${asError(error).message}`, { cause: error });
    }
  }

  async #fetchRecord(remote: string): Promise<string> {
    const file = this.name + remote;
    const cached = this.#ops.readCache(file);
    const data = cached ?? (await this.#ops.readRemote(remote));
    const { id, text, rest } = parseRecord(data);
    await this.#merge(rest);
    await this.#checkRecord(id, text);
    if (cached === undefined) this.#ops.writeCache(file, data);
    return Buffer.from(text).toString();
  }

  async #checkRecord(id: number, text: Uint8Array): Promise<void> {
    const { tree } = this.#head;
    if (id < 0 || id >= tree.size) {
      throw new Error(`cannot validate record ${id} in tree of size ${tree.size}`);
    }
    const [listed] = await readNodes(tree, [{ level: 0, n: id }], this.#store);
    if (!recordHash(text).equals(listed!)) {
      throw new Error('cannot authenticate record data in server response');
    }
  }

  /** Moves the known head forward, in memory and in the file. */
  async #merge(note: Uint8Array): Promise<void> {
    if ((await this.#mergeMemory(note)) !== 'future') return;
    // Each round answers a change that another command made to the file meanwhile.
    for (;;) {
      const file = `${this.name}/latest`;
      // oxlint-disable-next-line no-await-in-loop
      const stored = await this.#ops.readConfig(file);
      // oxlint-disable-next-line no-await-in-loop
      if ((await this.#mergeMemory(stored)) !== 'past') return;
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#ops.writeConfig(file, stored, this.#head.note)) return;
    }
  }

  async #mergeMemory(note: Uint8Array): Promise<When> {
    if (note.length === 0) return this.#head.tree.size === 0 ? 'now' : 'past';
    const tree = this.#openHead(note);
    for (;;) {
      const known = this.#head;
      if (tree.size <= known.tree.size) {
        // oxlint-disable-next-line no-await-in-loop
        await this.#checkTimeline({ tree, note }, known);
        return tree.size < known.tree.size ? 'past' : 'now';
      }
      // oxlint-disable-next-line no-await-in-loop
      await this.#checkTimeline(known, { tree, note });
      // Another lookup may have moved the head while the tiles were read.
      if (this.#head === known) {
        this.#head = { tree, note };
        return 'future';
      }
    }
  }

  #openHead(note: Uint8Array): Tree {
    let text: string;
    try {
      text = openNote(note, this.#verifier);
    } catch (error) {
      throw new Error(
        `reading tree note: ${asError(error).message}\nnote:\n${Buffer.from(note).toString()}`,
        { cause: error },
      );
    }
    try {
      return parseTree(text);
    } catch (error) {
      throw new Error(`reading tree: ${asError(error).message}\ntree:\n${text}`, {
        cause: error,
      });
    }
  }

  /** That `older` is the beginning of `newer`. */
  async #checkTimeline(older: Head, newer: Head): Promise<void> {
    let hash: string;
    try {
      hash = await treeHash(older.tree.size, newer.tree, this.#store);
    } catch (error) {
      const against = older.tree.size === newer.tree.size ? '' : ` against tree#${newer.tree.size}`;
      throw new Error(`checking tree#${older.tree.size}${against}: ${asError(error).message}`, {
        cause: error,
      });
    }
    if (hash !== older.tree.hash) throw await this.#forked(older, newer, hash);
  }

  async #forked(older: Head, newer: Head, hash: string): Promise<SecurityError> {
    const indent = (note: Uint8Array): string =>
      Buffer.from(note).toString().replaceAll('\n', '\n\t');
    // The tiles were just read, so this asks the server nothing.
    const proof = await proveTree(older.tree.size, newer.tree, this.#store);
    return new SecurityError(
      'SECURITY ERROR\n' +
        'go.sum database server misbehavior detected!\n\n' +
        `old database:\n\t${indent(older.note)}\n` +
        `new database:\n\t${indent(newer.note)}\n` +
        `proof of misbehavior:\n\t${[hash, ...proof].join('\n\t')}`,
    );
  }

  readonly #store: TileStore = {
    read: (tiles) => Promise.all(tiles.map((tile) => this.#readTile(tile))),
    save: (tiles, data) => {
      for (const [i, tile] of tiles.entries()) {
        const path = tilePath(tile);
        if (this.#saved.has(path)) continue;
        this.#saved.add(path);
        this.#ops.writeCache(`${this.name}/${path}`, data[i]!);
      }
    },
  };

  #readTile(tile: Tile): Promise<Uint8Array> {
    const path = tilePath(tile);
    let data = this.#tiles.get(path);
    if (data === undefined) {
      data = this.#fetchTile(tile);
      this.#tiles.set(path, data);
    }
    return data;
  }

  /** From the cache or the server; where a partial tile is gone, the beginning of the full one. */
  async #fetchTile(tile: Tile): Promise<Uint8Array> {
    const path = tilePath(tile);
    const full = fullTile(tile);
    const beginning = (data: Uint8Array): Uint8Array =>
      data.subarray(0, Math.floor(data.length / full.width) * tile.width);
    const own = this.#ops.readCache(`${this.name}/${path}`);
    if (own !== undefined) {
      this.#saved.add(path);
      return own;
    }
    const larger = isFull(tile) ? undefined : this.#ops.readCache(`${this.name}/${tilePath(full)}`);
    if (larger !== undefined) {
      this.#saved.add(path);
      return beginning(larger);
    }
    try {
      return await this.#ops.readRemote(`/${path}`);
    } catch (error) {
      if (isFull(tile)) throw error;
      try {
        return beginning(await this.#ops.readRemote(`/${tilePath(full)}`));
      } catch {
        // What was asked for is what the error is about.
        throw error;
      }
    }
  }
}
