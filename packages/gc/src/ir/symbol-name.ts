/**
 * Import paths as prefixes of linker names.
 *
 * Bytes up to space, `%`, `"`, 0x7f and above, and every dot after the last slash become `%xx`, so
 * that the first dot behind the path ends it. GOROOT: src/cmd/internal/objabi/path.go.
 */
const utf8 = new TextEncoder();

export function pathToPrefix(path: string): string {
  if (!/[^!#$&-~]|[.%"]/.test(path)) return path;
  const lastSlash = path.lastIndexOf('/');
  let out = '';
  for (let i = 0; i < path.length;) {
    const code = path.codePointAt(i)!;
    const ch = String.fromCodePoint(code);
    const escape =
      code <= 0x20 || ch === '%' || ch === '"' || code >= 0x7f || (ch === '.' && i > lastSlash);
    if (!escape) out += ch;
    else for (const b of utf8.encode(ch)) out += `%${b.toString(16).padStart(2, '0')}`;
    i += ch.length;
  }
  return out;
}
