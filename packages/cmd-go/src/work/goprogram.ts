/**
 * Programs of the GOROOT that are commands of ours: gofmt, nm, cover and the like. They are Go, so they
 * are built by us for this machine when they are first asked for, and kept.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { buildFlags } from '../cfg/buildflags.ts';
import { parseFlags } from '../cfg/flags.ts';
import { Settings } from '../cfg/settings.ts';
import { executableName } from '../load/package.ts';
import { writeWhole } from './cache.ts';
import { placeOutput } from './output.ts';
import { checkPackages, withBuilder } from './session.ts';
import { toolID } from './toolid.ts';

/**
 * The program's file. `path` is that of its package, `cmd/gofmt`. Which file that is, is remembered
 * under the toolchain and the program's own sources: what it imports is part of a release.
 */
export async function goProgram(path: string): Promise<string> {
  const settings = new Settings({
    ...process.env,
    GOOS: '',
    GOARCH: '',
    GOFLAGS: '',
    GO111MODULE: 'off',
  });
  const line = parseFlags(buildFlags, [], { usage: '', name: '' });
  const config = await makeBuildConfig({ settings, line, goflags: [], name: 'build' });
  const tools = join(settings.ownDir, 'tools');
  const memo = join(tools, `${path.replaceAll('/', '-')}-${identity(config, path)}`);
  const known = readMemo(memo);
  if (known !== undefined) return known;
  const main = newLoader(config, false).loadPath(path);
  checkPackages([main]);
  const file = await withBuilder(config, async (builder) => {
    await builder.buildPackages([main]);
    const output = await builder.link(main, ['-s', '-w']);
    const dir = join(tools, output.slice(0, 16));
    const made = join(dir, executableName(main) + config.target.os.exeSuffix);
    if (!existsSync(made)) {
      mkdirSync(dir, { recursive: true });
      placeOutput(builder.cache.file(output), made, { mode: 0o777, what: path });
    }
    return made;
  });
  writeWhole(memo, Buffer.from(file), 0o666);
  return file;
}

function identity(config: BuildConfig, path: string): string {
  const { goroot, settings } = config;
  const dir = join(goroot.dir, 'src', path);
  const files = existsSync(dir) ? readdirSync(dir).sort() : [];
  const stamps = files.map((name) => {
    const info = statSync(join(dir, name));
    return `${name} ${info.size} ${info.mtimeMs}`;
  });
  const parts = [toolID(settings.ownDir), goroot.dir, goroot.version, ...stamps];
  return hash('sha256', parts.join('\n'), 'hex').slice(0, 16);
}

function readMemo(memo: string): string | undefined {
  if (!existsSync(memo)) return undefined;
  const file = readFileSync(memo, 'utf8');
  return existsSync(file) ? file : undefined;
}
