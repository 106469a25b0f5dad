/**
 * The comment after a package clause that says by which path the package is to be imported. It counts
 * only without modules, where folders alone name packages.
 * GOROOT: src/go/build/build.go (findImportComment, Import: wording).
 */
import { join } from 'node:path';
import { quoteString, unquoteString } from '@go-ts/base/quote';
import { type FileTree } from '../fsys/fsys.ts';
import { type Sources } from './sources.ts';

/** '' where no file has one; a problem where two files differ or one cannot be read. */
export function importCommentOf(
  files: FileTree,
  sources: Sources,
): { readonly path: string } | { readonly problem: string } {
  let path = '';
  let firstFile = '';
  const names = [...sources.goFiles, ...sources.testGoFiles, ...sources.xTestGoFiles];
  for (const name of names.sort()) {
    const file = join(sources.dir, name);
    const quoted = findComment(files.readText(file));
    if (quoted === undefined) continue;
    const own = unquoteString(quoted.text);
    if (own === undefined) {
      return { problem: `${file}:${quoted.line}: cannot parse import comment` };
    }
    if (path === '') {
      path = own;
      firstFile = name;
    } else if (own !== path) {
      const [one, other] = [quoteString(path), quoteString(own)];
      return {
        problem: `found import comments ${one} (${firstFile}) and ${other} (${name}) in ${sources.dir}`,
      };
    }
  }
  return { path };
}

const header = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*package[ \t]+[\p{L}_][\p{L}\p{Nd}_]*[ \t;]*/u;
const comment = /^\/\/[ \t]*import\b([^\n]*)|^\/\*[ \t]*import\b([^\n]*?)\*\//;

function findComment(text: string): { readonly text: string; readonly line: number } | undefined {
  const clause = header.exec(text);
  if (clause === null) return undefined;
  const found = comment.exec(text.slice(clause[0].length));
  if (found === null) return undefined;
  const line = clause[0].split('\n').length;
  return { text: (found[1] ?? found[2] ?? '').trim(), line };
}
