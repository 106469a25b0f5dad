/**
 * Which profile packages are compiled for.
 *
 * With `-pgo=auto` a file default.pgo beside a main package counts, for that program and all that it
 * imports. Where there are other packages on the command line, what the program imports is copied, so that
 * they keep their own.
 *
 * DEVIATION: our compiler does not look into profiles, so copies are compiled once for all.
 * GOROOT: src/cmd/go/internal/load/pkg.go (setPGOProfilePath).
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
    if (roots.length > 1) copyImports(main);
    for (const p of packageList([main])) p.profile = file;
  }
}

/** Gives the program copies of its own of all that it imports. */
function copyImports(main: Package): void {
  const copies = new Map<Package, Package>();
  const copyOf = (p: Package): Package => {
    let copy = copies.get(p);
    if (copy === undefined) {
      copy = { ...p, forMain: main.importPath };
      copies.set(p, copy);
      copy.deps = p.deps.map(copyOf);
    }
    return copy;
  };
  main.deps = main.deps.map(copyOf);
}
