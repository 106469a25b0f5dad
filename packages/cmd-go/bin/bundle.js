/**
 * Is there a bundle of exactly these sources? Then `./go` runs it, as it starts in a fraction of the time.
 *
 * `tools/bundle.ts` leaves beside the bundle the size and time of every file that went into it; one that
 * differs, or is gone, makes the bundle stale, and the sources run. A stale bundle is made anew by whoever
 * comes when nobody has touched a source for a minute: not between two edits. GOTS_BUNDLE=off runs the
 * sources always, and so does GOTS_TRACE, whose stack traces are to name source files.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const restMs = 60_000;

/**
 * The folder of a bundle that is up to date, made if it pays; undefined if the sources must run.
 * @param {string} root The repository.
 * @returns {string | undefined}
 */
export function currentBundle(root) {
  const { GOTS_BUNDLE, GOTS_TRACE } = process.env;
  if (GOTS_BUNDLE === 'off' || GOTS_TRACE !== undefined) return undefined;
  const dist = join(root, 'packages/cmd-go/dist');
  const found = check(root, dist);
  if (found.fresh) return found.folder;
  if (Date.now() - found.newest < restMs || !isWritable(join(dist, '..'))) return undefined;
  // Loaded here only: every command starts with this file.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync(process.execPath, [join(root, 'tools/bundle.ts')], {
    stdio: 'ignore',
    timeout: 60_000,
  });
  const made = check(root, dist);
  return made.fresh ? made.folder : undefined;
}

/**
 * A manifest that is fresh but names no folder says that these sources could not be bundled.
 * @param {string} root
 * @param {string} dist
 * @returns {{ fresh: boolean, folder?: string, newest: number }}
 */
export function check(root, dist) {
  /** @type {{ folder: string | null, stamps: Record<string, string> }} */
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
  } catch {
    return { fresh: false, newest: 0 };
  }
  let fresh = true;
  let newest = 0;
  for (const file in manifest.stamps) {
    const info = statSync(`${root}/${file}`, { throwIfNoEntry: false });
    if (info === undefined || stamp(info) !== manifest.stamps[file]) fresh = false;
    newest = Math.max(newest, info?.mtimeMs ?? 0);
  }
  const folder = manifest.folder === null ? undefined : join(dist, manifest.folder);
  return folder === undefined ? { fresh, newest } : { fresh, folder, newest };
}

/**
 * What tells that a file has not changed.
 * @param {import('node:fs').Stats} info
 * @returns {string}
 */
export function stamp({ size, mtimeMs }) {
  return `${size} ${mtimeMs}`;
}

/** @param {string} dir */
function isWritable(dir) {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
