/**
 * The part of Go's template language that `go list -f` is mostly used with: fields and chains of them,
 * `if`/`else`/`end`, `range`/`end`, `join LIST "sep"`, `len LIST`, `not X`, and the trim marks `{{-`, `-}}`.
 * GOROOT: src/text/template/doc.go.
 */
import { Failure } from '../report/failure.ts';

export type Data =
  | string
  | boolean
  | number
  | undefined
  | readonly Data[]
  | { readonly [k: string]: Data };

interface Node {
  readonly kind: 'text' | 'action' | 'if' | 'range';
  readonly text: string;
  readonly body: readonly Node[];
  readonly other: readonly Node[];
}

export function expandTemplate(template: string, data: Data): string {
  const parts = template.split(/(\{\{-?[^]*?-?\}\})/);
  // A trim mark takes the space on its side out of the neighbouring text.
  parts.forEach((part, i) => {
    if (part.startsWith('{{- ')) parts[i - 1] = (parts[i - 1] ?? '').trimEnd();
    if (part.endsWith(' -}}')) parts[i + 1] = (parts[i + 1] ?? '').trimStart();
  });
  const reader = { parts, at: 0 };
  const nodes = parseList(reader);
  if (reader.at < parts.length) throw unsupported(parts[reader.at]!);
  return nodes.map((node) => render(node, data)).join('');
}

function unsupported(action: string): Failure {
  return new Failure(`go: template ${action} is not supported yet`);
}

function parseList(reader: { readonly parts: readonly string[]; at: number }): Node[] {
  const nodes: Node[] = [];
  for (; reader.at < reader.parts.length; reader.at++) {
    const part = reader.parts[reader.at]!;
    if (!part.startsWith('{{')) {
      nodes.push({ kind: 'text', text: part, body: [], other: [] });
      continue;
    }
    const action = part.replace(/^\{\{-?\s*/, '').replace(/\s*-?\}\}$/, '');
    if (action === 'end' || action === 'else') return nodes;
    const block = /^(if|range)\s+(.*)$/s.exec(action);
    if (block === null) {
      nodes.push({ kind: 'action', text: action, body: [], other: [] });
      continue;
    }
    reader.at++;
    const body = parseList(reader);
    let other: Node[] = [];
    if (/\belse\b/.test(reader.parts[reader.at] ?? '')) {
      reader.at++;
      other = parseList(reader);
    }
    if (reader.at >= reader.parts.length) throw new Failure('go: template: unexpected EOF');
    nodes.push({ kind: block[1] as 'if' | 'range', text: block[2]!, body, other });
  }
  return nodes;
}

function render(node: Node, data: Data): string {
  const all = (nodes: readonly Node[], dot: Data): string =>
    nodes.map((inner) => render(inner, dot)).join('');
  if (node.kind === 'text') return node.text;
  const value = evaluate(node.text, data);
  if (node.kind === 'action') return show(value);
  if (node.kind === 'if') return all(isTrue(value) ? node.body : node.other, data);
  const items = Array.isArray(value) ? (value as readonly Data[]) : [];
  if (items.length === 0) return all(node.other, data);
  return items.map((item) => all(node.body, item)).join('');
}

function isTrue(value: Data): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '' && value !== false && value !== 0;
}

function show(value: Data): string {
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (value === undefined) return '<nil>';
  if (typeof value === 'object') {
    const object = value as { readonly [k: string]: Data };
    if (typeof object['Err'] === 'string') return object['Err'];
    const pairs = Object.entries(object).map(([key, inner]) => `${key}:${show(inner)}`);
    return `map[${pairs.join(' ')}]`;
  }
  return String(value);
}

function evaluate(text: string, data: Data): Data {
  const words = text.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|[^\s]+/g) ?? [];
  const [first = '', ...rest] = words;
  const args = rest.map((word) => operand(word, data));
  const [list] = args;
  if (first === 'join' && args.length === 2 && Array.isArray(list)) {
    return list.map(show).join(show(args[1]));
  }
  if (first === 'len' && args.length === 1) {
    return Array.isArray(list) ? list.length : show(list).length;
  }
  if (first === 'not' && args.length === 1) return !isTrue(list);
  if (words.length !== 1) throw unsupported(`{{${text}}}`);
  return operand(first, data);
}

function operand(word: string, data: Data): Data {
  if (word === '.') return data;
  if (word.startsWith('"')) return JSON.parse(word) as string;
  if (word.startsWith('`')) return word.slice(1, -1);
  if (!/^(\.\w+)+$/.test(word)) throw unsupported(`{{${word}}}`);
  let value = data;
  for (const name of word.slice(1).split('.')) {
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    value = (value as { readonly [k: string]: Data })[name];
  }
  return value;
}
