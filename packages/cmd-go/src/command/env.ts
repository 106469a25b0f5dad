/**
 * `go env`: what every variable's value is, and changes to the user's env file.
 * GOROOT: src/cmd/go/internal/envcmd/env.go.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { knownPorts, parseExperiments } from '@go-ts/runtime/target/targets';
import { splitQuoted } from '../cfg/flags.ts';
import { goHostArch, goHostOS, type Settings } from '../cfg/settings.ts';
import { findUp } from '../load/gomod.ts';
import { isBelow } from '../load/load.ts';
import { areModulesOff, warnOfGopathModule } from '../modload/mode.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { checkTempFolder } from '../work/folders.ts';
import { type Context } from './commands.ts';

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly changed: boolean;
}

export function runEnv({ settings, line }: Context): number {
  const { values, args } = line;
  const { json, changed, u, w } = values;
  if (json === true && u === true) throw new Failure('go: cannot use -json with -u');
  if (json === true && w === true) throw new Failure('go: cannot use -json with -w');
  if (u === true && w === true) throw new Failure('go: cannot use -u with -w');
  if (w === true) return write(settings, args);
  if (u === true) return unset(settings, args);
  checkSystem(settings);
  warnOfGopathModule(settings);
  for (const arg of args) {
    if (arg.includes('=')) {
      throw new Failure(`go: invalid variable name ${quoteString(arg)} (use -w to set variable)`);
    }
  }
  // Upstream makes a work folder before it shows all.
  if (args.length === 0) checkTempFolder(settings);
  let list = variables(settings);
  if (args.length > 0) {
    const byName = new Map(list.map((v) => [v.name, v]));
    const valueOf = (name: string): string =>
      byName.get(name)?.value ?? (settings.isKnown(name) ? settings.get(name) : '');
    if (changed === true) {
      list = args.map((name) => byName.get(name)).filter((v) => v !== undefined);
    } else if (json === true) {
      list = args.map((name) => ({ name, value: valueOf(name), changed: false }));
    } else {
      for (const name of args) print(`${valueOf(name)}\n`);
      return 0;
    }
  }
  if (changed === true) list = list.filter((v) => v.changed);
  list = list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (json === true) {
    const object = Object.fromEntries(list.map((v) => [v.name, v.value]));
    const text = JSON.stringify(object, null, '\t').replaceAll(/[<>&\u2028\u2029]/g, escapeForGo);
    print(`${text}\n`);
  } else {
    for (const { name, value } of list) print(printed(name, value));
  }
  return 0;
}

/** Settings that no command can work with. */
function checkSystem(settings: Settings): void {
  const problem = parseExperiments('linux', settings.get('GOEXPERIMENT'), settings.release);
  if (typeof problem === 'string') throw new Failure(`go: ${problem}`, 2);
  const pair = `${settings.goos}/${settings.goarch}`;
  if (!knownPorts.includes(pair)) throw new Failure(`go: unsupported GOOS/GOARCH pair ${pair}`, 2);
}

/** encoding/json escapes these so that its output can stand in HTML. */
function escapeForGo(c: string): string {
  return String.raw`\u` + c.codePointAt(0)!.toString(16).padStart(4, '0');
}

function printed(name: string, value: string): string {
  if (goHostOS !== 'windows') return `${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`;
  const escaped = value.replaceAll('%', '%%').replaceAll(/[<>|&^]/g, '^$&');
  return `set ${name}=${escaped}\n`;
}

