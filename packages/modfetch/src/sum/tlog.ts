/**
 * The transparency log: a Merkle tree over records, of which clients read tiles.
 *
 * A record's hash is SHA-256 over 0x00 and the record, a node's over 0x01 and its two children. The
 * complete subtrees are numbered by (level, n): the n-th node of 2^level records. A tile of height 8
 * holds up to 256 neighbouring hashes of one level that is a multiple of 8; the tile above holds the
 * hash of the whole. A tree of N records is the row of complete subtrees that N's bits say, from left
 * to right, hashed together from the right.
 *
 * Everything read from tiles is proved against the tree's head before it is returned: the tiles on
 * the right edge together give the head, and each other tile hashes to its entry in the one above.
 * Only tiles that passed are handed to `save`.
 * Authority: RFC 6962, section 2.1.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/sumdb/tlog/{tlog,tile,note}.go (tile addresses, wordings).
 */
import { hash } from 'node:crypto';
import { decodeBase64 } from './note.ts';

export const hashSize = 32;
export const tileHeight = 8;
const tileWidth = 1 << tileHeight;

export interface Tree {
  readonly size: number;
  /** Base64. */
  readonly hash: string;
}

/** One complete subtree: the `n`-th of 2^level records. */
export interface Node {
  readonly level: number;
  readonly n: number;
}

export interface Tile {
  /** In units of the tile height. */
  readonly level: number;
  readonly n: number;
  /** How many hashes are in it, 1 to 256. */
  readonly width: number;
}

export interface TileStore {
  /** In the order asked; their lengths are not yet known to be right. */
  read(tiles: readonly Tile[]): Promise<Uint8Array[]>;
  /** Tiles that were proved. */
  save(tiles: readonly Tile[], data: readonly Uint8Array[]): void;
}

export const emptyTree: Tree = { size: 0, hash: base64(sha256(Buffer.alloc(0))) };

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

export function recordHash(record: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from([0]), record]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from([1]), left, right]));
}

/** Numbers here exceed 32 bits, where shifts end. */
function pow2(exponent: number): number {
  return 2 ** exponent;
}

/** The largest power of two that divides the range and starts at `low`. */
function levelBelow(count: number): number {
  return Math.floor(Math.log2(count));
}

/** The complete subtrees that make up records `low` to `high`, from left to right. */
export function subtrees(low: number, high: number): Node[] {
  const nodes: Node[] = [];
  for (let at = low; at < high;) {
    const level = levelBelow(high - at);
    nodes.push({ level, n: at / pow2(level) });
    at += pow2(level);
  }
  return nodes;
}

/** The hash of a row of subtrees. */
export function joinHashes(hashes: readonly Uint8Array[]): Buffer {
  return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right)));
}

/** `tile/8/0/x123/456` and, if it is not full, `.p/17`. */
export function tilePath({ level, n, width }: Tile): string {
  let path = String(n % 1000).padStart(3, '0');
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  const part = width === tileWidth ? '' : `.p/${width}`;
  return `tile/${tileHeight}/${level}/${path}${part}`;
}

export function isFull(tile: Tile): boolean {
  return tile.width === tileWidth;
}

export function fullTile(tile: Tile): Tile {
  return { ...tile, width: tileWidth };
}

/** The tile that holds level and number of a node, as wide as a tree of `size` records has it. */
function tileOf(node: Node, size: number): Tile {
  const level = Math.floor(node.level / tileHeight);
  const first = node.n * pow2(node.level - level * tileHeight);
  return tileAt(level, Math.floor(first / tileWidth), size);
}

function tileAt(level: number, n: number, size: number): Tile {
  const count = Math.floor(size / pow2(level * tileHeight));
  return { level, n, width: Math.min(tileWidth, count - n * tileWidth) };
}

/** The hash of a node of its tile. */
function nodeInTile(node: Node, tile: Tile, data: Uint8Array): Buffer {
  const spread = pow2(node.level - tile.level * tileHeight);
  const first = node.n * spread - tile.n * tileWidth;
  return hashOfRow(data.subarray(first * hashSize, (first + spread) * hashSize));
}

/** The hash over a row of 2^k hashes. */
function hashOfRow(row: Uint8Array): Buffer {
  if (row.length === hashSize) return Buffer.from(row);
  const half = row.length / 2;
  return nodeHash(hashOfRow(row.subarray(0, half)), hashOfRow(row.subarray(half)));
}

