/**
 * GC torture: the programs, everything ours, with the collector running as often as it can and
 * checking what it does.
 *
 * GOGC=1 collects at every percent of growth; clobberfree overwrites what is freed, so that a pointer
 * missing from a stack map reads garbage; gccheckmark marks a second time with the world stopped and
 * compares, which finds missing write barriers; invalidptr lets the runtime die on pointers that
 * point into no span. Asynchronous preemption is on, as always.
 */
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

const ourGo = fileURLToPath(new URL('../../go', import.meta.url));
/** Of each program: in all, over a hundred runs. */
const rounds = 12;
const settings = ['clobberfree=1,invalidptr=1', 'clobberfree=1,gccheckmark=1,invalidptr=1'];
/** With 100,000 stacks to check on every one of its cycles it takes minutes, under either toolchain. */
const withoutCheckmark = new Set(['concurrency']);

export function tortureSuite(): Suite {
  const dir = outputFolder('torture');
  const programs = new Map<string, Promise<{ readonly exe: string; readonly want: string }>>();
  const prepare = async (name: string) => {
    const exe = join(dir, name);
    const args = ['build', '-o', exe, join(programsDir, `${name}.go`)];
    const built = await runCommand(ourGo, args, peerEnv(), 1_200_000);
    if (built.status !== 0) throw new Error(`build: ${built.stderr}`);
    const official = await officialProgram(name, dir);
    return { exe, want: comparable(await runCommand(official, [], peerEnv(), 300_000)) };
  };
  const run = async (name: string, round: number): Promise<string | undefined> => {
    const known = programs.get(name) ?? prepare(name);
    programs.set(name, known);
    const { exe, want } = await known;
    const setting = settings[withoutCheckmark.has(name) ? 0 : round % settings.length]!;
    const env = peerEnv({ GOGC: '1', GODEBUG: setting });
    return difference(comparable(await runCommand(exe, [], env, 900_000)), want);
  };
  const cases: Case[] = Array.from({ length: rounds }, (_, round) =>
    programNames.map((name) => ({
      name: `${name} ${round + 1}`,
      run: () => run(name, round),
    })),
  ).flat();
  return {
    name: 'torture',
    title: 'programs under GOGC=1 with clobberfree, gccheckmark, invalidptr',
    cases: () => cases,
  };
}
