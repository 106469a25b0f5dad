/**
 * `go tool compile` under a driver that names direct imports only.
 *
 * Our export data says what a package declares and refers by path to what others declare, so a
 * compilation asks for indirect imports too; the official go command lists only the direct ones. Here
 * every compilation leaves, in a table beside the driver's cache, the export data of its package and
 * the closure of its imports. The key is the action id in the archive's build id: it stays with the
 * archive when the driver moves that into its cache, it differs between variants of a package ("p
 * [p.test]"), and what it names never changes, so entries need no lock and are only ever added.
 *
 * GOROOT: src/cmd/go/internal/work/exec.go (importcfg), src/cmd/internal/buildid.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache =
  process.env['GOCACHE'] ||
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'go-build');
const table = join(cache, 'go-ts-exports');

/** The action id of an archive: the first part of its build id. */
function actionOf(archive: string): string | undefined {
  const start = Buffer.alloc(1024);
  const file = openSync(archive, 'r');
  readSync(file, start, 0, start.length, 0);
  closeSync(file);
  return /^build id "([\w-]+)\//m.exec(start.toString('latin1'))?.[1];
}

/** The closure of the imports of what an action compiled, as `path action`. */
function closureOf(action: string): [path: string, action: string][] {
  const lines = readFileSync(join(table, `${action}.deps`), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]);
}

function valueOf(words: readonly string[], flag: string): string | undefined {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return words[at] === flag ? words[at + 1] : words[at]!.slice(flag.length + 1);
}

/** Whole or absent, and never half seen by another process. */
function writeEntry(name: string, bytes: Uint8Array | string): void {
  const temporary = join(table, `${name}.${process.pid}`);
  writeFileSync(temporary, bytes);
  renameSync(temporary, join(table, name));
}

/** An archive with the first member of `file` only: `__.PKGDEF`, which has the export data. */
function exportsOnly(file: string): Uint8Array {
  const bytes = readFileSync(file);
  const header = 8;
  const body = header + 60;
  return bytes.subarray(0, body + Number(bytes.toString('latin1', header + 48, header + 58)));
}

function compile(words: readonly string[]): number {
  const importcfg = valueOf(words, '-importcfg')!;
  const config = readFileSync(importcfg, 'utf8');
  const closure = new Map<string, string>();
  const direct = new Set<string>();
  for (const [, path, file] of config.matchAll(/^packagefile ([^=\n]+)=(.*)$/gm)) {
    const action = actionOf(file!);
    if (action === undefined) throw new Error(`${file}: no build id`);
    for (const [indirect, its] of closureOf(action)) closure.set(indirect, its);
    direct.add(path!);
  }
  const added: string[] = [];
  for (const [path, action] of closure) {
    if (!direct.has(path)) added.push(`packagefile ${path}=${join(table, `${action}.a`)}\n`);
  }
  for (const [, path, file] of config.matchAll(/^packagefile ([^=\n]+)=(.*)$/gm)) {
    closure.set(path!, actionOf(file!)!);
  }
  const extended = `${importcfg}.closed`;
  writeFileSync(extended, `${config}\n${added.join('')}`);
  const args = words.map((word) =>
    word === importcfg
      ? extended
      : word === `-importcfg=${importcfg}`
        ? `-importcfg=${extended}`
        : word,
  );
  const go = fileURLToPath(new URL('../packages/cmd-go/bin/go.js', import.meta.url));
  const run = spawnSync(process.execPath, [go, 'tool', 'compile', ...args], { stdio: 'inherit' });
  const own = valueOf(words, '-buildid')?.split('/')[0];
  const output = valueOf(words, '-o');
  if (run.status === 0 && own !== undefined && output !== undefined) {
    mkdirSync(table, { recursive: true });
    writeEntry(`${own}.a`, exportsOnly(output));
    writeEntry(`${own}.deps`, [...closure].map((entry) => `${entry.join(' ')}\n`).join(''));
  }
  return run.status ?? 2;
}

process.exitCode = compile(process.argv.slice(2));
