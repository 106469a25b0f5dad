/** The tables of the back end: op numbers are current, rules compile, passes are in a legal order. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GenericOpt } from '../src/ssa/opt.ts';
import { checkOrder } from '../src/ssa/passes.ts';
import { RuleSet } from '../src/ssa/rewrite.ts';
import { amd64RuleFunctions } from '../src/target/amd64/rulefns.ts';
import { machineRules } from '../src/target/amd64/rules-opt.ts';
import { constRules, lowerRules } from '../src/target/amd64/rules.ts';
import { generate } from '../tools/gen-ops.ts';

test('op.ts is what the op tables say', () => {
  const path = new URL('../src/ssa/op.ts', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(generate());
});

test('every rule compiles', () => {
  new GenericOpt().check();
  for (const rules of [lowerRules, constRules, machineRules]) {
    new RuleSet(rules, amd64RuleFunctions).check();
  }
});

test('a rule with an unknown operation is refused', () => {
  const bad = new RuleSet(['Add(x, Const[0]) -> Nonsense(x)'], {});
  expect(() => {
    bad.check();
  }).toThrow(/no operation Nonsense/);
});

test('passes keep their order', () => {
  expect(checkOrder()).toBeNull();
});
