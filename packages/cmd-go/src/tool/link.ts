/**
 * `go tool link`: upstream's flags over our linker.
 * GOROOT: src/cmd/link/internal/ld/main.go.
 */
import { link } from '@go-ts/link/link';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { newLinkFlags, readLinkFlags } from '../work/ld.ts';
import { printVersion, readBytes, readImportConfig, toolTarget } from './files.ts';

export function runLink(settings: Settings, words: readonly string[]): number {
  let dest = 'a.out';
  let importcfg = '';
  let buildmode = 'exe';
  const rest: string[] = [];
  const files: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const match = /^--?(V|o|importcfg|buildmode)(?:=(.*))?$/s.exec(word);
    if (match !== null) {
      const name = match[1]!;
      if (name === 'V') return printVersion(settings, 'link', match[2] ?? 'true');
      const value = match[2] ?? words[++i] ?? '';
      if (name === 'o') dest = value;
      else if (name === 'importcfg') importcfg = value;
      else buildmode = value;
    } else if (word.startsWith('-')) {
      rest.push(word);
      // Flags with their value in the next word keep it beside them.
      if (
        /^--?(buildid|B|E|X|extld|extldflags|extar|tmpdir|r|L|k|T|R|installsuffix|linkmode)$/.test(
          word,
        )
      ) {
        rest.push(words[++i] ?? '');
      }
    } else {
      files.push(word);
    }
  }
  const [main, ...more] = files;
  if (main === undefined || more.length > 0) throw new Failure('usage: link [options] main.o', 2);
  if (buildmode !== 'exe' && buildmode !== 'pie') {
    throw new Failure(`link: -buildmode=${buildmode} is not supported`, 2);
  }
  const { target, release } = toolTarget(settings);
  const config = readImportConfig(importcfg);
  const flags = newLinkFlags();
  const problem = readLinkFlags(rest, flags);
  if (problem !== undefined) throw new Failure(`link: ${problem}`, 2);
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
  if (dest !== '/dev/null') writeWhole(dest, image, 0o777);
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
