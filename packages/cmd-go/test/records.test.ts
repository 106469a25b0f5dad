/** What `-timings` and `-debug-actiongraph` leave behind about a build. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { actionGraph } from '../src/report/actiongraph.ts';
import { timingsPage } from '../src/report/timings.ts';
import { type Action, ActionLog } from '../src/work/actions.ts';
import { criticalPath } from '../src/work/critical.ts';
import { makeFolder, official, type Outcome } from './command.ts';

/**
 * Two workers: `a` is cached; `b` and `c` start at once, `c` is long; `d` needs `b` but both workers
 * are busy with `c` and `e`; main needs all; then the link.
 */
function history(): { log: ActionLog; named: Record<string, Action> } {
  let now = 0;
  const log = new ActionLog(Date.UTC(2026, 0, 2, 3, 4, 5), () => now);
  const named: Record<string, Action> = {};
  const add = (name: string, ...deps: string[]): Action => {
    const action = log.add(name === 'link' ? 'link' : 'build', name === 'link' ? 'm' : name);
    action.deps = deps.map((dep) => named[dep]!);
    action.buildID = `${name}id/${name}id`;
    named[name] = action;
    return action;
  };
  for (const name of ['a', 'b', 'c', 'e']) add(name);
  add('d', 'a', 'b');
  add('m', 'c', 'd', 'e');
  add('link', 'm', 'c', 'd', 'e', 'b', 'a');
  const events: [number, string, string][] = [
    [0, 'a', 'cached'],
    [0, 'b', 'start 0'],
    [0, 'c', 'start 1'],
    [0, 'e', 'ready'],
    [100, 'b', 'built'],
    [100, 'd', 'ready'],
    [100, 'e', 'start 0'],
    [400, 'e', 'built'],
    [400, 'd', 'start 0'],
    [500, 'c', 'built'],
    [900, 'd', 'built'],
    [900, 'm', 'start 1'],
    [1000, 'm', 'built'],
    [1000, 'link', 'start 0'],
    [1500, 'link', 'built'],
  ];
  for (const [at, name, what] of events) {
    now = at;
    const action = named[name]!;
    if (what === 'cached' || what === 'built') log.ended(action, what);
    else {
      if (action.ready < 0) log.ready(action);
      if (what !== 'ready') log.started(action, Number(what.split(' ')[1]));
    }
  }
  named['c']!.steps = [
    ['check', 50],
    ['compile bodies', 400],
    ['ssa/regalloc', 120],
  ];
  named['d']!.steps = [['ssa/regalloc', 30]];
  return { log, named };
}

describe('the critical path', () => {
  test('goes by what was waited for: a dependency, or a worker', () => {
    const { log } = history();
    const names = criticalPath(log.actions).map((a) => `${a.mode} ${a.package}`);
    // d was ready at 100, but e kept its worker until 400; e began when b made room.
    expect(names).toEqual(['build b', 'build e', 'build d', 'build m', 'link m']);
  });
  test('is empty when nothing ran', () => {
    expect(criticalPath([])).toEqual([]);
  });
});

describe('the page of timings', () => {
  const { log, named } = history();
  named['e']!.end = 'failed';
  const page = timingsPage(log, '<m> & co');

  test('stands alone', () => {
    expect(page).toContain('<title>&#60;m&#62; &#38; co: build timings</title>');
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(|@import|https?:/);
  });
  test('has each action where and when it ran', () => {
    const bar = (name: string): string =>
      new RegExp(`<i class="[^"]*" [^>]*>${name}</i>`).exec(page)![0];
    expect(bar('c')).toBe(
      '<i class="build" style="left:0.000%;width:33.333%" title="c 500 ms, from 0.0 ms">c</i>',
    );
    expect(bar('d')).toContain('class="build critical" style="left:26.667%;width:33.333%"');
    expect(bar('e')).toContain('class="build critical failed"');
    expect(bar('link m')).toContain('class="link critical"');
    const lanes = page.split('<div class="lane').slice(1);
    expect(lanes.map((lane) => [...lane.matchAll(/<\/i>/g)].length)).toEqual([
      4,
      2,
      expect.any(Number),
    ]);
    expect(lanes[2]).toContain('<b style="left:0.000%" title="a"></b>');
  });
  test('has sums, slowest packages, steps and passes', () => {
    expect(page).toContain('<dt>actions<dd>7');
    expect(page).toContain('<dt>from the cache<dd>1');
    expect(page).toContain('<dt>failed<dd>1');
    // Busy for 2 s of twice 1.5.
    expect(page).toContain('<dt>workers<dd>2, busy 66.7%');
    expect(page).toMatch(/<tr><td>c<td>500 ms<td>.*<td>check 50 ms, compile bodies 400 ms/);
    expect(page).toMatch(/<tr><td>regalloc<td>150 ms<td>7\.5%<td>.*<td>120 ms in c/);
  });
});

