/**
 * Which slash paths can be files of a module: names that every file system takes.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/module/module.go (CheckFilePath).
 */
import { quoteString } from '@go-ts/base/quote';
import { quoteRune } from '@go-ts/base/quote';

/** Names that Windows takes for devices, with any extension. */
const device = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;
const disallowed = /[^\p{L}0-9 !#$%&()+,\-.=@[\]^_{}~]/u;

/** What is wrong with a path, `malformed file path …`, or undefined. */
export function checkFilePath(path: string): string | undefined {
  const why = whyNot(path);
  return why === undefined ? undefined : `malformed file path ${quoteString(path)}: ${why}`;
}

function whyNot(path: string): string | undefined {
  if (!path.isWellFormed() || path.includes('\uFFFD')) return 'invalid UTF-8';
  if (path === '') return 'empty string';
  if (path.includes('//')) return 'double slash';
  if (path.endsWith('/')) return 'trailing slash';
  for (const element of path.split('/')) {
    if (element === '') return 'empty path element';
    if (/^\.+$/.test(element)) return `invalid path element ${quoteString(element)}`;
    if (element.endsWith('.')) return 'trailing dot in path element';
    const odd = disallowed.exec(element);
    if (odd !== null) return `invalid char ${quoteRune(odd[0].codePointAt(0)!)}`;
    const stem = element.split('.', 1)[0]!;
    if (device.test(stem)) {
      return `${quoteString(stem)} disallowed as path element component on Windows`;
    }
  }
  return undefined;
}
