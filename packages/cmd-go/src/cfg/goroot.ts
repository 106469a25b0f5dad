/**
 * A GOROOT for a command that cannot do without: the one on this machine, or the sources brought.
 *
 * They come as the module golang.org/toolchain of the supported release through GOPROXY, checked
 * against the hash in the release table; where no proxy is set or it does not answer, as Debian's
 * source package through the machine's own apt. What is happening is said on stderr.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ToolError } from '@go-ts/base';
import { cachedGoroot, type Goroot, problemOf } from '@go-ts/runtime/goroot/locate';
import { readEnvFile } from '@go-ts/runtime/goroot/version';
import { type Release } from '@go-ts/runtime/release/release';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { type Settings } from './settings.ts';

export async function needGoroot(settings: Settings): Promise<Goroot> {
  const found = settings.goroot;
  if (found !== undefined) return found;
  const { release } = settings;
  const dest = cachedGoroot(settings.gorootCache, release);
  // A folder of that name that is no complete tree cannot be ours: it only ever gets its name whole.
  if (existsSync(dest)) {
    throw new Failure(
      `go: cannot use ${dest}: ${problemOf(dest)}\n\tdelete it, and run the command again`,
    );
  }
  await bring(settings, release, dest);
  settings.forgetGoroot();
  const brought = settings.goroot;
  if (brought === undefined) throw new Failure(`go: ${dest}: ${problemOf(dest) ?? 'not usable'}`);
  return brought;
}

const say = (text: string): void => printError(`go: ${text}\n`);

async function bring(settings: Settings, release: Release, dest: string): Promise<void> {
  const reasons: string[] = [];
  const goproxy = findGoproxy(settings);
  if (goproxy === '') {
    reasons.push('GOPROXY is set nowhere: not in the environment, the env file or any go.env');
  } else {
    try {
      await bringModuleTo(settings, { release, dest, goproxy });
      return;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      reasons.push(error.message);
      say(error.message);
    }
  }
  const { bringFromDebian } = await import('@go-ts/modfetch/fetch/debian');
  try {
    await bringFromDebian({
      binaryPackages: [release.debianPackage, release.debianPackage.replace(/-src$/, '-go')],
      suites: release.debianSuites,
      version: release.version,
      dest,
      workDir: join(settings.ownDir, 'apt'),
      say,
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    reasons.push(error.message);
    const list = reasons.map((reason) => `\t${reason}`).join('\n');
    throw new Failure(
      `go: the sources of ${release.version} are not on this machine and could not be brought:\n${list}\n` +
        `\tset GOPROXY to a module proxy ('go env -w GOPROXY=…'), or GOROOT to a ${release.language} tree`,
      1,
    );
  }
}

interface Order {
  readonly release: Release;
  readonly dest: string;
  readonly goproxy: string;
}

async function bringModuleTo(settings: Settings, { release, dest, goproxy }: Order): Promise<void> {
  const { bringModule } = await import('@go-ts/modfetch/fetch/module');
  const { path, version, hash } = release.module;
  const meter = new Meter(`go: downloading ${path} ${version}`);
  await bringModule({
    path,
    version,
    hash,
    goproxy,
    dest,
    downloadDir: join(settings.ownDir, 'download'),
    place: placeInGoroot,
    events: {
      waiting: () => printError(`go: waiting for another download of ${path}\n`),
      asking: () => meter.start(),
      progress: (done, total) => meter.show(done, total),
      unpacking: () => {
        meter.end();
        printError(`go: verifying and unpacking ${release.version}\n`);
      },
    },
  });
  printError(`go: ${release.version} is in ${dest}\n`);
}

/** What of the toolchain module is kept, and under which name. */
export function placeInGoroot(path: string): string | undefined {
  const wanted =
    /^(src|lib)\//.test(path) ||
    path.startsWith('pkg/include/') ||
    path === 'VERSION' ||
    path === 'go.env';
  // A module's zip cannot hold other modules, so their go.mod files have another name in it.
  return wanted ? path.replace(/(^|\/)_go\.mod$/, '$1go.mod') : undefined;
}

/** From the environment, the env file, or the go.env of any Go on this machine. */
function findGoproxy(settings: Settings): string {
  const set = settings.get('GOPROXY');
  if (set !== '') return set;
  for (const tree of installedTrees(settings)) {
    const value = readEnvFile(join(tree, 'go.env')).get('GOPROXY') ?? '';
    if (value !== '') return value;
  }
  return '';
}

/** Trees of any release: around go commands on PATH, and where installers put them. */
function* installedTrees(settings: Settings): Generator<string> {
  for (const dir of (settings.env['PATH'] ?? '').split(delimiter)) {
    if (dir === '') continue;
    try {
      yield dirname(dirname(realpathSync(join(dir, 'go'))));
    } catch {
      continue;
    }
  }
  yield '/usr/local/go';
  for (const parent of ['/usr/lib', '/usr/share']) {
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent)) {
      if (/^go(-1\.|lang)/.test(name)) yield join(parent, name);
    }
  }
}

/** One line that counts up on a terminal; elsewhere a line at the beginning and each quarter. */
class Meter {
  readonly #title: string;
  readonly #live = process.stderr.isTTY;
  #quarter = 0;
  #last = 0;
  #open = false;

  constructor(title: string) {
    this.#title = title;
  }

  start(): void {
    if (this.#live) this.#open = true;
    printError(this.#live ? this.#title : `${this.#title}\n`);
  }

  show(done: number, total: number | undefined): void {
    const of = total === undefined ? '' : ` of ${megabytes(total)}`;
    if (this.#live) {
      const now = Date.now();
      if (now - this.#last < 100 && done !== total) return;
      this.#last = now;
      printError(`\r${this.#title}: ${megabytes(done)}${of} MB `);
      return;
    }
    const quarter = total === undefined ? 0 : Math.floor((done / total) * 4);
    if (quarter <= this.#quarter) return;
    this.#quarter = quarter;
    printError(`go: ${megabytes(done)}${of} MB\n`);
  }

  end(): void {
    if (this.#open) printError('\n');
    this.#open = false;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
