/** Where a fault of the compiler in a function's body is said to be. */
import { InternalError } from '@go-ts/base';
import { expect, test } from 'vitest';
import { compileText } from './compile-package.ts';

test('names the function once, with its package and place', () => {
  let caught: unknown;
  try {
    const dumpIR = (name: string): void => {
      if (name === 'p.(*T).M') throw new TypeError('x is not a function');
    };
    compileText('package p\n\ntype T int\n\nfunc F() {}\n\nfunc (*T) M() {}\n', [], { dumpIR });
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InternalError);
  const text = (caught as InternalError).describe();
  expect(text).toBe('p.go:7: internal compiler error: x is not a function (p.(*T).M)');
});
