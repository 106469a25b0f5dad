/**
 * Programs of the GOROOT that are commands of ours: gofmt, nm, cover and the like. They are Go, so they
 * are built by us for this machine when they are first asked for, and kept.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeBuildConfig, newLoader } from '../cfg/build.ts';
import { buildFlags } from '../cfg/buildflags.ts';
import { parseFlags } from '../cfg/flags.ts';
import { Settings } from '../cfg/settings.ts';
import { executableName } from '../load/package.ts';
import { placeOutput } from './output.ts';
import { checkPackages, withBuilder } from './session.ts';

/** The program's file. `path` is that of its package, `cmd/gofmt`. */
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
  const main = newLoader(config, false).loadPath(path);
  checkPackages([main]);
  return await withBuilder(config, async (builder) => {
    await builder.buildPackages([main]);
    const output = await builder.link(main, ['-s', '-w']);
    const dir = join(settings.ownDir, 'tools', output.slice(0, 16));
    const file = join(dir, executableName(main) + config.target.os.exeSuffix);
    if (!existsSync(file)) {
      mkdirSync(dir, { recursive: true });
      placeOutput(builder.cache.file(output), file, { mode: 0o777, what: path });
    }
    return file;
  });
}
