/** print and println call the runtime as often, and with the same strings, as the official compiler has it. */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileBoth, type Compiled } from './compile-both.ts';

const source = `package p

func line(n int)   { println("a", "b", n, "c") }
func alone()       { println("x") }
func empty()       { println() }
func parts(n int)  { print("a", "b", n, n, "\\n", "c") }
`;

const strings = (compiled: Compiled, name: string): string[] =>
  compiled.targets(name).filter((target) => target.startsWith('go:string'));

describe.skipIf(peerGoroot() === undefined)('print', () => {
  const { ours, official } = compileBoth(source);

  test.each(['p.line', 'p.alone', 'p.empty', 'p.parts'])('%s', (name) => {
    expect(strings(ours, name)).toEqual(strings(official, name));
  });
});
