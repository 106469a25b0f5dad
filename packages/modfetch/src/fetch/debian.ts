/**
 * Brings Go's sources as Debian's packages, through the machine's own apt, without installing.
 *
 * apt runs on a private configuration: the machine's ways of reaching its mirrors and its keyring,
 * but the suite wanted, and lists and downloads in a folder of ours. apt checks signatures; dpkg-deb
 * unpacks without running any maintainer script. The tree is put together under a temporary name and
 * renamed when complete.
 * Authority: apt.conf(5), sources.list(5), dpkg-deb(1).
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '@go-ts/base';
import { lockFile } from './lock.ts';

export interface DebianRequest {
  readonly binaryPackages: readonly string[];
  /** To try in this order. */
  readonly suites: readonly string[];
  /** What VERSION must say, `go1.27.4`; another patch release of the same language is taken too. */
  readonly version: string;
  readonly dest: string;
  readonly workDir: string;
  readonly say: (text: string) => void;
}

export async function bringFromDebian(request: DebianRequest): Promise<void> {
  const { workDir, dest, suites, say } = request;
  for (const tool of ['apt-get', 'apt-config', 'dpkg', 'dpkg-deb']) {
    if (run('which', [tool]).status !== 0) {
      throw new ToolError('NO_APT', `no ${tool} on this machine to get Debian's packages with`);
    }
  }
  mkdirSync(workDir, { recursive: true });
  const lock = await lockFile(join(workDir, 'lock'), () => say('waiting for another download'));
  try {
    if (existsSync(dest)) return;
    let last: ToolError | undefined;
    for (const suite of suites) {
      try {
        say(`downloading ${request.binaryPackages.join(' ')} from Debian ${suite}`);
        bringFromSuite(request, suite);
        return;
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        last = error;
      }
    }
    throw last ?? new ToolError('NO_SUITE', 'no Debian suite to try');
  } finally {
    lock.release();
  }
}

function bringFromSuite(request: DebianRequest, suite: string): void {
  const { workDir, dest, binaryPackages, version } = request;
  const root = join(workDir, suite);
  const conf = configure(root, suite);
  const apt = (args: readonly string[], cwd?: string): string => {
    const done = run('apt-get', args, { APT_CONFIG: conf, LC_ALL: 'C' }, cwd);
    if (done.status !== 0) {
      const why = done.stderr.split('\n').find((line) => /^[EW]:/.test(line)) ?? 'it failed';
      throw new ToolError('APT', `apt-get ${args[0]} for ${suite}: ${why}`);
    }
    return done.stdout;
  };
  apt(['update', '-o', 'APT::Update::Error-Mode=any']);
  const debs = join(root, 'debs');
  mkdirSync(debs, { recursive: true });
  apt(['download', ...binaryPackages], debs);
  const tree = mkdtempSync(join(workDir, 'tree-'));
  try {
    for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb'))) {
      const done = run('dpkg-deb', ['--extract', join(debs, deb), tree]);
      if (done.status !== 0) throw new ToolError('DPKG', `dpkg-deb ${deb}: ${done.stderr.trim()}`);
    }
    const language = /^go(1\.\d+)/.exec(version)![1]!;
    const goroot = join(tree, 'usr/lib', `go-${language}`);
    const found = existsSync(join(goroot, 'VERSION'))
      ? readFileSync(join(goroot, 'VERSION'), 'utf8').split('\n', 1)[0]!
      : 'no Go';
    if (!found.startsWith(`go${language}`)) {
      throw new ToolError('DEBIAN_VERSION', `Debian ${suite} has ${found}, not ${version}`);
    }
    mkdirSync(dirname(dest), { recursive: true });
    const temp = mkdtempSync(`${dest}.tmp-`);
    for (const part of ['src', 'lib', 'pkg/include', 'VERSION', 'go.env']) {
      const from = join(goroot, part);
      if (!existsSync(from)) continue;
      mkdirSync(dirname(join(temp, part)), { recursive: true });
      cpSync(from, join(temp, part), { recursive: true, dereference: true });
    }
    renameSync(temp, dest);
  } finally {
    rmSync(tree, { recursive: true, force: true });
    rmSync(debs, { recursive: true, force: true });
  }
}

/** Writes apt's private configuration for a suite; the result is its path. */
function configure(root: string, suite: string): string {
  for (const dir of ['lists/partial', 'archives/partial', 'cache', 'none.d']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  const architecture = run('dpkg', ['--print-architecture']).stdout.trim();
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keyring) ? ` signed-by=${keyring}` : '';
  const base = machineMirror(root, suite);
  writeFileSync(
    join(root, 'sources.list'),
    `deb [arch=${architecture}${signed}] ${base} ${suite} main\n`,
  );
  writeFileSync(join(root, 'status'), '');
  // Every suite counts the same: backports would be pinned low.
  writeFileSync(join(root, 'preferences'), 'Package: *\nPin: release *\nPin-Priority: 500\n');
  const acquire = run('apt-config', ['dump', 'Acquire'])
    .stdout.split('\n')
    .filter((line) => !/^Acquire::IndexTargets| "";$|^Acquire "/.test(line));
  const dirs: Record<string, string> = {
    State: root,
    'State::lists': join(root, 'lists'),
    'State::status': join(root, 'status'),
    Cache: join(root, 'cache'),
    'Cache::archives': join(root, 'archives'),
    'Etc::sourcelist': join(root, 'sources.list'),
    'Etc::sourceparts': join(root, 'none.d'),
    'Etc::parts': join(root, 'none.d'),
    'Etc::main': '/dev/null',
    'Etc::preferences': join(root, 'preferences'),
    'Etc::preferencesparts': join(root, 'none.d'),
  };
  const lines = [
    ...acquire,
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    'APT::Sandbox::User "root";',
    'Acquire::Languages { "none"; };',
    'Acquire::Retries "3";',
    ...Object.entries(dirs).map(([name, path]) => `Dir::${name} "${path}";`),
  ];
  const conf = join(root, 'apt.conf');
  writeFileSync(conf, `${lines.join('\n')}\n`);
  return conf;
}

/** Where the machine's own apt gets Debian's packages: the suite's mirror, else the first. */
function machineMirror(root: string, suite: string): string {
  const lists = join(root, 'lists');
  const uris = run('apt-get', ['-q', '-o', `Dir::State::lists=${lists}`, 'update', '--print-uris']);
  let first: string | undefined;
  for (const match of uris.stdout.matchAll(/^'(.*)\/dists\/([^']*)\/InRelease'/gm)) {
    if (match[2] === suite) return match[1]!;
    first ??= match[1];
  }
  if (first === undefined) {
    throw new ToolError('NO_MIRROR', "this machine's apt has no Debian repository configured");
  }
  return first;
}

interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Done {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 600_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status: done.status, stdout: done.stdout ?? '', stderr: done.stderr ?? '' };
}
