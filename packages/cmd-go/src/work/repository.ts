/**
 * The working copy that a folder is in, and its state: which revision, from when, changed or not.
 *
 * A repository inside another one is an error, so that nobody can slip one in; git within git is how
 * submodules are, and git guards against itself.
 * GOROOT: src/cmd/go/internal/vcs/vcs.go (FromDir, Status of each system, wording).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { printError } from '../report/output.ts';

export interface RepositoryStatus {
  /** '' before the first commit. */
  readonly revision: string;
  /** As RFC 3339 has it; '' if unknown. */
  readonly time: string;
  readonly isModified: boolean;
}

interface System {
  readonly name: string;
  readonly command: string;
  readonly isRoot: (dir: string) => boolean;
  readonly status: (run: Run) => RepositoryStatus;
}

export interface Repository {
  readonly dir: string;
  readonly system: System;
}

/** Runs the system's command in the repository; throws what is wrong. */
type Run = (...args: string[]) => string;

const stat = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
const hasFolder = (dir: string, name: string): boolean =>
  stat(join(dir, name))?.isDirectory() === true;
const hasFile = (dir: string, name: string): boolean => stat(join(dir, name))?.isFile() === true;

/** `REVISION:SECONDS` */
function parseRevision(text: string): { revision: string; time: string } {
  const match = /^([^:]+):(-?\d+)$/.exec(text.trim());
  if (match === null) throw new Error('unrecognized VCS tool output');
  return { revision: match[1]!, time: stamp(Number(match[2]) * 1000) };
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}

const systems: readonly System[] = [
  {
    name: 'Mercurial',
    command: 'hg',
    isRoot: (dir) => hasFolder(dir, '.hg'),
    status: (run) => {
      const log = run('log', '-r.', '-T', '{node}:{date|hgdate}').replace(/ .*/s, '');
      const isModified = run('status', '-S') !== '';
      return { ...(log === '' ? { revision: '', time: '' } : parseRevision(log)), isModified };
    },
  },
  {
    name: 'Git',
    command: 'git',
    isRoot: isGitRoot,
    status: (run) => {
      const isModified = run('status', '--porcelain') !== '';
      try {
        const log = run('-c', 'log.showsignature=false', 'log', '-1', '--format=%H:%ct');
        return { ...parseRevision(log), isModified };
      } catch (error) {
        // There is nothing to log before the first commit.
        if (!isModified) throw error;
        return { revision: '', time: '', isModified };
      }
    },
  },
  {
    name: 'Subversion',
    command: 'svn',
    isRoot: (dir) => hasFolder(dir, '.svn'),
    status: (run) => {
      const revision = run('info', '--show-item', 'last-changed-revision').trim();
      const date = run('info', '--show-item', 'last-changed-date').trim();
      return { revision, time: date, isModified: run('status') !== '' };
    },
  },
  {
    name: 'Fossil',
    command: 'fossil',
    isRoot: (dir) => hasFile(dir, '.fslckout') || hasFile(dir, '_FOSSIL_'),
    status: (run) => {
      const checkout = /\ncheckout:\s*(\S+) +(\S+) (\S+) UTC/.exec(run('info'));
      if (checkout === null) throw new Error('unable to parse output of fossil info');
      const time = `${checkout[2]}T${checkout[3]}Z`;
      return { revision: checkout[1]!, time, isModified: run('changes', '--differ') !== '' };
    },
  },
];

/** A folder .git, or the file by which a worktree says where that is. */
function isGitRoot(dir: string): boolean {
  const path = join(dir, '.git');
  const info = stat(path);
  if (info?.isDirectory() === true) return true;
  if (info?.isFile() !== true || info.size === 0 || info.size > 4096) return false;
  const target = /^gitdir:(.*)$/s.exec(readFileSync(path, 'utf8'))?.[1]?.trim() ?? '';
  if (target === '') return false;
  return stat(isAbsolute(target) ? target : join(dir, target))?.isDirectory() === true;
}

/** Throws an Error where repositories lie in each other. */
export function repositoryOf(folder: string): Repository | undefined {
  const allowsMany = (process.env['GODEBUG'] ?? '').split(',').includes('allowmultiplevcs=1');
  let found: Repository | undefined;
  for (let dir = folder; ; dir = dirname(dir)) {
    for (const system of systems) {
      if (!system.isRoot(dir)) continue;
      if (found === undefined) {
        found = { dir, system };
        if (allowsMany) return found;
      } else if (found.system.command !== 'git' || system.command !== 'git') {
        const [one, other] = [quoteString(found.dir), quoteString(dir)];
        throw new Error(
          `multiple VCS detected: ${found.system.command} in ${one}, and ${system.command} in ${other}`,
        );
      }
    }
    if (dir === dirname(dir)) return found;
  }
}

/** Asks the system's command; `show` prints what is run, `verbose` what it complains of. */
export function statusOf(
  { dir, system }: Repository,
  { show, verbose }: { readonly show: boolean; readonly verbose: boolean },
): RepositoryStatus {
  const run: Run = (...args) => {
    const line = `${system.command} ${args.join(' ')}`;
    if (show) printError(`cd ${dir}\n${line}\n`);
    const env = system.command === 'hg' ? { HGPLAIN: '+strictflags' } : {};
    const child = spawnSync(system.command, args, {
      cwd: dir,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const { error, status, signal } = child;
    if (isMissing(error)) {
      printError(`go: missing ${system.name} command. See https://go.dev/s/gogetcmd\n`);
      throw new Error(`exec: "${system.command}": executable file not found in $PATH`);
    }
    if (error === undefined && status === 0) return child.stdout;
    const why = error?.message ?? (signal === null ? `exit status ${status}` : `signal: ${signal}`);
    if (verbose) printError(`# cd ${dir}; ${line}\n${child.stderr || `${why}\n`}`);
    throw new Error(why);
  };
  return system.status(run);
}

function isMissing(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ENOENT';
}

/** True if the command is on the PATH. */
export function hasCommand({ system }: Repository): boolean {
  const folders = (process.env['PATH'] ?? '').split(':').filter((dir) => dir !== '');
  return folders.some((dir) => {
    const info = stat(join(dir, system.command));
    return info?.isFile() === true && (info.mode & 0o111) !== 0;
  });
}