describe('the action graph', () => {
  test('has upstream’s fields, goals first', () => {
    const { log } = history();
    const graph = JSON.parse(actionGraph(log)) as Record<string, unknown>[];
    expect(graph.map((a) => `${String(a['Mode'])} ${String(a['Package'])}`)).toEqual([
      'link m',
      'build m',
      'build c',
      'build d',
      'build e',
      'build b',
      'build a',
    ]);
    expect(graph[3]).toEqual({
      ID: 3,
      Mode: 'build',
      Package: 'd',
      Deps: [6, 5],
      Priority: 3,
      NeedBuild: true,
      ActionID: 'did',
      BuildID: 'did/did',
      TimeReady: '2026-01-02T03:04:05.100Z',
      TimeStart: '2026-01-02T03:04:05.400Z',
      TimeDone: '2026-01-02T03:04:05.900Z',
      Cmd: ['compile d'],
      CmdReal: 500_000_000,
    });
    expect(graph[6]).toMatchObject({ Package: 'a', Cmd: null });
  });
});

describe.skipIf(peerGoroot() === undefined)('a build', () => {
  const driver = fileURLToPath(new URL('with-tools.ts', import.meta.url));
  let dir = '';
  const slow = (...words: string[]): Outcome => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [driver, 'slow', ...words], {
      cwd: dir,
      env: peerEnv({ GOCACHE: join(dir, 'cache'), GOPROXY: 'off', SLOW_MS: '1' }),
      encoding: 'utf8',
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    return { status, stdout, stderr };
  };
  const read = (name: string): Record<string, unknown>[] =>
    JSON.parse(readFileSync(join(dir, name), 'utf8')) as Record<string, unknown>[];

  beforeAll(() => {
    dir = makeFolder({
      'go.mod': 'module example.com/m\n\ngo 1.27\n',
      'main.go': 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { lib.F() }\n',
      'lib/lib.go': 'package lib\n\nimport _ "unsafe"\n\nfunc F() {}\n',
    });
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test('leaves a graph of the official one’s shape', { timeout: 300_000 }, () => {
    const flags = ['-debug-actiongraph=ours.json', '-timings=ours.html'];
    expect(slow('build', ...flags, '-o', 'ours', '.')).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(dir, 'ours.html'), 'utf8')).toContain('link example.com/m');
    const asked = ['build', '-debug-actiongraph=theirs.json', '-o', 'theirs', '.'];
    expect(official(asked, { cwd: dir }).status).toBe(0);
    const [ours, theirs] = [read('ours.json'), read('theirs.json')];
    // Looking into the cache is an action of its own there; a nop keeps order among them.
    const isOurs = (a: Record<string, unknown>): boolean =>
      a['Mode'] !== 'build check cache' && a['Mode'] !== 'nop';
    const names = (list: Record<string, unknown>[]): string[] =>
      list.map((a) => `${String(a['Mode'])} ${String(a['Package'])}`).sort();
    expect(names(ours)).toEqual(names(theirs.filter(isOurs)));
    expect(ours.slice(0, 3).map((a) => a['Mode'])).toEqual(
      theirs.slice(0, 3).map((a) => a['Mode']),
    );
    // Every field is one of upstream's, and of its type.
    const types = new Map(theirs.flatMap((a) => Object.entries(a)).map(([k, v]) => [k, typeof v]));
    types.set('Failed', 'boolean');
    for (const action of ours) {
      for (const [field, value] of Object.entries(action)) {
        expect({ field, type: typeof value }).toEqual({ field, type: types.get(field) });
      }
      for (const field of ['ID', 'Mode', 'Package', 'TimeReady', 'TimeStart', 'TimeDone', 'Cmd']) {
        expect(action).toHaveProperty(field);
      }
    }
    // A second build finds everything.
    expect(slow('build', ...flags, '-o', 'again', '.')).toMatchObject({ status: 0, stderr: '' });
    expect(read('ours.json').every((a) => a['Cmd'] === null)).toBe(true);
  });

  test('does not write over a source, nor where it cannot', { timeout: 300_000 }, () => {
    const source = readFileSync(join(dir, 'main.go'), 'utf8');
    expect(slow('build', '-o', 'x', '-debug-actiongraph', 'main.go', '.')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'go: refusing to write action graph to main.go\n',
    });
    expect(readFileSync(join(dir, 'main.go'), 'utf8')).toBe(source);
    expect(existsSync(join(dir, 'x'))).toBe(false);
    expect(slow('build', '-o', 'x', '-timings=no/where.html', '.')).toMatchObject({
      status: 1,
      stderr: 'go: writing timings: open no/where.html: no such file or directory\n',
    });
  });
});
