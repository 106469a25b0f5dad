/**
 * Main packages that bring a profile have their dependencies compiled for them alone.
 *
 * With `-pgo=auto` a file default.pgo beside a main package counts. If there are other packages on
 * the command line, what the main package imports is copied, under names such as `fmt [cmd/compile]`.
 *
 * DEVIATION: our compiler does not look into profiles. They are part of the keys and of what programs
 * say of their build; packages that several programs share are not compiled for each.
 * GOROOT: src/cmd/go/internal/load/pkg.go (setPGOProfilePath), src/cmd/go/internal/list/list.go.
 */
import { join, resolve } from 'node:path';
import { type FileTree } from '../fsys/fsys.ts';
import { type Package, packageList } from './package.ts';

/** Says for which profile packages are built: -pgo=FILE for all, else what lies beside a program. */
export function setProfiles(files: FileTree, pgo: string, roots: readonly Package[]): void {
  if (pgo === 'off' || pgo === '') return;
  if (pgo !== 'auto') {
    const file = resolve(pgo);
    for (const p of packageList(roots)) p.profile = file;
    return;
  }
  for (const main of roots) {
    if (main.name !== 'main') continue;
    const file = join(main.dir, 'default.pgo');
    if (!files.exists(file)) continue;
    for (const p of roots.length === 1 ? packageList([main]) : [main]) p.profile = file;
  }
}

export function splitForProfiles(files: FileTree, roots: readonly Package[]): void {
  if (roots.length < 2) return;
  for (const main of roots) {
    if (main.name === 'main' && files.exists(join(main.dir, 'default.pgo'))) split(main);
  }
}

function split(main: Package): void {
  const copies = new Map<Package, Package>();
  const visit = (p: Package): Package => {
    const known = copies.get(p);
    if (known !== undefined) return known;
    const own = p === main ? p : { ...p, importPath: `${p.importPath} [${main.importPath}]` };
    copies.set(p, own);
    const written = [...(p.sources?.imports.keys() ?? [])].sort();
    own.deps = p.deps.map(visit);
    own.importMap = new Map();
    own.imports = p.imports.map((path, i) => {
      const dep = own.deps[i]?.importPath ?? path;
      if (written[i] !== undefined && written[i] !== dep) own.importMap.set(written[i], dep);
      return dep;
    });
    return own;
  };
  visit(main);
}