function variables(settings: Settings): Variable[] {
  const { goos, goarch } = settings;
  const list: Variable[] = [];
  const add = (name: string, value: string, changed = false): void => {
    list.push({ name, value, changed });
  };
  const setOr = (name: string, fallback: string): void => {
    const { value, changed } = settings.orDefault(name, fallback);
    add(name, value, changed);
  };
  const plain = (name: string): void => {
    const value = settings.get(name);
    add(name, value, value !== '');
  };
  const goroot = settings.gorootShown;
  const module111 = settings.get('GO111MODULE');
  add('GO111MODULE', module111, module111 !== '' && module111 !== 'on');
  add('GOARCH', goarch, goarch !== goHostArch);
  setOr('GOAUTH', 'netrc');
  setOr('GOCACHE', settings.defaultGocache);
  setOr('GOCACHEPROG', '');
  add('GODEBUG', settings.env['GODEBUG'] ?? '', (settings.env['GODEBUG'] ?? '') !== '');
  add('GOENV', settings.envFile, settings.envFileChanged);
  add('GOEXE', goos === 'windows' ? '.exe' : '');
  plain('GOEXPERIMENT');
  setOr('GOFIPS140', 'off');
  plain('GOFLAGS');
  add('GOHOSTARCH', goHostArch);
  add('GOHOSTOS', goHostOS);
  plain('GOINSECURE');
  setOr('GOMODCACHE', join(settings.gopath.split(':')[0]!, 'pkg/mod'));
  const goprivate = settings.get('GOPRIVATE');
  setOr('GONOPROXY', goprivate);
  setOr('GONOSUMDB', goprivate);
  add('GOOS', goos, goos !== goHostOS);
  const driver = settings.env['GOPACKAGESDRIVER'] ?? '';
  add('GOPACKAGESDRIVER', driver, driver !== '');
  // What the environment says is go/build's default.
  const gopath = settings.env['GOPATH'] || settings.defaultGopath;
  add('GOPATH', settings.gopath, settings.gopath !== gopath);
  plain('GOPRIVATE');
  setOr('GOPROXY', '');
  add('GOROOT', goroot);
  setOr('GOSUMDB', '');
  add('GOTELEMETRY', telemetryMode(settings));
  add('GOTELEMETRYDIR', join(settings.configDir, 'go/telemetry'));
  plain('GOTMPDIR');
  setOr('GOTOOLCHAIN', '');
  add('GOTOOLDIR', join(goroot, 'pkg/tool', `${goHostOS}_${goHostArch}`));
  plain('GOVCS');
  add('GOVERSION', settings.release.version);
  setOr('GCCGO', 'gccgo');
  if (goarch === 'amd64') setOr('GOAMD64', 'v1');
  if (goarch === 'arm64') setOr('GOARM64', 'v8.0');
  setOr('AR', 'ar');
  setOr('CC', goos === 'darwin' ? 'clang' : 'gcc');
  setOr('CXX', goos === 'darwin' ? 'clang++' : 'g++');
  // Without a C compiler of our own, cgo is off whatever is asked for.
  add('CGO_ENABLED', '0', settings.get('CGO_ENABLED') !== '');
  const gomod = findUp(process.cwd(), 'go.mod');
  const modules = !areModulesOff(settings, process.cwd());
  add('GOMOD', modules ? (gomod ?? (goHostOS === 'windows' ? 'NUL' : '/dev/null')) : '');
  const gowork = settings.get('GOWORK');
  add('GOWORK', gowork === 'off' ? 'off' : gowork || (findUp(process.cwd(), 'go.work') ?? ''));
  const gobin = settings.get('GOBIN');
  add('GOBIN', gobin || defaultGobin(settings, modules), gobin !== '');
  for (const name of ['CGO_CFLAGS', 'CGO_CXXFLAGS', 'CGO_FFLAGS', 'CGO_LDFLAGS']) {
    setOr(name, '-O2 -g');
  }
  plain('CGO_CPPFLAGS');
  setOr('PKG_CONFIG', 'pkg-config');
  add('GOGCCFLAGS', gccFlags(settings));
  return list;
}

/** Without modules a program goes to bin of the entry of GOPATH that it is in. */
function defaultGobin(settings: Settings, modules: boolean): string {
  const entries = settings.gopath.split(delimiter);
  const cwd = process.cwd();
  const holding = modules ? undefined : entries.find((entry) => isBelow(cwd, entry));
  return join(holding ?? entries[0]!, 'bin');
}

/**
 * What the user lets go commands count, a setting shared with the official one; we count nothing.
 * GOROOT: src/cmd/vendor/golang.org/x/telemetry/internal/telemetry/dir.go.
 */
function telemetryMode(settings: Settings): string {
  try {
    const text = readFileSync(join(settings.configDir, 'go/telemetry/mode'), 'utf8');
    return text.trim().split(' ')[0] || 'local';
  } catch {
    return 'local';
  }
}

/**
 * What cgo would be compiled with. None is asked which of these it knows: there is no place for one here,
 * so it is what upstream says where it finds none.
 */
function gccFlags(settings: Settings): string {
  const { goos, goarch } = settings;
  const temp = settings.get('GOTMPDIR') || realpathSync(tmpdir());
  const isDarwin = goos === 'darwin';
  return [
    ...(goos === 'windows' ? [] : ['-fPIC']),
    ...(isDarwin ? ['-arch', goarch === 'amd64' ? 'x86_64' : goarch] : []),
    ...(goarch === 'amd64' ? ['-m64'] : []),
    '-fno-caret-diagnostics -Qunused-arguments -Wl,--no-gc-sections -fmessage-length=0',
    `-ffile-prefix-map=${temp}/go-build=/tmp/go-build`,
    '-gno-record-gcc-switches',
    ...(isDarwin ? ['-fno-common'] : []),
  ].join(' ');
}

const immutable = new Set(
  'GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOROOT GOTELEMETRY GOTELEMETRYDIR GOTOOLDIR GOVERSION GOWORK'.split(
    ' ',
  ),
);

