/**
 * Module paths and versions in addresses and file names: an upper-case letter is `!` and its lower
 * case, so that case-insensitive stores keep them apart.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/module/module.go (EscapePath).
 */
export function escapePath(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
