/**
 * The `h1:` hash of a set of files, as go.sum has it.
 *
 * SHA-256 over lines `hex(sha256(content))  name\n` sorted by name, in base64.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/sumdb/dirhash/hash.go.
 */
import { createHash, hash } from 'node:crypto';
import { ModuleError } from '../error.ts';

/** Takes files in any order; holds one line for each. */
export class Hash1 {
  readonly #lines: { name: string; line: string }[] = [];

  add(name: string, content: Uint8Array): void {
    if (name.includes('\n')) {
      throw new ModuleError('dirhash: filenames with newlines are not supported');
    }
    this.#lines.push({ name, line: `${hash('sha256', content, 'hex')}  ${name}\n` });
  }

  sum(): string {
    // Byte order, as Go sorts strings; UTF-16 order differs above the BMP.
    const sorted = this.#lines.toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
    const digest = createHash('sha256');
    for (const { line } of sorted) digest.update(line);
    return `h1:${digest.digest('base64')}`;
  }
}
