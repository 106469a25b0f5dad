/**
 * Variables with //go:embed: their contents as static data.
 *
 * A string or []byte gets a header for the bytes of its one file. An embed.FS points to a slice of
 * records {name, data string; hash [16]byte}, sorted by folder and then name, in which the folders
 * that lead to files are entries too, with a slash at the end.
 *
 * GOROOT: src/cmd/compile/internal/staticdata/embed.go, src/embed/embed.go (FS, file). Contract §7.13.
 */
import { hash } from 'node:crypto';
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile';
import { R_ADDR } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagLocal } from '@go-ts/objfile/sym';
import { encodeText, fromBytes } from '../constant/bytestring.ts';
import { type StaticData } from './static-data.ts';

/** What kind of variable it is, as units say. */
export const EmbedKind = { String: 0, Bytes: 1, Files: 2 } as const;

const word = 8;
const hashSize = 16;
/** name, data, hash */
const recordSize = 4 * word + hashSize;

export interface EmbedInput {
  /** Storage of the variable, defined already. */
  readonly sym: ObjSym;
  readonly kind: number;
  /** Names of the files that the patterns select. */
  readonly files: readonly string[];
  readonly contents: (name: string) => Uint8Array;
}

export function writeEmbed(builder: ObjectBuilder, data: StaticData, input: EmbedInput): void {
  const { sym, kind } = input;
  if (kind === EmbedKind.Files) {
    data.putAddr(sym, 0, fileTable(builder, data, input));
    return;
  }
  const bytes = fromBytes(input.contents(input.files[0]!));
  const isString = kind === EmbedKind.String;
  if (bytes.length > 0 || !isString) {
    data.putAddr(sym, 0, isString ? data.string(bytes) : data.byteArray(bytes));
  }
  data.putWord(sym, word, bytes.length);
  if (!isString) data.putWord(sym, 2 * word, bytes.length);
}

/** `p.v.files`: a slice header and the records behind it. */
function fileTable(builder: ObjectBuilder, data: StaticData, input: EmbedInput): ObjSym {
  const files = withFolders(input.files);
  const table = builder.lookup(`${input.sym.name}.files`);
  const first = 3 * word;
  const size = first + files.length * recordSize;
  table.growTo(size);
  table.putAddr(0, R_ADDR, table, first);
  const w = table.writer();
  const putWord = (off: number, n: number) => w.patch32(off, n);
  putWord(word, files.length);
  putWord(2 * word, files.length);
  files.forEach((name, i) => {
    const at = first + i * recordSize;
    const text = encodeText(name);
    table.putAddr(at, R_ADDR, data.string(text), 0);
    putWord(at + word, text.length);
    if (name.endsWith('/')) return;
    const bytes = input.contents(name);
    if (bytes.length > 0) table.putAddr(at + 2 * word, R_ADDR, data.string(fromBytes(bytes)), 0);
    putWord(at + 3 * word, bytes.length);
    const sum = hash('sha256', bytes, 'buffer');
    sum[0] = sum[0]! ^ 0xff;
    for (let k = 0; k < hashSize; k++) w.patch8(at + 4 * word + k, sum[k]!);
  });
  table.size = size;
  table.kind = SRODATA;
  table.flags |= SymFlagLocal;
  builder.defineData(table);
  return table;
}

/** The files and the folders that they are in, sorted by folder, then name. */
function withFolders(files: readonly string[]): string[] {
  const all = new Set(files);
  for (const file of files) {
    for (let i = file.lastIndexOf('/'); i > 0; i = file.lastIndexOf('/', i - 1)) {
      all.add(file.slice(0, i + 1));
    }
  }
  return [...all].sort((a, b) => {
    const x = split(a);
    const y = split(b);
    if (x.dir !== y.dir) return x.dir < y.dir ? -1 : 1;
    return x.elem < y.elem ? -1 : x.elem > y.elem ? 1 : 0;
  });
}

function split(name: string): { readonly dir: string; readonly elem: string } {
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const i = path.lastIndexOf('/');
  return i < 0 ? { dir: '.', elem: path } : { dir: path.slice(0, i), elem: path.slice(i + 1) };
}
