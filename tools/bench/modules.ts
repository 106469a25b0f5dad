/**
 * `./bench mod`: bringing and listing a graph of more than 150 modules, from a file proxy with nothing
 * in the module cache, and with all there. The proxy is the record of tools/conformance/modrecord.ts.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCases, recordDir, unpack } from '../conformance/modrecord.ts';
import { benchSubject } from '../conformance/module-list.ts';
import { peerEnv } from '../peer.ts';
import { type Command, compare, type Comparison, printTable } from './measure.ts';

export async function benchModules(
  ours: string,
  official: string,
  scratch: string,
): Promise<Comparison[]> {
  const recorded = readCases()[benchSubject];
  if (recorded === undefined) {
    throw new Error(
      `${benchSubject} is not in ${recordDir()}: ./dev node tools/conformance/modrecord.ts --only viper`,
    );
  }
  const dir = join(scratch, 'viper');
  unpack(recorded, dir);
  const caches = { ours: join(scratch, 'mod-ours'), official: join(scratch, 'mod-official') };
  const pair = (...args: readonly string[]): [ours: Command, official: Command] => {
    const command = (file: string, which: 'ours' | 'official'): Command => ({
      file,
      args,
      cwd: dir,
      env: peerEnv({
        GOMODCACHE: caches[which],
        GOPATH: join(scratch, 'gopath'),
        GOPROXY: `file://${join(recordDir(), 'mod/cache/download')}`,
        GOSUMDB: 'off',
        GOFLAGS: '-modcacherw',
      }),
    });
    return [command(ours, 'ours'), command(official, 'official')];
  };
  const empty = (which: 'ours' | 'official'): void => {
    rmSync(caches[which], { recursive: true, force: true });
    mkdirSync(caches[which]);
  };
  const rows = [
    await compare('go list -m all, empty module cache', ...pair('list', '-m', 'all'), 3, empty),
    await compare('go list -m all', ...pair('list', '-m', 'all'), 5),
    await compare('go mod graph', ...pair('mod', 'graph'), 5),
    await compare('go mod download, empty module cache', ...pair('mod', 'download'), 2, empty),
    await compare('go mod download', ...pair('mod', 'download'), 5),
    await compare('go mod tidy', ...pair('mod', 'tidy'), 3),
  ];
  printTable('mod: ours, official, ratio, our peak memory', rows);
  return rows;
}