/** Reads nodes of a tree, proved against the tree's hash. */
export async function readNodes(
  tree: Tree,
  nodes: readonly Node[],
  store: TileStore,
): Promise<Buffer[]> {
  const edge = subtrees(0, tree.size);
  const tiles: Tile[] = [];
  const place = new Map<string, number>();
  const need = (tile: Tile): number => {
    const key = `${tile.level}/${tile.n}`;
    const known = place.get(key);
    if (known !== undefined) return known;
    place.set(key, tiles.length);
    return tiles.push(tile) - 1;
  };
  const edgeTile = edge.map((node) => need(tileOf(node, tree.size)));
  const edgeCount = tiles.length;
  for (const node of nodes) {
    if ((node.n + 1) * pow2(node.level) > tree.size) throw new Error('indexes not in tree');
    // Upwards until a tile that is needed anyway; it is reached at the edge at the latest.
    const path: Tile[] = [];
    let tile = tileOf(node, tree.size);
    while (!place.has(`${tile.level}/${tile.n}`)) {
      path.push(tile);
      tile = tileAt(tile.level + 1, Math.floor(tile.n / tileWidth), tree.size);
    }
    for (const each of path.reverse()) need(each);
  }

  const data = await store.read(tiles);
  for (const [i, tile] of tiles.entries()) {
    if (data[i]!.length !== tile.width * hashSize) {
      throw new Error(
        `TileReader returned bad result slice (${tilePath(tile)} len=${data[i]!.length}, want ${tile.width * hashSize})`,
      );
    }
  }
  const head = joinHashes(
    edge.map((node, i) => nodeInTile(node, tiles[edgeTile[i]!]!, data[edgeTile[i]!]!)),
  );
  if (base64(head) !== tree.hash) throw new Error('downloaded inconsistent tile');
  for (let i = edgeCount; i < tiles.length; i++) {
    const { level, n } = tiles[i]!;
    const above = place.get(`${level + 1}/${Math.floor(n / tileWidth)}`)!;
    const at = (n % tileWidth) * hashSize;
    const listed = data[above]!.subarray(at, at + hashSize);
    if (!hashOfRow(data[i]!).equals(listed)) throw new Error('downloaded inconsistent tile');
  }
  store.save(tiles, data);

  return nodes.map((node) => {
    const tile = tileOf(node, tree.size);
    const at = place.get(`${tile.level}/${tile.n}`)!;
    return nodeInTile(node, tiles[at]!, data[at]!);
  });
}

/** The hash that the first `size` records of a tree have. */
export async function treeHash(size: number, tree: Tree, store: TileStore): Promise<string> {
  if (size === 0) return emptyTree.hash;
  return base64(joinHashes(await readNodes(tree, subtrees(0, size), store)));
}

/**
 * The proof that the first `size` records of a tree are what they are: hashes from the leaves up, each
 * of which is joined to what is there so far.
 */
export async function proveTree(size: number, tree: Tree, store: TileStore): Promise<string[]> {
  const rows: Node[][] = [];
  collectProof(0, tree.size, size, rows);
  const nodes = await readNodes(tree, rows.flat(), store);
  let at = 0;
  return rows.map((row) => base64(joinHashes(nodes.slice(at, (at += row.length)))));
}

/** RFC 6962, section 2.1.2: SUBPROOF, as ranges of subtrees. */
function collectProof(low: number, high: number, size: number, rows: Node[][]): void {
  if (size === high) {
    if (low !== 0) rows.push(subtrees(low, high));
    return;
  }
  const half = low + pow2(levelBelow(high - low - 1));
  if (size <= half) {
    collectProof(low, half, size, rows);
    rows.push(subtrees(half, high));
  } else {
    collectProof(half, high, size, rows);
    rows.push(subtrees(low, half));
  }
}

/** `go.sum database tree`, size, hash, and whatever lines may come later. */
export function parseTree(text: string): Tree {
  const [title, size = '', hashText = '', ...rest] = text.split('\n');
  const bytes = decodeBase64(hashText);
  const isGood =
    title === 'go.sum database tree' &&
    rest.length > 0 &&
    text.length <= 1e6 &&
    /^(?:0|[1-9][0-9]*)$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    bytes?.length === hashSize;
  if (!isGood) throw new Error('malformed tree note');
  return { size: Number(size), hash: hashText };
}

export function formatTree({ size, hash: hashText }: Tree): string {
  return `go.sum database tree\n${size}\n${hashText}\n`;
}

export interface LogRecord {
  readonly id: number;
  readonly text: Uint8Array;
  /** What follows the record: in answers to a lookup, the tree's head. */
  readonly rest: Uint8Array;
}

/** An id, lines of text, a blank line. */
export function parseRecord(message: Uint8Array): LogRecord {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const first = bytes.indexOf('\n');
  const end = bytes.indexOf('\n\n', Math.max(first, 0));
  const id = bytes.toString('latin1', 0, Math.max(first, 0));
  const text = bytes.subarray(first + 1, end + 1);
  if (first < 0 || end < first || !/^[+-]?[0-9]+$/.test(id) || !isRecordText(text)) {
    throw new Error('malformed record data');
  }
  return { id: Number(id), text, rest: bytes.subarray(end + 2) };
}

function isRecordText(text: Uint8Array): boolean {
  if (text.length === 0 || text.at(-1) !== 0x0a) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return false;
  }
  return text.every((byte, i) => byte >= 0x20 || (byte === 0x0a && text[i - 1] !== 0x0a));
}
