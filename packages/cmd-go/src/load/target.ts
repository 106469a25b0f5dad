/**
 * Where `go install` puts a package: a program in a folder of commands, a library of GOPATH in pkg.
 *
 * Empty where a package has no place: libraries of modules and of GOROOT live in the cache only, and so
 * does what was named by its files or folder outside of GOPATH.
 * GOROOT: src/cmd/go/internal/load/pkg.go (load, InstallTargetDir, GoFilesPackage), src/go/build/build.go
 * (PkgObj, BinDir).
 */
import { delimiter, join, resolve, sep } from 'node:path';
import { type BuildConfig } from '../cfg/build.ts';
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { executableName, type Package } from './package.ts';

export function targetOf(config: BuildConfig, p: Package): string {
  if (p.commandLineFiles) return targetOfFiles(config, p);
  if (p.name === 'main') return targetOfProgram(config, p);
  if (p.isLocal || p.root === '') return '';
  return p.goroot ? gorootLibrary(config, p) : gopathLibrary(config, p);
}

/** True for a program that GOBIN has no place for, being for another system. */
export function isForeignToGobin(config: BuildConfig, p: Package): boolean {
  if (p.name !== 'main' || p.goroot) return false;
  return config.settings.get('GOBIN') !== '' && isForeign(config);
}

/** Programs that are not commands of their own but what `go tool` runs. */
export function isTool(p: Package): boolean {
  if (!p.goroot || p.name !== 'main' || !p.importPath.startsWith('cmd/')) return false;
  return p.importPath !== 'cmd/go' && p.importPath !== 'cmd/gofmt';
}

function isForeign({ target }: BuildConfig): boolean {
  return target.goos !== goHostOS || target.goarch !== goHostArch;
}

const systemOf = ({ target }: BuildConfig): string => `${target.goos}_${target.goarch}`;

function targetOfProgram(config: BuildConfig, p: Package): string {
  const { goroot } = config;
  const file = executableName(p) + config.target.os.exeSuffix;
  if (isTool(p)) return join(goroot.dir, 'pkg/tool', systemOf(config), file);
  const bin = p.goroot ? join(goroot.dir, 'bin') : binFolder(config, p);
  if (bin === '' || isForeignToGobin(config, p)) return '';
  return isForeign(config) ? join(bin, systemOf(config), file) : join(bin, file);
}

function targetOfFiles(config: BuildConfig, p: Package): string {
  if (p.name !== 'main') return '';
  const bin = config.settings.get('GOBIN') || (config.modules === undefined ? '' : binOf(config));
  return bin === '' ? '' : join(bin, executableName(p) + config.target.os.exeSuffix);
}

function binFolder(config: BuildConfig, p: Package): string {
  const gobin = config.settings.get('GOBIN');
  if (gobin !== '') return gobin;
  if (config.modules !== undefined) return binOf(config);
  return p.root === '' ? '' : join(p.root, 'bin');
}

/** bin of the first entry of GOPATH. */
function binOf({ settings }: BuildConfig): string {
  const [gopath = ''] = settings.gopath.split(delimiter);
  return gopath === '' ? '' : join(gopath, 'bin');
}

function gopathLibrary(config: BuildConfig, p: Package): string {
  if (config.modules !== undefined) return '';
  const { pkgdir } = config.flags;
  const folder = pkgdir === '' ? join(p.root, 'pkg', pkgFolder(config)) : resolve(pkgdir);
  return join(folder, `${p.importPath.split('/').join(sep)}.a`);
}

/** Only those who ask for it have the library installed. */
function gorootLibrary(config: BuildConfig, p: Package): string {
  const settings = (config.settings.env['GODEBUG'] ?? '').split(',');
  const asked = settings.findLast((pair) => pair.startsWith('installgoroot='));
  if (asked !== 'installgoroot=all' || p.importPath === 'unsafe' || p.importPath === 'builtin') {
    return '';
  }
  return join(config.goroot.dir, 'pkg', pkgFolder(config), `${p.importPath}.a`);
}

function pkgFolder(config: BuildConfig): string {
  const { installsuffix } = config.flags;
  return systemOf(config) + (installsuffix === '' ? '' : `_${installsuffix}`);
}
