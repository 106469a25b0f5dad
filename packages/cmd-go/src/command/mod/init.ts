/** `go mod init`. GOROOT: src/cmd/go/internal/modload/init.go (CreateModFile, findModulePath). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { unquoteString } from '@go-ts/base/quote';
import { updateRoots } from '@go-ts/modfetch/graph/roots';
import { setModule } from '@go-ts/modfetch/modfile/edit';
import { newModFile } from '@go-ts/modfetch/modfile/modfile';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import { checkImportPath, splitPathVersion } from '@go-ts/modfetch/version/module';
import { makeModLoader } from '../../cfg/modules.ts';
import { type Settings } from '../../cfg/settings.ts';
import { shorten } from '../../load/gomod.ts';
import { commitRequirements, forceGo, fromModFiles, setMains } from '../../modload/gomod.ts';
import { isLocalPath } from '../../modload/import.ts';
import { Failure } from '../../report/failure.ts';
import { printError } from '../../report/output.ts';
import { type Context } from '../commands.ts';

export async function runModInit(context: Context): Promise<number> {
  const { args, values } = context.line;
  if (args.length > 1) throw new Failure("go: 'go mod init' accepts at most one argument");
  const root = process.cwd();
  const ml = await makeModLoader(context, { workspaces: false, modRoot: root });
  ml.setBuildMod();
  const file = ml.modFilePath(root);
  if (existsSync(file)) throw new Failure(`go: ${file} already exists`);
  const path = args[0] ?? findModulePath(context.settings, root);
  checkModulePath(path);
  const where = values['modfile'] === '' ? '' : ` (using -modfile path ${shorten(file)})`;
  printError(`go: creating new go.mod${where}: module ${path}\n`);
  const mod = newModFile();
  setModule(mod, path);
  const main = {
    version: { path, version: '' },
    root,
    prefix: path,
    inGorootSrc: false,
    file: mod,
    index: undefined,
  };
  forceGo(ml, mod, ml.options.goVersion);
  setMains(ml, [main]);
  const rs = fromModFiles(ml, undefined, [main]);
  ml.requirements = await updateRoots(ml, rs, { direct: rs.direct });
  await commitRequirements(ml);
  const isEmpty = !readdirSync(root, { withFileTypes: true }).some(
    (entry) => !/^[._]/.test(entry.name) && (entry.name.endsWith('.go') || entry.isDirectory()),
  );
  if (!isEmpty) printError('go: to add module requirements and sums:\n\tgo mod tidy\n');
  return 0;
}

function checkModulePath(path: string): void {
  const bad = checkImportPath(path)?.as('module');
  if (bad !== undefined) {
    const text = isLocalPath(path)
      ? bad.message.slice(0, -bad.reason.length) + 'is a local import path'
      : bad.message;
    throw new Failure(`go: ${text}`);
  }
  if (isToolchain(path)) throw new Failure(`go: invalid module path "${path}": `);
  if (splitPathVersion(path) !== undefined) return;
  const hint = path.startsWith('gopkg.in/')
    ? `module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN:\n\tgo mod init ${suggestGopkgIn(path)}`
    : `major version suffixes must be in the form of /vN and are only allowed for v2 or later:\n\tgo mod init ${suggestPath(path)}`;
  throw new Failure(`go: invalid module path "${path}": ${hint}`);
}

function suggestPath(path: string): string {
  const end = /[\d.]*$/.exec(path)![0];
  const base = path
    .slice(0, path.length - end.length)
    .replace(/\/v$/, '')
    .replace(/\/$/, '');
  const first = (/\d+/.exec(end)?.[0] ?? '').replace(/^0+/, '');
  return `${base}/v${first === '' || first === '1' ? '2' : first}`;
}

function suggestGopkgIn(path: string): string {
  const end = /[\d.]*$/.exec(path)![0];
  const base = path
    .slice(0, path.length - end.length)
    .replace(/\.v$/, '')
    .replace(/\/v$/, '')
    .replace(/\/$/, '');
  const first = (/\d+/.exec(path)?.[0] ?? '').replace(/^0+/, '');
  return `${base}.v${first === '' ? '1' : first}`;
}

/** From import comments, or from the place below GOPATH. */
function findModulePath(settings: Settings, dir: string): string {
  const own = commentIn(dir);
  if (own !== undefined) return own;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const inner = entry.isDirectory() ? commentIn(join(dir, entry.name)) : undefined;
    if (inner !== undefined) return posix.dirname(inner);
  }
  let reason = 'outside GOPATH, module path must be specified';
  for (const gopath of settings.gopath.split(':').filter(Boolean)) {
    const src = `${join(gopath, 'src')}/`;
    if (!dir.startsWith(src)) continue;
    const path = dir.slice(src.length);
    const bad = checkImportPath(path);
    if (bad === undefined) return path;
    reason = `bad module path inferred from directory in GOPATH: ${bad.message}`;
    break;
  }
  throw new Failure(`go: cannot determine module path for source directory ${dir} (${reason})

Example usage:
	'go mod init example.com/m' to initialize a v0 or v1 module
	'go mod init example.com/m/v2' to initialize a v2 module

Run 'go help mod init' for more information.
`);
}

function commentIn(dir: string): string | undefined {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.go')) continue;
    const text = readFileSync(join(dir, entry.name), 'utf8');
    const match =
      /^package[ \t]+[^ \t\r\n/]+[ \t]+\/\/[ \t]+import[ \t]+("[^"]+")[ \t]*\r?\n/m.exec(text);
    const path = match === null ? undefined : unquoteString(match[1]!);
    if (path !== undefined) return path;
  }
  return undefined;
}
