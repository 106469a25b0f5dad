/**
 * The ladder: programs of which more and more is ours, each rung with either linker.
 *
 * `none` has official objects only and proves our linker; `main` has package main of ours, `most` all
 * but the runtime and what it imports, `all` everything. A rung that fails above one that passes says
 * which layer broke. One build cache holds both compilers' objects (packages/cmd-go/test/ladder-worker).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv } from '../peer.ts';
import {
  comparable,
  difference,
  officialProgram,
  outputFolder,
  programNames,
  programsDir,
  runCommand,
} from './programs.ts';
import type { Case, Suite } from './suite.ts';

const script = fileURLToPath(new URL('../../packages/cmd-go/test/with-tools.ts', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/go-ts-ladder', import.meta.url));

const rungs = [
  'none,ours',
  'main,official',
  'main,ours',
  'most,official',
  'most,ours',
  'all,official',
  'all,ours',
];

export function ladderSuite(): Suite {
  const dir = outputFolder('ladder');
  const wanted = new Map<string, Promise<string>>();
  const want = (name: string): Promise<string> => {
    let known = wanted.get(name);
    if (known === undefined) {
      known = officialProgram(name, dir)
        .then((exe) => runCommand(exe, [], peerEnv(), 300_000))
        .then(comparable);
      wanted.set(name, known);
    }
    return known;
  };
  const climb = async (name: string, rung: string): Promise<string | undefined> => {
    const exe = join(dir, `${name}-${rung.replace(',', '-')}`);
    const args = [script, 'ladder', 'build', '-o', exe, `-ldflags=-w -ladder=${rung}`];
    const env = peerEnv({ GOCACHE: cache, GOPROXY: 'off' });
    const built = await runCommand(
      process.execPath,
      [...args, join(programsDir, `${name}.go`)],
      env,
      1_200_000,
    );
    if (built.status !== 0) return `build: ${built.stderr}`;
    const ran = await runCommand(exe, [], peerEnv(), 300_000);
    rmSync(exe);
    return difference(comparable(ran), await want(name));
  };
  const cases: Case[] = programNames.flatMap((name) =>
    rungs.map((rung) => ({ name: `${name} ${rung}`, run: () => climb(name, rung) })),
  );
  return { name: 'ladder', title: 'official and own objects in one program', cases: () => cases };
}
