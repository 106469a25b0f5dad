/**
 * The commands about modules: `go mod …`, `go work …`, `go get`.
 * GOROOT: the UsageLine of each command in src/cmd/go/internal/{modcmd,workcmd,modget}.
 */
import { buildFlags, jsonFlag, moduleFlags } from '../cfg/buildflags.ts';
import { type FlagTable } from '../cfg/flags.ts';
import { type Command } from './commands.ts';

const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;
/** Kept in order with the other editing flags. */
const edit = { kind: 'list', into: 'edits' } as const;

const { mod: _, ...withoutMod } = buildFlags;

const editing = 'godebug dropgodebug replace dropreplace'.split(' ');
const modEditing =
  'require droprequire exclude dropexclude retract dropretract tool droptool ignore dropignore';

function editTable(names: readonly string[]): FlagTable {
  return Object.fromEntries(names.map((name) => [name, edit]));
}

export const modCommands: Readonly<Record<string, Command>> = {
  get: {
    usage: 'go get [-t] [-u] [-tool] [build flags] [packages]',
    short: 'add dependencies to current module and install them',
    flags: {
      ...withoutMod,
      ...jsonFlag,
      d: bool,
      f: bool,
      t: bool,
      u: { kind: 'bool', optionalText: true },
      tool: bool,
      insecure: bool,
      m: bool,
      fix: bool,
    },
    load: async () => (await import('./get.ts')).runGet,
  },
  'mod download': {
    usage: 'go mod download [-x] [-json] [-reuse=old.json] [modules]',
    short: 'download modules to local cache',
    flags: { ...moduleFlags, x: bool, json: bool, reuse: text },
    load: async () => (await import('./mod/download.ts')).runModDownload,
  },
  'mod edit': {
    usage: 'go mod edit [editing flags] [-fmt|-print|-json] [go.mod]',
    short: 'edit go.mod from tools or scripts',
    flags: {
      ...moduleFlags,
      n: bool,
      x: bool,
      edits: { kind: 'list' },
      fmt: bool,
      print: bool,
      json: bool,
      module: text,
      go: text,
      toolchain: text,
      ...editTable([...editing, ...modEditing.split(' ')]),
    },
    load: async () => (await import('./mod/edit.ts')).runModEdit,
  },
  'mod graph': {
    usage: 'go mod graph [-go=version] [-x]',
    short: 'print module requirement graph',
    flags: { ...moduleFlags, x: bool, go: text },
    load: async () => (await import('./mod/graph.ts')).runModGraph,
  },
  'mod init': {
    usage: 'go mod init [module-path]',
    short: 'initialize new module in current directory',
    flags: moduleFlags,
    load: async () => (await import('./mod/init.ts')).runModInit,
  },
  'mod tidy': {
    usage: 'go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]',
    short: 'add missing and remove unused modules',
    flags: { ...moduleFlags, x: bool, e: bool, v: bool, diff: bool, go: text, compat: text },
    load: async () => (await import('./mod/tidy.ts')).runModTidy,
  },
  'mod vendor': {
    usage: 'go mod vendor [-e] [-v] [-o outdir]',
    short: 'make vendored copy of dependencies',
    flags: { ...moduleFlags, e: bool, v: bool, o: text },
    load: async () => (await import('./mod/vendor.ts')).runModVendor,
  },
  'mod verify': {
    usage: 'go mod verify',
    short: 'verify dependencies have expected content',
    flags: moduleFlags,
    load: async () => (await import('./mod/verify.ts')).runModVerify,
  },
  'mod why': {
    usage: 'go mod why [-m] [-vendor] packages...',
    short: 'explain why packages or modules are needed',
    flags: { ...moduleFlags, m: bool, vendor: bool },
    load: async () => (await import('./mod/why.ts')).runModWhy,
  },
  'work edit': {
    usage: 'go work edit [editing flags] [go.work]',
    short: 'edit go.work from tools or scripts',
    flags: {
      C: buildFlags['C']!,
      edits: { kind: 'list' },
      fmt: bool,
      print: bool,
      json: bool,
      go: text,
      toolchain: text,
      ...editTable([...editing, 'use', 'dropuse']),
    },
    load: async () => (await import('./work/edit.ts')).runWorkEdit,
  },
  'work init': {
    usage: 'go work init [moddirs]',
    short: 'initialize workspace file',
    flags: moduleFlags,
    load: async () => (await import('./work/use.ts')).runWorkInit,
  },
  'work sync': {
    usage: 'go work sync',
    short: 'sync workspace build list to modules',
    flags: moduleFlags,
    load: async () => (await import('./work/sync.ts')).runWorkSync,
  },
  'work use': {
    usage: 'go work use [-r] [moddirs]',
    short: 'add modules to workspace file',
    flags: { ...moduleFlags, r: bool },
    load: async () => (await import('./work/use.ts')).runWorkUse,
  },
  'work vendor': {
    usage: 'go work vendor [-e] [-v] [-o outdir]',
    short: 'make vendored copy of dependencies',
    flags: { ...moduleFlags, e: bool, v: bool, o: text },
    load: async () => (await import('./work/vendor.ts')).runWorkVendor,
  },
};
