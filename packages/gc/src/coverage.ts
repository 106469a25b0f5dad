/**
 * Packages instrumented by cmd/cover: what the compiler adds to the tool's source.
 *
 * The tool writes counters, a package number and coded meta-data as ordinary variables, and says in a
 * file (-coveragecfg) which is which. Counters go where the runtime looks for them; before anything
 * else in its initialisation, the package hands its meta-data to the runtime, which gives it a
 * number; and package main starts the collecting at the end of its own.
 *
 * GOROOT: src/cmd/compile/internal/coverage/cover.go, src/cmd/internal/cov/covcmd/cmddefs.go,
 * src/internal/coverage/{defs,pkid}.go.
 */
import { InternalError } from '@go-ts/base';
import { SCOVERAGE_COUNTER, SRODATA } from '@go-ts/objfile/sym';
import { hardCodedCoverageID } from '@go-ts/runtime/entry/special';
import { Expr, ExprOp, Stmt, StmtOp } from './ir/node.ts';
import { RuntimeFuncs } from './ir/runtime-func.ts';
import { FuncSym, type GlobalSym } from './ir/sym.ts';
import { assign, callStatic, constant } from './ir/synth.ts';
import { type TypeTable } from './ir/type-table.ts';

/** As in the tool's file. */
export interface CoverageConfig {
  readonly MetaVar: string;
  readonly MetaLen: number;
  /** 32 hexadecimal digits. */
  readonly MetaHash: string;
  readonly CounterPrefix: string;
  readonly PkgIdVar: string;
  readonly CounterMode: string;
  readonly CounterGranularity: string;
}

const modes = ['', 'set', 'count', 'atomic', 'regonly', 'testmain'];
const granularities = ['', 'perblock', 'perfunc'];
const testMain = modes.indexOf('testmain');

export class Coverage {
  readonly #config: CoverageConfig;
  readonly #path: string;
  readonly #types: TypeTable;
  #metaVar: GlobalSym | null = null;
  #pkgIdVar: GlobalSym | null = null;

  constructor(config: CoverageConfig, path: string, types: TypeTable) {
    this.#config = config;
    this.#path = path;
    this.#types = types;
  }

  /** Takes note of a variable; the result is the kind that its symbol must have, if a special one. */
  variable(g: GlobalSym): number | null {
    const name = g.name.slice(g.name.lastIndexOf('.') + 1);
    const { MetaVar, PkgIdVar, CounterPrefix } = this.#config;
    if (name === MetaVar) {
      this.#metaVar = g;
      return SRODATA;
    }
    if (name === PkgIdVar) {
      this.#pkgIdVar = g;
      return null;
    }
    return CounterPrefix !== '' && name.startsWith(CounterPrefix) ? SCOVERAGE_COUNTER : null;
  }

  get #mode(): number {
    return modes.indexOf(this.#config.CounterMode);
  }

  /** Statements for the beginning of the package's initialisation. */
  before(): Stmt[] {
    if (this.#mode === testMain) return [];
    const meta = this.#metaVar;
    const pkgId = this.#pkgIdVar;
    if (meta === null || pkgId === null) {
      throw new InternalError('variables named by -coveragecfg are missing');
    }
    const types = this.#types;
    const { MetaHash, MetaLen, CounterGranularity } = this.#config;
    const address = new Expr(ExprOp.Addr, 0, types.pointer(meta.type));
    address.x = variable(meta);
    const pointer = new Expr(ExprOp.Convert, 0, types.unsafePointer);
    pointer.x = address;
    const hash = new Expr(ExprOp.ArrayLit, 0, types.array(types.uint8, 16));
    hash.list = Array.from({ length: 16 }, (_, i) =>
      constant(types.uint8, BigInt(`0x${MetaHash.slice(2 * i, 2 * i + 2)}`)),
    );
    hash.indices = Array.from({ length: 16 }, (_, i) => i);
    const id = hardCodedCoverageID(this.#path);
    const func = new RuntimeFuncs(types).lookup('addCovMeta');
    const args = [
      pointer,
      constant(types.uint32, BigInt(MetaLen)),
      hash,
      constant(types.string, this.#path),
      constant(types.int, BigInt(id ?? -1)),
      constant(types.uint8, BigInt(this.#mode)),
      constant(types.uint8, BigInt(granularities.indexOf(CounterGranularity))),
    ];
    const call = callStatic(func, args, types.uint32);
    return [id === undefined ? assign(variable(pkgId), call) : statement(call)];
  }

  /** Statements for the end of the package's initialisation. */
  after(): Stmt[] {
    if (this.#path !== 'main') return [];
    const types = this.#types;
    const hook = new FuncSym({
      name: 'runtime/coverage.initHook',
      pkgPath: 'runtime/coverage',
      type: types.func([types.bool], [], false),
      pragma: 0,
      hasBody: false,
      dupok: false,
      isMethod: false,
      origin: null,
    });
    const args = [constant(types.bool, this.#mode === testMain)];
    return [statement(callStatic(hook, args, types.void))];
  }
}

function variable(g: GlobalSym): Expr {
  const e = new Expr(ExprOp.Global, 0, g.type);
  e.global = g;
  return e;
}

function statement(x: Expr): Stmt {
  const s = new Stmt(StmtOp.Expr, 0);
  s.x = x;
  return s;
}
