/**
 * go.sum: which hash each module version had when it was first used here.
 *
 * Holds the file's lines, those of a workspace's modules, and, for every pair that was asked about,
 * whether it was used and whether it is yet to be written ("dirty"). Nothing is written here: the
 * file's new text is computed from its text at that moment, because other commands may have added
 * to it.
 * GOROOT: src/cmd/go/internal/modfetch/fetch.go (initGoSum, HaveSum, checkModSum, tidyGoSum, TrimGoSum).
 */
import { SecurityError } from '../error.ts';
import { compareSemver } from '../version/semver.ts';

/** `path version` or `path version/go.mod`, as a line of go.sum begins. */
export type SumKey = string;

export function sumKey(path: string, version: string): SumKey {
  return `${path} ${version}`;
}

export function goModSumKey(path: string, version: string): SumKey {
  return `${path} ${version}/go.mod`;
}

/** A text that is no go.sum; the message is upstream's. */
export class MalformedGoSum extends Error {
  override readonly name = 'MalformedGoSum';
}

/** Once written for modules without go.mod by mistake. */
const emptyGoModHash = 'h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=';

type Sums = Map<SumKey, string[]>;

export function parseGoSum(text: string, file: string, ignoreMalformed = false): Sums {
  const sums: Sums = new Map();
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    const fields = line.split(/\s+/).filter((field) => field !== '');
    if (fields.length === 0) continue;
    if (fields.length !== 3) {
      if (ignoreMalformed) continue;
      throw new MalformedGoSum(
        `malformed go.sum:\n${file}:${number}: wrong number of fields ${fields.length}\n`,
      );
    }
    const [path, version, hash] = fields as [string, string, string];
    if (hash === emptyGoModHash) continue;
    addTo(sums, sumKey(path, version), hash);
  }
  return sums;
}

function addTo(sums: Sums, key: SumKey, hash: string): void {
  const list = sums.get(key);
  if (list === undefined) sums.set(key, [hash]);
  else list.push(hash);
}

interface Status {
  readonly key: SumKey;
  readonly hash: string;
  used: boolean;
  dirty: boolean;
}

export interface GoSumText {
  readonly file: string;
  readonly text: string;
}

export interface GoSumOptions {
  /** '' where there is no main module: nothing is checked or recorded then. */
  readonly file: string;
  readonly text: string;
  readonly workspace?: readonly GoSumText[];
  readonly ignoreMalformed?: boolean;
  /** Told once about a hash of an unknown algorithm. */
  readonly warn?: (message: string) => void;
}

export class GoSum {
  readonly file: string;
  readonly #ignoreMalformed: boolean;
  readonly #warn: (message: string) => void;
  #sums: Sums;
  readonly #workspace: ReadonlyMap<string, Sums>;
  #status = new Map<string, Status>();
  #overwrite = false;

