/** Proves every row of the contract tables against the sources of the release they are for. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { builtinEntries, type Entry, namedEntries, NoReturn } from '../src/entry/entries.ts';
import * as special from '../src/entry/special.ts';
import * as funcdata from '../src/layout/funcdata.ts';
import * as itab from '../src/layout/itab.ts';
import { type Layout } from '../src/layout/layout.ts';
import * as moduledata from '../src/layout/moduledata.ts';
import * as objects from '../src/layout/objects.ts';
import * as bounds from '../src/layout/panic-bounds.ts';
import * as pclntab from '../src/layout/pclntab.ts';
import * as types from '../src/layout/types.ts';
import { currentRelease, releaseTags } from '../src/release/release.ts';
import { amd64Registers, arm64Registers } from '../src/target/registers.ts';
import { archFacts, knownPorts, osFacts } from '../src/target/targets.ts';
import { GoFacts } from './go-facts.ts';

const goroot = peerGoroot() ?? '';
const absent = goroot === '';
const facts = new GoFacts(goroot);
const read = (path: string): string => readFileSync(`${goroot}/src/${path}`, 'utf8');

function isLayout(value: unknown): value is Layout {
  return typeof value === 'object' && value !== null && 'pkg' in value && 'at' in value;
}

/** Of a structure whose later fields are none of our business: the first lines only. */
function headOf(pkg: string, name: string, fields: number): ReturnType<GoFacts['struct']> {
  const match = new RegExp(`^type ${name} struct \\{\\n([^]*?)^\\}`, 'm').exec(facts.text(pkg));
  const lines = match![1]!.split('\n').filter((line) => line.trim() !== '');
  const partial = new (class extends GoFacts {
    override text(p: string): string {
      const head = `type head struct {\n${lines.slice(0, fields).join('\n')}\n}\n`;
      return p === pkg ? head + super.text(p) : super.text(p);
    }
  })(goroot);
  return partial.struct(pkg, 'head');
}

function numbers(module: object, except: string[] = []): Record<string, number> {
  const list = Object.entries(module).filter(
    ([name, value]) => typeof value === 'number' && !except.includes(name),
  );
  return Object.fromEntries(list) as Record<string, number>;
}

function asmText(): string {
  const files = ['asm_amd64.s', 'asm_arm64.s', 'memclr_amd64.s'];
  const text = files.map((name) => read(`runtime/${name}`)).join('\n');
  return `${text}\n${read('internal/bytealg/equal_amd64.s')}`;
}

function signature(entry: Entry): string {
  return `${entry.params.join(' ')} -> ${entry.results.join(' ')}`;
}

function cut(text: string): [string, string] {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return [text.slice(1, i), text.slice(i + 1).trim()];
  }
  return [text, ''];
}

function fieldTypes(list: string): string[] {
  const parts = list.split(',').map((part) => part.trim());
  if (list.trim() === '') return [];
  const named = parts.some((part) => /^(?!chan\b|map\b)\w+ [^ ]/.test(part));
  if (!named) return parts;
  const out: string[] = [];
  for (const part of parts.toReversed()) {
    const space = part.indexOf(' ');
    out.push(space < 0 ? out.at(-1)! : part.slice(space + 1));
  }
  return out.toReversed();
}

