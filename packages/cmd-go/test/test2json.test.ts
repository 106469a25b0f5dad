/**
 * Upstream's recorded test outputs become upstream's events, whole and byte by byte.
 * GOROOT: src/cmd/internal/test2json/testdata, test2json_test.go (how they are made).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { TestEvents } from '../src/test/test2json.ts';

const goroot = peerGoroot();
const dir = join(goroot ?? '', 'src/cmd/internal/test2json/testdata');
const names = goroot === undefined ? [] : readdirSync(dir).filter((name) => name.endsWith('.test'));

function events(bytes: Uint8Array, step: number): object[] {
  const lines: string[] = [];
  const converter = new TestEvents('', (line) => lines.push(line));
  for (let at = 0; at < bytes.length; at += step) converter.write(bytes.subarray(at, at + step));
  converter.close();
  return lines.map((line) => {
    const { Time: _, Elapsed: elapsed, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return elapsed === undefined || rest['Test'] === undefined
      ? rest
      : { ...rest, Elapsed: elapsed };
  });
}

/** The recordings have no times, and were made without any. */
function recorded(text: string): object[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
}

function joinOutputs(list: readonly object[]): object[] {
  const joined: Record<string, unknown>[] = [];
  for (const event of list as Record<string, unknown>[]) {
    const last = joined.at(-1);
    const same = last !== undefined && last['Action'] === 'output' && event['Action'] === 'output';
    const isContinued =
      same && last['Test'] === event['Test'] && last['OutputType'] === event['OutputType'];
    if (isContinued) last['Output'] = String(last['Output']) + String(event['Output']);
    else joined.push({ ...event });
  }
  return joined;
}

function withoutElapsed(list: readonly object[]): object[] {
  return list.map((event) => ({ ...event, Elapsed: undefined }));
}

describe.skipIf(goroot === undefined)('test2json', () => {
  test.each(names)('%s', (name) => {
    const bytes = readFileSync(join(dir, name));
    // Times in the recordings' own text are not looked at; they were converted without.
    const want = withoutElapsed(
      recorded(readFileSync(join(dir, name.replace('.test', '.json')), 'utf8')),
    );
    // One recording is older than the types of output.
    const hasTypes = want.some((event) => 'OutputType' in event);
    for (const step of [bytes.length, 1000, 1]) {
      let list = withoutElapsed(events(bytes, step));
      if (!hasTypes) list = list.map((event) => ({ ...event, OutputType: undefined }));
      expect(joinOutputs(list)).toEqual(joinOutputs(want));
    }
  });
});
