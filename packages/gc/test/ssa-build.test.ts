/**
 * Lowering of small bodies built by hand: what operations come out, in which order, and that the
 * result is valid SSA. Whole programs are compared with the official toolchain elsewhere.
 */
import { describe, expect, test } from 'vitest';
import { Builtin, Esc, Expr, ExprOp, type LocalVar, Stmt, StmtOp } from '../src/ir/node.ts';
import { FuncSym } from '../src/ir/sym.ts';
import {
  assign,
  binary,
  callStatic,
  constant,
  ifStmt,
  local,
  returnStmt,
  Synth,
} from '../src/ir/synth.ts';
import { TypeTable } from '../src/ir/type-table.ts';
import { type Type } from '../src/ir/type.ts';
import { buildSSA } from '../src/ssa/build/build.ts';
import { BuildContext } from '../src/ssa/build/context.ts';
import { CallInfo } from '../src/ssa/calls.ts';
import { type Func } from '../src/ssa/func.ts';
import { OpSelectN } from '../src/ssa/op.ts';
import { opNames } from '../src/ssa/opinfo.ts';
import { printFunc } from '../src/ssa/print.ts';
import { verify } from '../src/ssa/verify.ts';
import { fakeEnv } from './fake-env.ts';

class Bench {
  readonly types = new TypeTable();
  readonly cx = new BuildContext(fakeEnv(this.types));

  func(name: string, params: readonly Type[], results: readonly Type[]): FuncSym {
    return new FuncSym({
      name: `p.${name}`,
      pkgPath: 'p',
      type: this.types.func(params, results, false),
      pragma: 0,
      hasBody: true,
      dupok: false,
      isMethod: false,
      origin: null,
    });
  }

  build(params: readonly Type[], results: readonly Type[], fill: (s: Synth) => void): Func {
    const s = new Synth(this.func('f', params, results));
    fill(s);
    const f = buildSSA(s.fn, this.cx);
    verify(f, 'build');
    return f;
  }
}

/** Operations in block order; calls by the name of the callee. */
function ops(f: Func): string[] {
  const list: string[] = [];
  for (const b of f.blocks) {
    for (const v of b.values) {
      if (v.op === OpSelectN) continue;
      list.push(v.aux instanceof CallInfo && v.aux.sym !== null ? v.aux.sym.name : opNames[v.op]!);
    }
  }
  return list;
}

function expr(op: ExprOp, type: Type, init: Partial<Expr>): Expr {
  return Object.assign(new Expr(op, 0, type), init);
}

function declareParams(s: Synth, types: readonly Type[]): LocalVar[] {
  return types.map((t, i) => s.param(`a${i}`, t));
}

describe('arithmetic', () => {
  test('a sum stays in registers', () => {
    const bench = new Bench();
    const { int } = bench.types;
    const f = bench.build([int, int], [int], (s) => {
      const [x, y] = declareParams(s, [int, int]);
      s.result('', int);
      s.body.push(returnStmt([binary(ExprOp.Add, int, local(x!), local(y!))]));
    });
    expect(ops(f).filter((op) => op !== 'InitMem' && op !== 'Const')).toEqual([
      'ArgReg',
      'ArgReg',
      'Add',
      'MakeResult',
    ]);
  });

  test('a divisor that may be zero is checked, a constant is not', () => {
    const bench = new Bench();
    const { int } = bench.types;
    const divide = (by: (y: LocalVar) => Expr): string[] =>
      ops(
        bench.build([int, int], [int], (s) => {
          const [x, y] = declareParams(s, [int, int]);
          s.result('', int);
          s.body.push(returnStmt([binary(ExprOp.Div, int, local(x!), by(y!))]));
        }),
      );
    expect(divide((y) => local(y))).toContain('runtime.panicdivide');
    expect(divide(() => constant(int, 3n))).not.toContain('runtime.panicdivide');
  });
});

describe('order of evaluation', () => {
  test('a call happens before a variable that it may change is read', () => {
    const bench = new Bench();
    const { int } = bench.types;
    const g = bench.func('g', [], [int]);
    const f = bench.build([int], [int], (s) => {
      const [x] = declareParams(s, [int]);
      x!.addrTaken = true;
      s.result('', int);
      s.body.push(returnStmt([binary(ExprOp.Add, int, local(x!), callStatic(g, [], int))]));
    });
    const list = ops(f);
    expect(list.lastIndexOf('Load')).toBeGreaterThan(list.indexOf('p.g'));
  });

  test('the second operand of && is evaluated only if the first holds', () => {
    const bench = new Bench();
    const { bool } = bench.types;
    const g = bench.func('g', [], [bool]);
    const f = bench.build([bool], [bool], (s) => {
      const [x] = declareParams(s, [bool]);
      s.result('', bool);
      s.body.push(returnStmt([binary(ExprOp.AndAnd, bool, local(x!), callStatic(g, [], bool))]));
    });
    const call = f.blocks.find((b) => b.values.some((v) => v.aux instanceof CallInfo && v.aux.sym));
    expect(call).toBeDefined();
    expect(call).not.toBe(f.entry);
  });
});

