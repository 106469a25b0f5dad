/**
 * Modules from their origin: finds the repository and looks at it as a module. Of version control
 * systems git is spoken; the others are refused by name.
 * GOROOT: src/cmd/go/internal/modfetch/repo.go (lookupDirect, LookupLocal).
 */
import { execFileSync } from 'node:child_process';
import { asError, NotExistError } from '../error.ts';
import { type FetchSettings } from '../source.ts';
import { CodeRepo } from './coderepo.ts';
import { GitRepo } from './gitrepo.ts';
import { ProxyRepo } from './proxy.ts';
import { type RawRepo } from './repo.ts';
import { findRepoRoot, type RepoRoot } from './vcs.ts';
import { type Web } from './web.ts';

export async function lookupDirect(
  path: string,
  settings: FetchSettings,
  web: Web,
): Promise<RawRepo> {
  let found: RepoRoot;
  try {
    found = await findRepoRoot(path, settings, web);
  } catch (error) {
    // Nobody knows where to look: as good as not there.
    throw new NotExistError(asError(error).message, { cause: error });
  }
  const { vcs, url, root, subdir } = found;
  if (vcs === 'mod') return new ProxyRepo(url, path, web);
  if (vcs !== 'git') {
    throw new Error(
      `lookup ${root}: ${vcs} repositories are not supported; a module proxy may have ${path}`,
    );
  }
  const code = await GitRepo.open(url, settings, web);
  return new CodeRepo(code, { root, subdir }, path);
}

/** The module in a working copy on this machine. */
export function localCodeRepo(
  codeRoot: string,
  path: string,
  dir: string,
  settings: FetchSettings,
): RawRepo {
  const top = execFileSync('git', ['rev-parse', '--show-toplevel'], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...settings.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new CodeRepo(GitRepo.local(top.trim(), settings), { root: codeRoot, subdir: '' }, path);
}
