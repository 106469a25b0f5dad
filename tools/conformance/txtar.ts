/**
 * Text archives: a comment, then files, each after a line `-- name --`.
 * GOROOT: src/internal/txtar/archive.go.
 */
export interface TextFile {
  readonly name: string;
  readonly data: Buffer;
}

export interface TextArchive {
  readonly comment: Buffer;
  readonly files: readonly TextFile[];
}

/** A final newline is added to a comment or file that lacks one. */
export function parseTextArchive(bytes: Buffer): TextArchive {
  // Latin-1 keeps bytes as they are, whatever encoding the files have.
  const text = bytes.toString('latin1');
  const heads = [...text.matchAll(/^-- (.+?) --[ \t\r]*$\n?/gm)].filter(
    (match) => match[1]!.trim() !== '',
  );
  const part = (from: number, to: number): Buffer => {
    const data = bytes.subarray(from, to);
    return data.length === 0 || data.at(-1) === 0x0a
      ? data
      : Buffer.concat([data, Buffer.from('\n')]);
  };
  return {
    comment: part(0, heads[0]?.index ?? bytes.length),
    files: heads.map((match, i) => ({
      name: Buffer.from(match[1]!.trim(), 'latin1').toString(),
      data: part(match.index + match[0].length, heads[i + 1]?.index ?? bytes.length),
    })),
  };
}
