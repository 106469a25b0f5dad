/**
 * The language of cmd/go's test scripts: lines of conditions, an expected outcome, a command and its
 * words.
 * GOROOT: src/cmd/internal/script/engine.go (parse, expandArgs), src/cmd/go/testdata/script/README.
 */

export interface Condition {
  readonly name: string;
  readonly negated: boolean;
}

/** A piece of a word; what stands in quotes is taken as it is. */
interface Fragment {
  readonly text: string;
  readonly quoted: boolean;
}

export interface Line {
  readonly number: number;
  readonly text: string;
  readonly conditions: readonly Condition[];
  /** `!`: must fail; `?`: may fail. */
  readonly want: '' | '!' | '?';
  readonly name: string;
  readonly words: readonly (readonly Fragment[])[];
  readonly background: boolean;
}

export class ScriptError extends Error {}

/** Undefined for a line without a command. */
export function parseLine(text: string, number: number): Line | undefined {
  if (text.startsWith('#')) return undefined;
  const words = splitWords(text);
  const conditions: Condition[] = [];
  let want: Line['want'] = '';
  let at = 0;
  const plain = (): string | undefined => {
    const word = words[at];
    return word?.length === 1 && !word[0]!.quoted ? word[0]!.text : undefined;
  };
  for (; ; at++) {
    const word = plain();
    if (word === undefined) break;
    if (word === '!' || word === '?') {
      if (want !== '') throw new ScriptError('duplicated ! or ? token');
      want = word;
    } else if (word.startsWith('[') && word.endsWith(']')) {
      if (want !== '') throw new ScriptError('conditions must come before ! and ?');
      const inner = word.slice(1, -1).trim();
      const negated = inner.startsWith('!');
      conditions.push({ name: negated ? inner.slice(1).trim() : inner, negated });
    } else break;
  }
  const rest = words.slice(at);
  const first = rest.shift();
  if (first === undefined) {
    if (conditions.length > 0 || want !== '') throw new ScriptError('missing command');
    return undefined;
  }
  const last = rest.at(-1);
  const background = last?.length === 1 && !last[0]!.quoted && last[0]!.text === '&';
  if (background) rest.pop();
  const name = first.map((fragment) => fragment.text).join('');
  return { number, text, conditions, want, name, words: rest, background };
}

function splitWords(line: string): Fragment[][] {
  const words: Fragment[][] = [];
  let word: Fragment[] | undefined;
  let at = 0;
  const add = (text: string, quoted: boolean): void => {
    word ??= [];
    word.push({ text, quoted });
  };
  while (at < line.length) {
    const c = line[at]!;
    if (/[ \t\r]/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else if (c === '#' && word === undefined) {
      break;
    } else if (c === "'") {
      let text = '';
      for (at++; ; at++) {
        if (at >= line.length) throw new ScriptError('unterminated quoted argument');
        if (line[at] === "'") {
          // A quote that is repeated stands for itself.
          if (line[at + 1] !== "'") break;
          at++;
        }
        text += line[at];
      }
      at++;
      add(text, true);
    } else {
      const end = /[ \t\r']|$/.exec(line.slice(at))!.index + at;
      add(line.slice(at, end), false);
      at = end;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Puts variables in; where a pattern is wanted, their values count as plain text. */
export function expandWords(
  words: Line['words'],
  value: (name: string) => string,
  isPattern: (index: number) => boolean,
): string[] {
  return words.map((word, i) =>
    word
      .map(({ text, quoted }) => {
        if (quoted) return text;
        return text.replaceAll(/\$(?:\{([^}]*)\}|(\w+))/g, (_, braced: string, bare: string) => {
          const found = value(braced ?? bare);
          return isPattern(i) ? found.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`) : found;
        });
      })
      .join(''),
  );
}

/** A pattern of Go's regexp package, where `^` and `$` stand for lines. */
export function goPattern(pattern: string, flags: string = 'gm'): RegExp {
  let all = flags;
  const text = pattern
    .replace(/^\(\?([ims]+)\)/, (_, given: string) => {
      for (const flag of given) if (!all.includes(flag)) all += flag;
      return '';
    })
    .replaceAll(/\\Q(.*?)\\E/g, (_, plain: string) => RegExp.escape(plain))
    .replaceAll('\\z', '(?![^])')
    .replaceAll('\\A', '(?<![^])')
    .replaceAll('[[:word:]]', '\\w')
    .replaceAll('[[:space:]]', '\\s')
    .replaceAll('[[:alnum:]]', '[A-Za-z\\d]')
    .replaceAll('[[:digit:]]', '\\d')
    .replaceAll('(?P<', '(?<');
  return new RegExp(text, all);
}