describe('strings and slices', () => {
  test('a short constant is compared in line', () => {
    const bench = new Bench();
    const { string, bool } = bench.types;
    const compareTo = (text: string): string[] =>
      ops(
        bench.build([string], [bool], (s) => {
          const [x] = declareParams(s, [string]);
          s.result('', bool);
          s.body.push(returnStmt([binary(ExprOp.Eq, bool, local(x!), constant(string, text))]));
        }),
      );
    expect(compareTo('go')).not.toContain('runtime.memequal');
    expect(compareTo('x'.repeat(40))).toContain('runtime.memequal');
  });

  test('an index is checked unless it is known to be in range', () => {
    const bench = new Bench();
    const { int } = bench.types;
    const slice = bench.types.slice(int);
    const index = (bounded: boolean): string[] =>
      ops(
        bench.build([slice, int], [int], (s) => {
          const [x, i] = declareParams(s, [slice, int]);
          s.result('', int);
          s.body.push(
            returnStmt([expr(ExprOp.Index, int, { x: local(x!), y: local(i!), bounded })]),
          );
        }),
      );
    expect(index(false)).toContain('PanicBounds');
    expect(index(true)).not.toContain('PanicBounds');
  });

  test('append grows only if there is no room, and marks stores of pointers', () => {
    const bench = new Bench();
    const pointer = bench.types.pointer(bench.types.int);
    const slice = bench.types.slice(pointer);
    const f = bench.build([slice, pointer], [slice], (s) => {
      const [x, p] = declareParams(s, [slice, pointer]);
      s.result('', slice);
      const call = expr(ExprOp.CallBuiltin, slice, {
        builtin: Builtin.Append,
        list: [local(x!), local(p!)],
      });
      s.body.push(returnStmt([call]));
    });
    expect(ops(f)).toContain('runtime.growslice');
    expect(printFunc(f)).toMatch(/Store mem \[1\]/);
  });
});

describe('control', () => {
  test('variables meet in phis, and only where they differ', () => {
    const bench = new Bench();
    const { int, bool } = bench.types;
    const f = bench.build([bool, int], [int], (s) => {
      const [c, x] = declareParams(s, [bool, int]);
      s.result('', int);
      const y = s.temp('y', int);
      s.body.push(
        assign(local(y), constant(int, 1n)),
        ifStmt(local(c!), [assign(local(y), local(x!))]),
        returnStmt([binary(ExprOp.Add, int, local(y), local(x!))]),
      );
    });
    expect(ops(f).filter((op) => op === 'Phi')).toHaveLength(1);
  });

  test('a function with defers has an exit for recovered panics', () => {
    const bench = new Bench();
    const { int } = bench.types;
    const g = bench.func('g', [], []);
    const deferred = (esc: Esc): Func =>
      bench.build([], [int], (s) => {
        s.result('n', int);
        s.fn.hasDefer = true;
        const d = new Stmt(StmtOp.Defer, 0);
        d.x = callStatic(g, [], bench.types.void);
        d.esc = esc;
        s.body.push(d, returnStmt([constant(int, 1n)]));
      });
    const heap = deferred(Esc.Heap);
    expect(ops(heap)).toContain('runtime.deferproc');
    expect(ops(heap).filter((op) => op === 'runtime.deferreturn')).toHaveLength(2);
    expect(heap.openDefers).toBeNull();
    const open = deferred(Esc.Stack);
    expect(open.openDefers?.slots).toHaveLength(1);
    expect(ops(open)).toContain('ClosureCall');
  });
});

describe('interfaces', () => {
  test('constants and single bytes need no allocation, other values do', () => {
    const bench = new Bench();
    const { int, uint8, emptyInterface } = bench.types;
    const convert = (t: Type, x: (v: LocalVar) => Expr): string[] =>
      ops(
        bench.build([t], [emptyInterface], (s) => {
          const [v] = declareParams(s, [t]);
          s.result('', emptyInterface);
          s.body.push(returnStmt([expr(ExprOp.Convert, emptyInterface, { x: x(v!) })]));
        }),
      );
    expect(convert(int, () => constant(int, 7n)).join()).not.toMatch(/convT/);
    expect(convert(uint8, local).join()).not.toMatch(/convT/);
    expect(convert(int, local)).toContain('runtime.convT64');
  });
});
