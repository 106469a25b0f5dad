/**
 * The module graph without any packages. GOROOT: src/cmd/go/internal/modload/buildlist.go
 * (LoadModGraph).
 */
import { type ModuleGraph, pruningForGo, Requirements } from '@go-ts/modfetch/graph/requirements';
import { expandGraph } from '@go-ts/modfetch/graph/roots';
import { compareGo, goStrictVersion } from '@go-ts/modfetch/version/gover';
import { loadModFile } from './gomod.ts';
import { type ModLoader } from './loader.ts';

/** `goVersion`: as that Go reads it; '' for the one that go.mod names. */
export async function loadModGraph(ml: ModLoader, goVersion = ''): Promise<ModuleGraph> {
  const rs = await loadModFile(ml);
  if (goVersion === '') {
    const { rs: expanded, mg, error } = await expandGraph(ml, rs);
    if (error !== undefined) throw error;
    ml.requirements = expanded;
    return mg;
  }
  const own = rs.goVersion;
  if (compareGo(own, goStrictVersion) >= 0 && compareGo(goVersion, own) < 0) {
    throw new Error(
      `requested Go version ${goVersion} cannot load module graph (requires Go >= ${own})`,
    );
  }
  const unprunes = pruningForGo(goVersion) === 'unpruned' && rs.pruning !== 'unpruned';
  const seen = unprunes ? new Requirements(ml, 'unpruned', rs.roots, rs.direct) : rs;
  return seen.soundGraph();
}
