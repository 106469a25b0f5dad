/**
 * `go tool link`: upstream's flags over our linker.
 * GOROOT: src/cmd/link/internal/ld/main.go.
 */
import { link } from '@go-ts/link/link';
import { type FlagTable } from '../cfg/flags.ts';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { linkUsage, newLinkFlags, readLinkFlags } from '../work/ld.ts';
import { printVersion, readBytes, readImportConfig, toolTarget } from './files.ts';

const text = { kind: 'string' } as const;

/** Flags that the driver has no use for. */
const own: FlagTable = {
  V: { kind: 'bool', optionalText: true },
  o: { ...text, value: 'a.out' },
  importcfg: text,
  buildmode: { ...text, value: 'exe' },
};

export function runLink(settings: Settings, words: readonly string[]): number {
  const flags = newLinkFlags();
  const line = readLinkFlags(words, flags, own);
  if (line.given.has('V')) return printVersion(settings, 'link', String(line.values['V']));
  const [main, ...more] = line.args;
  if (main === undefined || more.length > 0) throw new Failure(linkUsage(), 2);
  const { o: dest, importcfg, buildmode } = line.values as Record<string, string>;
  if (buildmode !== 'exe' && buildmode !== 'pie') {
    throw new Failure(`link: -buildmode=${buildmode} is not supported`, 2);
  }
  const { target, release } = toolTarget(settings);
  const config = readImportConfig(importcfg!);
  const strings: (readonly [string, string | Uint8Array])[] = [...flags.strings];
  if (config.modinfo !== '') {
    strings.push(['runtime.modinfo', Buffer.from(config.modinfo, 'latin1')]);
  }
  const { image, errors } = link({
    target,
    release,
    main: { file: main, bytes: readMain(main) },
    packageFile: (path) => {
      const file = config.packageFiles.get(path);
      return file === undefined ? undefined : { file, bytes: readBytes(file) };
    },
    buildID: flags.buildID,
    strings,
    stripSymbols: flags.stripSymbols,
    stripDwarf: flags.stripDwarf || flags.stripSymbols,
    compressDwarf: flags.compressDwarf,
    goroot: settings.env['GOROOT'] ?? '',
    entry: flags.entry,
    checkLinkname: flags.checkLinkname,
    ignoreHeader: flags.ignoreHeader,
    ...(flags.hostBuildID === undefined ? {} : { hostBuildID: flags.hostBuildID }),
  });
  for (const message of errors) printError(`${message}\n`);
  if (image === undefined) return 2;
  writeWhole(dest!, image, 0o777);
  return 0;
}

function readMain(file: string): Uint8Array {
  try {
    return readBytes(file);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`link: cannot open file ${file}: ${error.message}`, 2);
  }
}
