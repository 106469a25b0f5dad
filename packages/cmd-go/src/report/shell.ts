import { quoteString } from '@go-ts/base/quote';

/** A word as a shell would want it. GOROOT: src/cmd/go/internal/work/shell.go (joinUnambiguously). */
export function quoteWord(word: string): string {
  if (word !== '' && !/[\s"'`$\\*?(){}[\]|&;<>!#~]/.test(word)) return word;
  return word.includes("'") ? quoteString(word) : `'${word}'`;
}