  constructor({ file, text, workspace = [], ignoreMalformed = false, warn }: GoSumOptions) {
    this.file = file;
    this.#ignoreMalformed = ignoreMalformed;
    this.#warn = warn ?? (() => {});
    this.#sums = parseGoSum(text, file, ignoreMalformed);
    this.#workspace = new Map(
      workspace.map((each) => [each.file, parseGoSum(each.text, each.file, ignoreMalformed)]),
    );
  }

  get enabled(): boolean {
    return this.file !== '';
  }

  /** Whether a hash of a known algorithm was on file before this command. */
  have(key: SumKey): boolean {
    return this.enabled && this.#clean(key).length > 0;
  }

  /** The hash on file; undefined if there is none, or if the files disagree. */
  recorded(key: SumKey): string | undefined {
    if (!this.enabled) return undefined;
    const found = new Set(this.#clean(key));
    return found.size === 1 ? [...found][0] : undefined;
  }

  #clean(key: SumKey): string[] {
    return [...this.#workspace.values(), this.#sums].flatMap((sums) =>
      (sums.get(key) ?? []).filter(
        (hash) => hash.startsWith('h1:') && this.#status.get(`${key} ${hash}`)?.dirty !== true,
      ),
    );
  }

  /** Marks the pair as used; true if it is on file. A contradiction on file throws. */
  check(key: SumKey, hash: string): boolean {
    if (!this.enabled) return false;
    const found = this.#find(key, hash);
    this.#touch(key, hash).used = true;
    return found;
  }

  /** Records a pair that check did not find, once it is known to be right. */
  add(key: SumKey, hash: string): void {
    if (!this.enabled) return;
    this.#addUnlessThere(key, hash);
    this.#touch(key, hash).dirty = true;
  }

  #touch(key: SumKey, hash: string): Status {
    const pair = `${key} ${hash}`;
    let status = this.#status.get(pair);
    if (status === undefined) {
      status = { key, hash, used: false, dirty: false };
      this.#status.set(pair, status);
    }
    return status;
  }

  #find(key: SumKey, hash: string): boolean {
    const own = this.file.endsWith('go.work.sum') ? 'go.work.sum' : 'go.sum';
    for (const listed of this.#sums.get(key) ?? []) {
      if (listed === hash) return true;
      if (listed.startsWith('h1:')) throw mismatch(key, hash, own, listed);
    }
    let found = false;
    for (const [file, sums] of this.#workspace) {
      for (const listed of sums.get(key) ?? []) {
        if (listed === hash) found = true;
        else if (listed.startsWith('h1:')) throw mismatch(key, hash, file, listed);
      }
    }
    return found;
  }

  #addUnlessThere(key: SumKey, hash: string): void {
    if (this.#find(key, hash)) return;
    const unknown = this.#sums.get(key);
    if (unknown !== undefined && unknown.length > 0) {
      this.#warn(
        `warning: verifying ${at(key)}: unknown hashes in go.sum: ${unknown.join(', ')}; adding ${hash}${hashVersionMismatch}`,
      );
    }
    addTo(this.#sums, key, hash);
  }

  /** Forgets what is not in `keep`, so that the next text lacks it. */
  trim(keep: ReadonlySet<SumKey>): void {
    for (const [key, hashes] of this.#sums) {
      if (keep.has(key)) continue;
      for (const hash of hashes) {
        const status = this.#touch(key, hash);
        status.used = false;
        status.dirty = true;
      }
      this.#overwrite = true;
    }
  }

  /** Whether the file must change: something was added that `keep` wants, or trimmed. */
  needsUpdate(keep: ReadonlySet<SumKey>): boolean {
    if (!this.enabled) return false;
    for (const [key, hashes] of this.#sums) {
      for (const hash of hashes) {
        const status = this.#status.get(`${key} ${hash}`);
        if (status?.dirty === true && (!status.used || keep.has(key))) return true;
      }
    }
    return false;
  }

  /** The file's new text, given the text that it has now. */
  tidy(current: string, keep: ReadonlySet<SumKey>): string {
    if (!this.#overwrite) {
      // Only what was checked is added to what others wrote meanwhile: a line that somebody removed
      // is not to come back by itself.
      this.#sums = parseGoSum(current, this.file, this.#ignoreMalformed);
      for (const { key, hash, used } of this.#status.values()) {
        if (used && !this.#inWorkspace(key)) this.#addUnlessThere(key, hash);
      }
    }
    let text = '';
    for (const key of [...this.#sums.keys()].sort(compareKeys)) {
      if (this.#inWorkspace(key)) continue;
      for (const hash of [...new Set(this.#sums.get(key))].sort()) {
        const status = this.#status.get(`${key} ${hash}`);
        const stays = status?.dirty !== true || (status.used && keep.has(key));
        if (stays) text += `${key} ${hash}\n`;
      }
    }
    return text;
  }

  /** After the text of tidy was written. */
  written(): void {
    this.#status = new Map();
    this.#overwrite = false;
  }

  #inWorkspace(key: SumKey): boolean {
    for (const sums of this.#workspace.values()) if (sums.has(key)) return true;
    return false;
  }
}

/** By path, then version, a version's go.mod after its zip. */
function compareKeys(a: SumKey, b: SumKey): number {
  const [pathA, versionA] = a.split(' ') as [string, string];
  const [pathB, versionB] = b.split(' ') as [string, string];
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  const [semverA, fileA = ''] = versionA.split('/', 2) as [string, string?];
  const [semverB, fileB = ''] = versionB.split('/', 2) as [string, string?];
  const order = semverA === semverB ? 0 : compareSemver(semverA, semverB);
  return order || (fileA < fileB ? -1 : Number(fileA > fileB));
}

/** `path@version`. */
function at(key: SumKey): string {
  return key.replace(' ', '@');
}

function mismatch(key: SumKey, hash: string, where: string, listed: string): SecurityError {
  return new SecurityError(
    `verifying ${at(key)}: checksum mismatch\n\tdownloaded: ${hash}\n\t${where}:     ${listed}` +
      securityError('This download does NOT match an earlier download recorded in go.sum.'),
  );
}

/** The block that follows every message of a failed verification. */
export function securityError(claim: string): string {
  return `

SECURITY ERROR
${claim}
The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.

For more information, see 'go help module-auth'.
`;
}

const hashVersionMismatch = `

SECURITY WARNING
This download is listed in go.sum, but using an unknown hash algorithm.
The download cannot be verified.

For more information, see 'go help module-auth'.

`;
