/**
 * A package's synopsis: the first sentence of the comment before the package clause, as `go list`
 * shows it.
 * GOROOT: src/go/doc/synopsis.go, src/go/ast/ast.go (CommentGroup.Text), src/go/build/build.go (which
 * file's comment counts).
 */
import { join } from 'node:path';
import { type FileTree } from '../fsys/fsys.ts';
import { type Sources } from './sources.ts';

/** Of the first file, in their order, whose comment begins with a sentence; tests do not count. */
export function synopsisOf(files: FileTree, sources: Sources): string {
  for (const name of sources.goFiles) {
    if (name.endsWith('_test.go')) continue;
    const doc = docComment(files.readText(join(sources.dir, name)));
    const text = doc === undefined ? '' : synopsis(doc);
    if (text !== '') return text;
  }
  return '';
}

const space = /[ \t\r]*\n?/y;
const comments = /\/\/[^\n]*|\/\*[^]*?\*\//y;

/** The comments that end on the line before the clause, or on its own. */
function docComment(source: string): string[] | undefined {
  let group: string[] = [];
  let at = source.startsWith('\ufeff') ? 1 : 0;
  // Line ends since the last comment.
  let ends = 0;
  while (at < source.length) {
    comments.lastIndex = at;
    const comment = comments.exec(source)?.[0];
    if (comment !== undefined) {
      if (ends > 1) group = [];
      group.push(comment);
      at += comment.length;
      ends = 0;
      continue;
    }
    space.lastIndex = at;
    const blank = space.exec(source)![0];
    if (blank === '') break;
    if (blank.endsWith('\n')) ends++;
    at += blank.length;
  }
  return group.length === 0 || ends > 1 ? undefined : group;
}

const directive = /^(?:line |extern |export |[a-z\d]+:[a-z\d])/;

function textOf(group: readonly string[]): string {
  const lines: string[] = [];
  for (const comment of group) {
    let text = comment.slice(2);
    if (comment.startsWith('/*')) text = text.slice(0, -2);
    else if (text.startsWith(' ')) text = text.slice(1);
    else if (directive.test(text)) continue;
    for (const line of text.split('\n')) lines.push(line.trimEnd());
  }
  return lines.join('\n').replace(/^\n+/, '');
}

const isUpper = (c: string): boolean => /\p{Lu}/u.test(c);

/** Up to a period that is followed by space, unless it ends an initial. */
function firstSentence(text: string): string {
  let [beforeLast, last, previous] = ['', '', ''];
  let at = 0;
  for (const c of text) {
    const isSpace = c === ' ' || c === '\n' || c === '\r' || c === '\t';
    if (isSpace && previous === '.' && (!isUpper(last) || isUpper(beforeLast))) {
      return text.slice(0, at);
    }
    if (previous === '。' || previous === '．') return text.slice(0, at);
    [beforeLast, last, previous] = [last, previous, isSpace ? ' ' : c];
    at += c.length;
  }
  return text;
}

/** Links are shown as text if they lead to a package that is known without looking at imports. */
const packageLink =
  /\[(\*?(?:(?:[a-z][\w.-]*\/)+[\w-]+|bufio|bytes|cmp|context|crypto|embed|encoding|errors|expvar|flag|fmt|hash|html|image|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|time|unicode|unique|unsafe|weak)(?:\.[A-Z]\w*){0,2})\]/g;

function synopsis(group: readonly string[]): string {
  const sentence = firstSentence(textOf(group));
  if (/^(?:copyright|all rights|author)/i.test(sentence)) return '';
  const [paragraph = ''] = sentence.split(/\n\s*\n/);
  // What is indented is code, what follows a number sign a heading, what follows a mark a list.
  if (/^[ \t]/.test(paragraph) || /^#[ \t]/.test(paragraph)) return '';
  return paragraph
    .replaceAll(packageLink, '$1')
    .replaceAll('``', '“')
    .replaceAll("''", '”')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