function shape(name: string, type: string): string {
  if (type === 'interface{}') return 'iface';
  if (type === 'any') {
    if (name.endsWith('face')) return 'iface';
    return name === 'printslice' ? 'slice' : 'ptr';
  }
  if (/^(\*|map\[|chan |<-chan|chan<-|unsafe\.Pointer)/.test(type)) return 'ptr';
  if (type.startsWith('[]')) return 'slice';
  if (type === 'rune') return 'int32';
  return type === '[16]byte' ? 'bytes16' : type;
}

const sorted = (set: ReadonlySet<string>): string[] => [...set].toSorted();

/** The calling convention's view of a declaration. */
function signatureOf(name: string, rest: string): string {
  const [params, tail] = cut(rest);
  const results = tail.startsWith('(') ? cut(tail)[0] : tail;
  const view = (list: string): string =>
    fieldTypes(list)
      .map((t) => shape(name, t))
      .join(' ');
  return `${view(params)} -> ${view(results)}`;
}

describe.skipIf(absent)('layouts', () => {
  const modules = { types, itab, moduledata, objects, pclntab, funcdata };
  const layouts = Object.values(modules).flatMap((m) => Object.values(m).filter(isLayout));

  test('there are some', () => expect(layouts.length).toBeGreaterThan(30));

  test.each(layouts.map((l) => [`${l.pkg}.${l.name}`, l] as const))('%s', (_, l) => {
    const truth =
      l.size < 0 ? headOf(l.pkg, l.name, Object.keys(l.at).length) : facts.struct(l.pkg, l.name);
    for (const [field, offset] of Object.entries(l.at)) {
      expect(`${field} ${offset}`).toBe(`${field} ${truth.at.get(field)}`);
    }
    expect(l.size < 0 || l.size === truth.size).toBe(true);
  });
});

describe.skipIf(absent)('constants', () => {
  const abi = 'internal/abi';
  const groups: [string, string, Record<string, number>][] = [
    ['Kind', abi, types.Kind],
    ['TFlag', abi, types.TFlag],
    ['ChanDir', abi, types.ChanDir],
    ['MapFlag', abi, types.MapFlag],
    ['MapConst', abi, types.MapConst],
    ['FuncID', abi, pclntab.FuncID],
    ['FuncFlag', abi, pclntab.FuncFlag],
    ['RF_State', abi, funcdata.RF_State],
    ['BoundsCode', abi, bounds.BoundsCode],
    ['TextFlag', 'cmd/internal/obj', funcdata.TextFlag],
    ['pclntab', abi, numbers(pclntab)],
    ['funcdata', abi, numbers(funcdata)],
    ['types', abi, numbers(types, ['VariadicBit'])],
    ['bounds', abi, numbers(bounds)],
  ];

  test.each(groups)('%s', (_, pkg, group) => {
    expect(Object.keys(group).length).toBeGreaterThan(0);
    for (const [name, value] of Object.entries(group)) {
      expect(`${name} ${value}`).toBe(`${name} ${facts.constant(pkg, name)}`);
    }
  });

  test('no FuncID, Kind or bounds code is missing', () => {
    const source = facts.text(abi);
    const ids = new Set(source.match(/^\s(FuncID\w+)/gm)?.map((s) => s.trim()));
    expect([...ids].filter((id) => !(id in pclntab.FuncID))).toEqual([]);
    expect(Object.keys(bounds.BoundsCode).length).toBe(
      Number(facts.constant(abi, 'numBoundsCodes')),
    );
    expect(types.MapCtrlEmpty).toBe(0x0101_0101_0101_0101n * facts.constant(abi, 'ctrlEmpty'));
  });

  test('function ids by name', () => {
    const rows = read('cmd/internal/objabi/funcid.go').matchAll(/"(\w+)":\s+abi\.(\w+),/g);
    const truth = [...rows].map(
      ([, name, id]) => `${name} ${pclntab.FuncID[id as 'FuncIDNormal']}`,
    );
    const ours = Object.entries(pclntab.funcIDsByName).map(([name, id]) => `${name} ${id}`);
    expect(ours.toSorted()).toEqual(truth.toSorted());
    expect(pclntab.funcIDOf('runtime.gopanic', false)).toBe(pclntab.FuncID.FuncID_gopanic);
    expect(pclntab.funcIDOf('main.gopanic', false)).toBe(0);
    expect(pclntab.funcIDOf('runtime.toString', false)).toBe(0);
    expect(pclntab.funcIDOf('main.x', true)).toBe(pclntab.FuncID.FuncIDWrapper);
  });

  test('panic bounds encoding of a known program', () => {
    const code = bounds.encodeBounds(0, { reg: 7, signed: true }, { reg: 3 });
    expect(code).toBe(4023);
    expect(() => bounds.encodeBounds(0, { value: 32 }, { reg: 3 })).toThrow('bounds operand 32');
  });
});

describe.skipIf(absent)('entry points', () => {
  test('builtin list', () => {
    const rows = read('cmd/internal/goobj/builtinlist.go').matchAll(/^\t\{"(.*)", (\d)\},$/gm);
    const truth = [...rows].map(([, name, abi]) => `${name} ${abi}`);
    expect(builtinEntries.map((e) => `${e.symbol} ${e.abi}`)).toEqual(truth);
  });

  test('signatures', () => {
    const source = read('cmd/compile/internal/typecheck/_builtin/runtime.go');
    const declared = [...source.matchAll(/^func (\w+)(\(.*)$/gm)];
    expect(declared.length).toBeGreaterThan(200);
    const table = new Map(builtinEntries.map((e) => [e.name, e]));
    for (const [, name, rest] of declared) {
      expect(`${name} ${signature(table.get(name!)!)}`).toBe(
        `${name} ${signatureOf(name!, rest!)}`,
      );
    }
  });

  test('those reached by name exist', () => {
    const all = `${facts.text('runtime')}\n${asmText()}`;
    for (const entry of namedEntries) {
      const found =
        new RegExp(`^(func|var) ${entry.name}\\b`, 'm').test(all) ||
        all.includes(`TEXT runtime·${entry.name}`) ||
        all.includes(`linkname ${entry.name}`);
      // The size-specialised ones are a generated family.
      expect(`${entry.name} ${found}`).toBe(`${entry.name} true`);
    }
  });

  test('functions that do not return end in a panic or a park', () => {
    const text = facts.text('runtime');
    for (const entry of [...builtinEntries, ...namedEntries]) {
      if ((entry.effects & NoReturn) === 0) continue;
      const body = new RegExp(`^func ${entry.name}\\([^]*?^\\}`, 'm').exec(text)?.[0];
      if (body === undefined) continue;
      const statement = body.trimEnd().split('\n').slice(1, -1).join('\n');
      expect(`${entry.name}: ${statement}`).toMatch(/panic|throw\(|gopark\(|fatalthrow/);
    }
  });
});

describe.skipIf(absent)('packages', () => {
  const source = absent ? '' : read('cmd/internal/objabi/pkgspecial.go');
  const listOf = (name: string): string[] => {
    const body = new RegExp(`^var ${name} = \\[\\]string\\{([^]*?)\\}`, 'm').exec(source)![1]!;
    return [...body.replaceAll(/\/\/.*/g, '').matchAll(/"([^"]+)"/g)].map((m) => m[1]!);
  };

  test('special lists', () => {
    const runtimePkgs = listOf('runtimePkgs');
    expect(sorted(special.runtimePackages)).toEqual(runtimePkgs.toSorted());
    expect(sorted(special.noRaceFuncPackages)).toEqual(listOf('noRaceFuncPkgs').toSorted());
    expect(sorted(special.allowAsmABIPackages)).toEqual(listOf('allowAsmABIPkgs').toSorted());
    const extra = listOf('extraNoInstrumentPkgs');
    const dropped = new Set(extra.filter((p) => p.startsWith('-')).map((p) => p.slice(1)));
    const added = extra.filter((p) => !p.startsWith('-'));
    const truth = [...runtimePkgs, ...added].filter((p) => !dropped.has(p));
    expect(sorted(special.noInstrumentPackages)).toEqual(truth.toSorted());
  });

  test('compiled without -complete', () => {
    const text = read('cmd/go/internal/work/gc.go');
    const body = /switch p\.ImportPath \{([^]*?)extFiles\+\+/.exec(text)![1]!;
    const truth = [...body.matchAll(/"([^"]+)"/g)].map((m) => m[1]!);
    expect([...special.incompletePackages].toSorted()).toEqual(truth.toSorted());
  });
});

describe.skipIf(absent)('targets and release', () => {
  test('version', () => {
    const [version] = readFileSync(`${goroot}/VERSION`, 'utf8').split('\n');
    expect(currentRelease.version).toBe(version);
    expect(releaseTags(currentRelease).at(-1)).toBe(currentRelease.language);
  });

  test('experiments', () => {
    const body = /type Flags struct \{([^]*)\}/.exec(read('internal/goexperiment/flags.go'))![1]!;
    const names = [...body.matchAll(/^\t(\w+)\s+bool/gm)].map((m) => m[1]!);
    expect(currentRelease.experiments.map((e) => e.name)).toEqual(
      names.map((name) => name.toLowerCase()),
    );
    const baseline = /baseline := goexperiment\.Flags\{([^]*?)\}/.exec(
      read('internal/buildcfg/exp.go'),
    )![1]!;
    const on = [...baseline.matchAll(/^\t\t(\w+):/gm)].map((m) => m[1]!.toLowerCase());
    const ours = currentRelease.experiments.filter((e) => e.on).map((e) => e.name);
    expect(ours.toSorted()).toEqual(on.toSorted());
  });

  test('ports', () => {
    const rows = read('internal/platform/zosarch.go').matchAll(/^\t\{"(\w+)", "(\w+)"\},$/gm);
    const truth = [...rows].map(([, goos, goarch]) => `${goos}/${goarch}`);
    expect(knownPorts).toEqual(truth);
  });

  test.each([amd64Registers, arm64Registers])('registers of $goarch', (file) => {
    const arch = file.goarch.toUpperCase();
    const text = read(`cmd/compile/internal/ssa/_gen/${arch}Ops.go`);
    expect(/ParamIntRegNames:\s+"([^"]+)"/.exec(text)![1]).toBe(file.intArgs.join(' '));
    expect(/ParamFloatRegNames:\s+"([^"]+)"/.exec(text)![1]).toBe(file.floatArgs.join(' '));
    const abi = read(`internal/abi/abi_${file.goarch}.go`);
    expect(Number(/\tIntArgRegs = (\d+)/.exec(abi)![1])).toBe(file.intArgs.length);
    expect(Number(/\tFloatArgRegs = (\d+)/.exec(abi)![1])).toBe(file.floatArgs.length);
    expect(archFacts[file.goarch].intArgRegs).toBe(file.intArgs.length);
    expect(archFacts[file.goarch].floatArgRegs).toBe(file.floatArgs.length);
  });

  test('architecture constants', () => {
    for (const arch of Object.values(archFacts)) {
      const text = read(`internal/goarch/goarch_${arch.goarch}.go`);
      expect(Number(/_PCQuantum\s+= (\d+)/.exec(text)![1])).toBe(arch.minLC);
      expect(Number(/_MinFrameSize\s+= (\d+)/.exec(text)![1])).toBe(arch.fixedFrameSize);
    }
    for (const goos of Object.keys(osFacts)) {
      expect(existsSync(`${goroot}/src/internal/goos/zgoos_${goos}.go`)).toBe(true);
    }
  });
});