/** Refuses what would make the next go command fail. */
function checkWrite(settings: Settings, name: string, value: string): void {
  if (immutable.has(name)) throw new Failure(`go: ${name} cannot be modified`);
  if (name === 'GOENV' || name === 'GODEBUG') {
    throw new Failure(`go: ${name} can only be set using the OS environment`);
  }
  if (!settings.isKnown(name)) throw new Failure(`go: unknown go command variable ${name}`);
  const relative = value !== '' && !isAbsolute(value);
  const refuse = (what: string): never => {
    throw new Failure(`go: ${what}: ${quoteString(value)}`);
  };
  if (name === 'GO111MODULE' && !['', 'auto', 'on', 'off'].includes(value)) {
    throw new Failure(`go: invalid GO111MODULE value ${quoteString(value)}`);
  } else if (name === 'GOPATH') {
    if (value.startsWith('~')) refuse("GOPATH entry cannot start with shell metacharacter '~'");
    if (relative) refuse('GOPATH entry is relative; must be absolute path');
  } else if (name === 'GOMODCACHE' && relative) {
    refuse('GOMODCACHE entry is relative; must be absolute path');
  } else if ((name === 'CC' || name === 'CXX') && value !== '') {
    let words: string[];
    try {
      words = splitQuoted(value);
    } catch (error) {
      throw new Failure(`go: invalid ${name}: ${(error as Error).message}`);
    }
    const program = words[0];
    if (program === undefined) throw new Failure(`go: ${name} entry cannot contain only space`);
    if (!isAbsolute(program) && program !== basename(program)) {
      throw new Failure(
        `go: ${name} entry is relative; must be absolute path: ${quoteString(program)}`,
      );
    }
  }
  if (value.includes('\0')) throw new Failure(`go: invalid NUL in ${name}=... value`);
  if (/[\v\r\n]/.test(value)) throw new Failure(`go: invalid newline in ${name}=... value`);
}

function write(settings: Settings, args: readonly string[]): number {
  if (args.length === 0) throw new Failure('go: no KEY=VALUE arguments given');
  const add = new Map<string, string>();
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (equals < 0) {
      throw new Failure(`go: arguments must be KEY=VALUE: invalid argument: ${arg}`);
    }
    const name = arg.slice(0, equals);
    const value = arg.slice(equals + 1);
    checkWrite(settings, name, value);
    if (add.has(name)) throw new Failure(`go: multiple values for key: ${name}`);
    add.set(name, value);
    const outer = settings.env[name] ?? '';
    if (outer !== '' && outer !== value) {
      printError(
        `warning: go env -w ${name}=... does not override conflicting OS environment variable\n`,
      );
    }
  }
  checkBuild(settings, add);
  const temp = add.get('GOTMPDIR') ?? '';
  if (temp !== '' && !isAbsolute(temp)) throw new Failure('go: GOTMPDIR must be an absolute path');
  updateEnvFile(settings, add, new Set());
  return 0;
}

function unset(settings: Settings, args: readonly string[]): number {
  if (args.length === 0) throw new Failure("go: 'go env -u' requires an argument");
  for (const name of args) checkWrite(settings, name, '');
  const outer = args.map((name) => [name, settings.env[name] ?? ''] as const);
  checkBuild(settings, new Map(outer));
  updateEnvFile(settings, new Map(), new Set(args));
  return 0;
}

/** The settings must still name a system after the change. */
function checkBuild(settings: Settings, changes: ReadonlyMap<string, string>): void {
  if (changes.has('GOOS') || changes.has('GOARCH')) {
    const goos = changes.get('GOOS') ?? settings.goos;
    const goarch = changes.get('GOARCH') ?? settings.goarch;
    const pair = `${goos || goHostOS}/${goarch || goHostArch}`;
    if (!knownPorts.includes(pair)) {
      throw new Failure(`go: unsupported GOOS/GOARCH pair ${pair}`);
    }
  }
  const experiment = changes.get('GOEXPERIMENT');
  if (experiment !== undefined) {
    const parsed = parseExperiments('linux', experiment, settings.release);
    if (typeof parsed === 'string') throw new Failure(`go: ${parsed}`);
  }
}

const nameOf = (line: string): string => (/^[A-Z][^=]*(?==)/.exec(line) ?? [''])[0];

/** Rewrites the env file: one line for each variable, runs of them sorted, comments kept in place. */
function updateEnvFile(
  settings: Settings,
  add: ReadonlyMap<string, string>,
  remove: ReadonlySet<string>,
): void {
  const file = settings.envFile;
  if (file === '') throw new Failure('go: cannot find go env config: GOENV=off');
  if (add.size === 0 && !existsSync(file)) {
    throw new Failure(`go: reading go env config: open ${file}: no such file or directory`);
  }
  const old = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (old.at(-1) === '') old.pop();
  const last = new Map(old.map((line, i) => [nameOf(line), i]));
  const pending = new Map(add);
  const lines: string[] = [];
  old.forEach((line, i) => {
    const name = nameOf(line);
    if (name !== '' && (last.get(name) !== i || remove.has(name))) return;
    const value = pending.get(name);
    pending.delete(name);
    lines.push(value === undefined ? line : `${name}=${value}`);
  });
  for (const [name, value] of pending) lines.push(`${name}=${value}`);
  sortRuns(lines);
  const text = lines.map((line) => `${line}\n`).join('');
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && !statSync(file).isFile()) {
    // A device, such as the null one, must stay what it is.
    writeFileSync(file, text);
    return;
  }
  const temp = `${file}.tmp${process.pid}`;
  writeFileSync(temp, text, { mode: existsSync(file) ? statSync(file).mode : 0o666 });
  renameSync(temp, file);
}

function sortRuns(lines: string[]): void {
  let start = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && nameOf(lines[i]!) !== '') continue;
    const run = lines.slice(start, i).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    lines.splice(start, run.length, ...run);
    start = i + 1;
  }
}
