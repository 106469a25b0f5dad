/** What the thin tools share: -V, importcfg, -trimpath, and writing an output that is whole or absent. */
import { readFileSync } from 'node:fs';
import { absFile } from '@go-ts/asm/abs-file';
import { quoteString } from '@go-ts/base/quote';
import { exportDataOf, type Member, ownExports, readArchive } from '@go-ts/objfile/archive';
import { type Release } from '@go-ts/runtime/release/release';
import { makeTarget, type Target } from '@go-ts/runtime/target/targets';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { toolID } from '../work/toolid.ts';

/** The target and release that a tool run by another driver works for: from the environment. */
export function toolTarget(settings: Settings): { target: Target; release: Release } {
  const { goos, goarch, release } = settings;
  const level = settings.get(goarch === 'amd64' ? 'GOAMD64' : 'GOARM64');
  const goexperiment = settings.get('GOEXPERIMENT');
  const target = makeTarget({ goos, goarch, level, goexperiment }, release);
  if (typeof target === 'string') throw new Failure(`go: ${target}`, 2);
  return { target, release };
}

/**
 * `-V` and `-V=full`. A driver takes the whole line as the tool's identity, so it must change with
 * our sources and differ from the official tool's.
 */
export function printVersion(settings: Settings, tool: string, mode: string): number {
  const { version } = settings.release;
  const identity = mode === 'full' ? ` go-ts-${toolID(settings.ownDir).slice(0, 20)}` : '';
  print(`${tool} version ${version}${identity}\n`);
  return 0;
}

export interface ImportConfig {
  readonly importMap: ReadonlyMap<string, string>;
  readonly packageFiles: ReadonlyMap<string, string>;
  readonly modinfo: string;
}

/** Lines `packagefile PATH=FILE`, `importmap OLD=NEW`, `modinfo "…"`. */
export function readImportConfig(file: string): ImportConfig {
  const importMap = new Map<string, string>();
  const packageFiles = new Map<string, string>();
  let modinfo = '';
  const text = file === '' ? '' : readText(file);
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const [, verb = '', args = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    const equals = args.indexOf('=');
    const before = args.slice(0, equals);
    const after = args.slice(equals + 1);
    const fail = (what: string): never => {
      throw new Failure(`${file}:${index + 1}: ${what}`, 2);
    };
    if (verb === 'modinfo') {
      modinfo = unquoteBytes(args) ?? fail('invalid modinfo: invalid syntax');
    } else if (verb === 'packagefile' || verb === 'importmap') {
      if (equals < 0 || before === '' || after === '') {
        fail(
          `invalid ${verb}: syntax is "${verb} ${verb === 'importmap' ? 'old=new' : 'path=filename'}"`,
        );
      }
      (verb === 'importmap' ? importMap : packageFiles).set(before, after);
    } else if (verb !== 'packageshlib') {
      fail(`unknown directive ${quoteString(verb)}`);
    }
  });
  return { importMap, packageFiles, modinfo };
}

/** A Go string literal whose characters are bytes, as latin-1 text. */
function unquoteBytes(literal: string): string | undefined {
  const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(literal)?.[1];
  return inner?.replaceAll(
    /\\(?:x([\da-fA-F]{2})|([0-7]{3})|u([\da-fA-F]{4})|(.))|([\u0080-\uffff])/g,
    (_, hex: string, octal: string, u: string, c: string, other: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const text = u === undefined ? other : String.fromCharCode(Number.parseInt(u, 16));
      if (text !== undefined) return Buffer.from(text).toString('latin1');
      const simple: Record<string, string> = {
        n: '\n',
        t: '\t',
        r: '\r',
        a: '\x07',
        b: '\b',
        f: '\f',
        v: '\v',
      };
      return simple[c] ?? c;
    },
  );
}

/** The export data of a package by its archive. */
export function exportsOf(file: string): Uint8Array | undefined {
  const members = readArchive(readBytes(file));
  const named = (name: string): Member | undefined => members.find((m) => m.name === name);
  const pkgdef = named(ownExports) ?? named('__.PKGDEF');
  return pkgdef === undefined ? undefined : exportDataOf(pkgdef.data);
}

export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(systemMessage(error as NodeJS.ErrnoException), 2);
  }
}

export function readText(file: string): string {
  return Buffer.from(readBytes(file)).toString('utf8');
}

/** A source's name as the object records it. */
export function recordedName(file: string, trimPath: string): string {
  return absFile(file, { workingDir: process.cwd(), trimPath });
}
