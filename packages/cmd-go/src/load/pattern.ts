/**
 * Package patterns: `...` stands for any text, `x/...` also for x itself, and neither crosses into a
 * `vendor` element that the pattern does not name.
 * GOROOT: src/cmd/internal/pkgpattern/pkgpattern.go.
 */
export function matchPattern(pattern: string): (name: string) => boolean {
  const vendor = '\0';
  if (pattern.includes(vendor)) return () => false;
  // A vendor element is turned into a character that `...` does not match, in pattern and name alike.
  const hide = (text: string): string =>
    text.replaceAll(/(^|\/)vendor(?=\/|$)/g, (_, slash: string) => `${slash}${vendor}`);
  let source = hide(pattern)
    .replaceAll(/[\^$.*+?()[\]{}|\\]/g, String.raw`\$&`)
    .replaceAll(String.raw`\.\.\.`, `[^${vendor}]*`);
  const any = `/[^${vendor}]*`;
  if (source.endsWith(`/${vendor}${any}`)) {
    source = `${source.slice(0, -any.length)}(/[^${vendor}]*)?`;
  } else if (source.endsWith(any)) {
    source = `${source.slice(0, -any.length)}(/[^${vendor}]*)?`;
  }
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(hide(name));
}

/** Whether a folder, or anything below it, could match. */
export function treeCanMatch(pattern: string): (name: string) => boolean {
  const wild = pattern.indexOf('...');
  const prefix = wild < 0 ? pattern : pattern.slice(0, wild);
  return (name) =>
    name.length <= prefix.length
      ? prefix === name ||
        prefix.startsWith(name === '' ? '' : `${name}/`) ||
        (wild >= 0 && prefix.startsWith(name))
      : wild >= 0 && name.startsWith(prefix);
}
