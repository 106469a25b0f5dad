/** The little languages in the first lines of GOROOT/test's files. */

/** Splits at spaces; single or double quotes keep a word together. */
export function splitQuoted(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    words.push(match[0].replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}

const trueTags = new Set(['linux', 'amd64', 'gc', 'test_run']);
const experiments = new Set([
  'regabiwrappers',
  'regabiargs',
  'dwarf5',
  'jsonv2',
  'greenteagc',
  'randomizedheapbase64',
  'sizespecializedmalloc',
]);

function isTrue(tag: string): boolean {
  const release = /^go1\.(\d+)$/.exec(tag);
  if (release !== null) return Number(release[1]) <= 27;
  if (tag.startsWith('goexperiment.')) return experiments.has(tag.slice('goexperiment.'.length));
  return trueTags.has(tag);
}

/** A `//go:build` expression on linux/amd64 without cgo. Spec: `go help buildconstraint`. */
export function evaluateConstraint(expr: string): boolean {
  const tokens = expr.match(/&&|\|\||[!()]|[\w.]+/g) ?? [];
  let at = 0;
  const or = (): boolean => {
    let value = and();
    while (tokens[at] === '||') {
      at++;
      const right = and();
      value ||= right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (tokens[at] === '&&') {
      at++;
      const right = not();
      value &&= right;
    }
    return value;
  };
  const not = (): boolean => {
    const token = tokens[at++];
    if (token === '!') return !not();
    if (token === '(') {
      const value = or();
      at++;
      return value;
    }
    return isTrue(token ?? '');
  };
  return or();
}
