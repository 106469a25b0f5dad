/**
 * Makes packages/cmd-go/dist, which is two things at once: the package that users install (`npm pack`
 * there), and what `./go` of this repository runs while no source has changed (packages/cmd-go/bin).
 *
 * The code lies in a folder named by its content, so that a command that is running keeps the files it
 * has yet to load when a newer bundle appears beside them. manifest.json names the folder and every file
 * that went into it; it is written last, and only if no file changed meanwhile.
 */
import { hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { check, stamp } from '../packages/cmd-go/bin/bundle.js';
import { writeWhole } from '../packages/cmd-go/src/work/cache.ts';
import { sourceFiles, toolID } from '../packages/cmd-go/src/work/toolid.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'packages/cmd-go');
const dist = join(source, 'dist');
/** A command that is still running may load from a folder that is not current any more. */
const keepMs = 6 * 3_600_000;
/** A bundle takes seconds; whoever held the lock for longer was killed. */
const lockMs = 60_000;

type Stamps = Record<string, string>;

function stampsOf(files: Iterable<string>): Stamps {
  const stamps: Stamps = {};
  for (const file of files) stamps[relative(root, file)] = stamp(statSync(file));
  return stamps;
}

/** What decides on the bundle besides the modules in it. */
function otherInputs(): string[] {
  const manifests = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'package.json'))
    .filter((file) => existsSync(file));
  const own = ['bin/bundle.js', 'bin/go.js'].map((name) => join(source, name));
  return [...manifests, ...own, join(root, 'pnpm-lock.yaml'), fileURLToPath(import.meta.url)];
}

async function bundle(): Promise<void> {
  const before = stampsOf([...sourceFiles(), ...otherInputs()]);
  const temp = join(dist, `temp-${process.pid}`);
  try {
    const made = await rolldown({
      input: {
        index: join(source, 'src/index.ts'),
        start: join(source, 'src/worker/start.js'),
        worker: join(source, 'src/worker/worker.ts'),
      },
      platform: 'node',
      external: ['react-devtools-core'],
      transform: { define: { 'process.env.NODE_ENV': '"production"' } },
      onLog: () => {},
    });
    // Names stay: messages about faults of ours tell them.
    const { output } = await made.write({
      dir: temp,
      chunkFileNames: '[name].js',
      comments: false,
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    });
    await made.close();
    for (const { fileName } of output) toASCII(join(temp, fileName));
    writeFileSync(join(temp, 'toolid'), toolID(temp));
    for (const name of readdirSync(temp)) if (name.startsWith('toolid-')) rmSync(join(temp, name));
    const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
    const files = modules.filter((id) => existsSync(id) && !id.includes('node_modules'));
    const after = stampsOf([...files, ...sourceFiles(), ...otherInputs()]);
    for (const [file, was] of Object.entries(before)) {
      if (after[file] !== was) throw new Error(`${file} changed while it was being bundled`);
    }
    publish(temp, after);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** The engine reads, keeps and compiles ASCII faster. All else stands in strings and regular expressions. */
function toASCII(file: string): void {
  const text = readFileSync(file, 'utf8');
  const escaped = text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (escaped !== text) writeFileSync(file, escaped);
}

function publish(temp: string, stamps: Stamps): void {
  const names = readdirSync(temp).sort();
  const texts = names.map((name) => `${name}\n${readFileSync(join(temp, name), 'utf8')}`);
  const folder = hash('sha256', texts.join('\n'), 'hex').slice(0, 16);
  if (!existsSync(join(dist, folder))) renameSync(temp, join(dist, folder));
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    version: string;
  };
  const description = {
    name,
    version,
    description: 'The Go toolchain in TypeScript',
    type: 'module',
    bin: { go: './go.js' },
    files: ['go.js', `${folder}/*.js`, `${folder}/toolid`],
    engines: { node: '>=24' },
  };
  place('package.json', `${JSON.stringify(description, null, 2)}\n`);
  place('README.md', readFileSync(join(root, 'README.md'), 'utf8'));
  place('go.js', entry(folder));
  place('manifest.json', JSON.stringify({ folder, stamps }));
  const now = Date.now();
  for (const other of readdirSync(dist)) {
    const path = join(dist, other);
    const isOld = /^[\da-f]{16}$/.test(other) && other !== folder;
    if (isOld && now - statSync(path).mtimeMs > keepMs) rmSync(path, { recursive: true });
  }
}

function entry(folder: string): string {
  return `#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
enableCompileCache(\`\${process.env.XDG_CACHE_HOME || \`\${homedir()}/.cache\`}/go-ts/v8\`);
const { main } = await import('./${folder}/index.js');
process.exitCode = await main(process.argv.slice(2));
`;
}

function place(name: string, text: string): void {
  writeWhole(join(dist, name), Buffer.from(text), name === 'go.js' ? 0o755 : 0o644);
}

/** Only one makes the bundle. */
function takeLock(file: string): boolean {
  if (isAbandoned(file)) rmSync(file, { force: true });
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function isAbandoned(file: string): boolean {
  const info = statSync(file, { throwIfNoEntry: false });
  return info !== undefined && Date.now() - info.mtimeMs > lockMs;
}

mkdirSync(dist, { recursive: true });
const lock = join(dist, 'lock');
// `./go` has something better to do than to wait: it runs the sources.
if (process.argv.includes('--wait')) {
  // oxlint-disable-next-line no-await-in-loop
  while (existsSync(lock) && !isAbandoned(lock)) await setTimeout(50);
}
if (!check(root, dist).fresh && takeLock(lock)) {
  try {
    await bundle();
  } catch (error) {
    // So that nobody tries again before a source has changed.
    const stamps = stampsOf([...sourceFiles(), ...otherInputs()]);
    place('manifest.json', JSON.stringify({ folder: null, stamps }));
    throw error;
  } finally {
    rmSync(lock, { force: true });
  }
}
