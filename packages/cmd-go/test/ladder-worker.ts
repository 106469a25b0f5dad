/**
 * The ladder's worker: compiles every package twice, with the official compiler and with ours, and
 * lets the link say which of the two objects of a package goes into the program.
 *
 * What the cache holds for a package is an archive with both compilers' members (ours under their own
 * names, the official ones marked), its export data likewise, so that all steps of the ladder share
 * one compilation. The link's flag `-ladder=RUNG,LINKER` chooses:
 *
 *     none      everything official          main  only package main is ours
 *     most      all but the runtime's        all   everything is ours
 *
 * An object of ours never lies below an official one: official objects refer to symbols of other
 * packages by index, which only holds among objects of one compiler.
 */
import { type Member, readArchive, writeArchive } from '@go-ts/objfile/archive';
import { hashSize } from '@go-ts/objfile/format';
import { ObjReader } from '@go-ts/objfile/reader';
import {
  type CompileRequest,
  type CompileResult,
  type LinkRequest,
  type LinkResult,
} from '../src/work/toolchain.ts';
import { ownTools } from '../src/work/tools.ts';
import { serve } from '../src/worker/serve.ts';
import { official } from './official-toolchain.ts';

const mark = 'off:';
const ownExport = 'own';
const compilerMembers = new Set(['__.PKGDEF', '_go_.o', ownExport]);

function join(own: Uint8Array, theirs: Uint8Array): Uint8Array {
  const marked = readArchive(theirs).map(({ name, data }) => ({ name: mark + name, data }));
  return writeArchive([...readArchive(own), ...marked]);
}

/** One compiler's members, and those that the assembler added. */
function choose(both: Uint8Array, isOurs: boolean): Member[] {
  return readArchive(both).flatMap((member) => {
    const { name, data } = member;
    if (name.startsWith(mark)) return isOurs ? [] : [{ name: name.slice(mark.length), data }];
    return compilerMembers.has(name) && !isOurs ? [] : [member];
  });
}

async function compileBoth(request: CompileRequest): Promise<CompileResult> {
  const own = await ownTools.compile({
    ...request,
    exportData: (path) => {
      const both = request.exportData(path);
      return both && choose(both, true).find(({ name }) => name === ownExport)?.data;
    },
  });
  const theirs = await official.compile({
    ...request,
    exportData: (path) => {
      const both = request.exportData(path);
      return both && writeArchive(choose(both, false));
    },
  });
  const messages = [...own.messages, ...theirs.messages];
  if (!own.archive || !own.exportData || !theirs.archive || !theirs.exportData) {
    return { archive: undefined, exportData: undefined, asmHeader: undefined, messages };
  }
  return {
    archive: join(own.archive, theirs.archive),
    exportData: join(writeArchive([{ name: ownExport, data: own.exportData }]), theirs.exportData),
    asmHeader: own.asmHeader,
    messages,
  };
}

/** Whether a package is ours, given those that the runtime is made of. */
type Rung = (path: string, runtime: ReadonlySet<string>) => boolean;

const rungs: Readonly<Record<string, Rung>> = {
  none: () => false,
  main: (path) => path === 'main',
  most: (path, runtime) => !runtime.has(path),
  all: () => true,
};

/** The runtime and all that it imports. */
function runtimeClosure(request: LinkRequest): ReadonlySet<string> {
  const closure = new Set(['runtime']);
  for (const path of closure) {
    const members = choose(request.archive(path)!, false);
    for (const entry of compiledObject(members)!.autolib()) closure.add(entry.path);
  }
  return closure;
}

/** The object inside a compiler's or assembler's member. */
function objectOf(member: Member): Uint8Array | undefined {
  if (member.name === '__.PKGDEF') return undefined;
  const start = Buffer.from(member.data).indexOf('\n!\n');
  return start < 0 ? undefined : member.data.subarray(start + 3);
}

function compiledObject(members: readonly Member[]): ObjReader | undefined {
  const member = members.find(({ name }) => name === '_go_.o');
  const bytes = member && objectOf(member);
  return bytes && new ObjReader(bytes);
}

/** Calls `visit` with each itab's name and content hash, a view of the object. */
function eachItab(r: ObjReader, visit: (name: string, hash: Uint8Array) => void): void {
  for (let i = 0; i < r.nhashed; i++) {
    const name = r.name(r.nsymdef + r.nhashed64 + i);
    if (!name.startsWith('go:itab.')) continue;
    visit(name, r.bytes.subarray(r.hashAt(i), r.hashAt(i) + hashSize));
  }
}

/**
 * Makes objects of two compilers fit together: each package's true fingerprint goes into the imports
 * of the others, and an itab that an official object has too gets that one's hash. The hash of an itab
 * is over the indices of the symbols it leads to, which differ between compilers; yet there must be
 * one itab of a type for an interface, since type switches compare their addresses.
 */
function agree(
  members: readonly Member[],
  fingerprint: (path: string) => Uint8Array | undefined,
  itabs: ReadonlyMap<string, Uint8Array>,
): Member[] {
  const copied = members.map(({ name, data }) => ({ name, data: data.slice() }));
  const object = compiledObject(copied);
  if (object === undefined) return copied;
  for (const entry of object.autolib()) {
    const known = fingerprint(entry.path);
    if (known !== undefined) entry.fingerprint.set(known);
  }
  eachItab(object, (name, hash) => {
    const known = itabs.get(name);
    if (known !== undefined) hash.set(known);
  });
  return copied;
}

async function link(request: LinkRequest): Promise<LinkResult> {
  const choice = request.flags.find((flag) => flag.startsWith('-ladder=')) ?? '-ladder=all,ours';
  const [rung, linker] = choice.slice('-ladder='.length).split(',');
  const runtime = runtimeClosure(request);
  const isOurs = (path: string): boolean => rungs[rung!]!(path, runtime);
  const chosen = new Map<string, Member[]>();
  const membersOf = (path: string): Member[] | undefined => {
    let members = chosen.get(path);
    if (members === undefined) {
      const both = request.archive(path);
      if (both === undefined) return undefined;
      members = choose(both, isOurs(path));
      chosen.set(path, members);
    }
    return members;
  };
  const fingerprint = (path: string) => compiledObject(membersOf(path) ?? [])?.fingerprint.slice();
  const itabs = new Map<string, Uint8Array>();
  for (const path of request.paths) {
    if (isOurs(path)) continue;
    const object = compiledObject(membersOf(path) ?? []);
    if (object !== undefined) eachItab(object, (name, hash) => itabs.set(name, hash.slice()));
  }
  const plain: LinkRequest = {
    ...request,
    flags: request.flags.filter((flag) => flag !== choice),
    main: writeArchive(agree(choose(request.main, isOurs('main')), fingerprint, itabs)),
    archive: (path) => {
      const members = membersOf(path);
      return members && writeArchive(agree(members, fingerprint, itabs));
    },
  };
  return await (linker === 'official' ? official : ownTools).link(plain);
}

serve({ ...ownTools, compile: compileBoth, link });
