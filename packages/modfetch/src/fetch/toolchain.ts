/**
 * The modules `go` and `toolchain`, whose versions are those of Go: a view of the versions of
 * golang.org/toolchain, `v0.0.1-go1.27.0.linux-amd64` and so on. Only asked what there is; a toolchain
 * itself is brought as the module that it is.
 * GOROOT: src/cmd/go/internal/modfetch/toolchain.go.
 */
import { NotExistError } from '../error.ts';
import { type Repo, type RevInfo } from '../source.ts';
import { compareGo, isGoLang, isValidGo } from '../version/gover.ts';
import { type RawRepo } from './repo.ts';

export function toolchainRepo(path: 'go' | 'toolchain', downloads: Repo, local: string): RawRepo {
  const prefix = path === 'toolchain' ? 'go' : '';
  const versions = async (): Promise<string[]> => {
    const { list } = await downloads.versions('');
    const found = new Set(list.map(goVersionOf).filter((version) => version !== undefined));
    // What runs exists, even before its release.
    found.add(local);
    return [...found].sort(compareGo);
  };
  const stat = async (rev: string): Promise<RevInfo> => {
    const version = rev.replace(/^go/, '');
    if (!isValidGo(version)) throw new Error(`invalid ${path} version ${rev}`);
    const isOurs = path === 'go' ? compareGo(version, local) <= 0 : version === local;
    if (isOurs) return { version: prefix + version, time: '' };
    if (isGoLang(version)) throw new Error(`go language version ${rev} is not a toolchain version`);
    // Every release has been made for this target.
    const info = await downloads.stat(`v0.0.1-go${version}.linux-amd64`);
    return { version: prefix + version, time: info.time };
  };
  const invalid = (what: string): Promise<never> =>
    Promise.reject(new Error(`invalid use of toolchainRepo: ${what}`));
  return {
    path,
    versions: async () => ({ list: (await versions()).map((version) => prefix + version) }),
    stat,
    latest: async () => {
      const newest = (await versions()).at(-1);
      if (newest === undefined) throw new NotExistError('no versions');
      return stat(prefix + newest);
    },
    goMod: () => Promise.resolve(Buffer.from(`module ${path}\n`)),
    zip: () => invalid('Zip'),
    checkReuse: () => invalid('CheckReuse'),
  };
}

/** `1.19.7` of `v0.0.1-go1.19.7.windows-amd64`. */
function goVersionOf(version: string): string | undefined {
  return /^[^-]*-(?:go)?(.*)\.[^.]*-[^.]*$/.exec(version)?.[1];
}
