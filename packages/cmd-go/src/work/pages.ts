/**
 * ssa.html: the passes of the function that GOSSAFUNC names, in GOSSADIR or the working folder.
 * GOROOT: src/cmd/compile/internal/ssa/html.go (name and message).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the pages; what to say about it. */
export function writePages(
  pages: readonly { readonly func: string; readonly html: string }[],
): string[] {
  return pages.map(({ func, html }) => {
    const dir = process.env['GOSSADIR'] ?? '';
    const name = dir === '' ? './ssa.html' : join(dir, `${func.replaceAll('/', '.')}.html`);
    if (dir !== '') mkdirSync(dir, { recursive: true });
    writeFileSync(name, html);
    return `dumped SSA for ${func} to ${name}`;
  });
}
