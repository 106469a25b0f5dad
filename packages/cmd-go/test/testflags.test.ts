/** What `go test` makes of its two-in-one command line, and durations as Go writes them. */
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../src/cfg/duration.ts';
import { readTestLine } from '../src/test/flags.ts';

const timeout = '-test.timeout=10m0s';

describe('go test', () => {
  test.each([
    ['', '', timeout],
    ['fmt -run=X -v', 'fmt', `${timeout} -test.run=X -test.v=true`],
    ['-v fmt os -short', 'fmt os', `${timeout} -test.v=true -test.short=true`],
    ['-timeout 90s fmt', 'fmt', '-test.timeout=1m30s'],
    ['-test.run X fmt -own 3 -count 2', 'fmt', `${timeout} -test.run=X -own 3 -test.count=2`],
    ['-own fmt', '', `${timeout} -own fmt`],
    ['fmt -args -v x', 'fmt', `${timeout} -v x`],
    ['fmt -run X y -v', 'fmt', `${timeout} -test.run=X y -v`],
    ['fmt -- -v', 'fmt', `${timeout} -- -v`],
    ['-json fmt', 'fmt', `-test.v=test2json ${timeout}`],
  ])('%s', (words, packages, args) => {
    const line = readTestLine(words === '' ? [] : words.split(' '), []);
    expect(line.packages.join(' ')).toBe(packages);
    expect(line.testArgs.join(' ')).toBe(args);
  });

  test('flags of GOFLAGS come first and give way', () => {
    expect(readTestLine(['fmt'], ['-v', '-run=A']).testArgs.join(' ')).toBe(
      `-test.run=A -test.v=true ${timeout}`,
    );
    expect(readTestLine(['fmt', '-run=B'], ['-run=A']).testArgs.join(' ')).toBe(
      `${timeout} -test.run=B`,
    );
  });

  test.each([
    ['-vet=x=y', '-vet argument cannot contain equal signs'],
    ['-shuffle=maybe', 'argument must be "on", "off", or an int64'],
    ['-timeout=soon', 'invalid value "soon" for flag -timeout: parse error'],
    ['-c -own', 'go: unknown flag -own cannot be used with -c'],
  ])('%s is refused', (words, message) => {
    expect(() => readTestLine(words.split(' '), [])).toThrow(message);
  });
});

test.each([
  ['1h2m3.5s', 3_723_500],
  ['1.5ms', 1.5],
  ['250us', 0.25],
  ['10m0s', 600_000],
  ['0s', 0],
])('duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(text === '250us' ? '250µs' : text);
});
