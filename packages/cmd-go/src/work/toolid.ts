/**
 * An identity for the toolchain itself, part of every key: another compiler, other outputs.
 *
 * It is the hash of every source file of the packages that make the bytes. Reading them all on every
 * start would cost more than all else, so the result is remembered under the files' names, sizes and
 * times.
 */
import { createHash, hash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from './cache.ts';

const here = fileURLToPath(import.meta.url);
const packages = ['base', 'runtime', 'objfile', 'asm', 'gc', 'link', 'cmd-go'];

/**
 * What stands between a job and the tools. The rest of the driver only decides on jobs, and those
 * are in the keys themselves.
 */
const adapters = 'src/{work/{gc,ld,tools},worker/{serve,worker}}.ts';

/** `names` are the packages that count. A bundle has the identity of the sources it was made from. */
export function toolID(memoDir: string, names: readonly string[] = packages): string {
  if (!here.endsWith('.ts')) return readFileSync(join(dirname(here), 'toolid'), 'utf8');
  const files = sourceFiles(names);
  files.sort();
  const stamps = files.map((file) => {
    const info = statSync(file);
    return `${file} ${info.size} ${info.mtimeMs}`;
  });
  const key = hash('sha256', stamps.join('\n'), 'hex');
  const memo = join(memoDir, `toolid-${key.slice(0, 16)}`);
  const known = readMemo(memo);
  if (known !== undefined) return known;
  const digest = createHash('sha256');
  for (const file of files) digest.update(hash('sha256', readFileSync(file), 'hex'));
  const id = digest.digest('hex');
  mkdirSync(memoDir, { recursive: true });
  writeWhole(memo, Buffer.from(id), 0o666);
  return id;
}

/** packages/NAME/src of every package that has a part in the outputs. */
export function sourceFiles(names: readonly string[] = packages): string[] {
  const root = join(dirname(here), '../../..');
  return names.flatMap((name) => {
    if (name === 'cmd-go') return globSync(join(root, name, adapters));
    return globSync(join(root, name, 'src/**/*.ts'));
  });
}

function readMemo(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return /^[\da-f]{64}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
