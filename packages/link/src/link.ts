/**
 * The linker, top to bottom: compiled packages in, an executable out.
 *
 * Three milestones, each a value that the next passes take:
 *
 *     Loaded   every symbol has a number and a definition; from here no package is added
 *     Live     reachable symbols are known; from here only the linker makes symbols
 *     LaidOut  every symbol has an address; from here sizes are fixed and bytes are written
 *
 * Nothing here reads files or prints: packages come through `LinkOptions`, the result is bytes and
 * messages. The same input gives the same bytes.
 *
 * GOROOT: src/cmd/link/internal/ld/main.go (Main); contract 11.1.
 */
import { quoteString } from '@go-ts/base/quote';
import { objectHeader } from '@go-ts/runtime';
import { elfSymbols } from './format/elf/symtab.ts';
import { writeElf } from './format/elf/write.ts';
import { loadProgram } from './loader/load.ts';
import { AttrReachable, type Loader, type Sym } from './loader/loader.ts';
import { LinkFailure, type LinkOptions } from './options.ts';
import { assignFileOffsets, ImageWriter, placeDebug } from './output.ts';
import { makeBuildinfo } from './pass/buildinfo.ts';
import { layOutData } from './pass/data.ts';
import { deadcode } from './pass/deadcode.ts';
import { type Dwarf, makeDwarf, writeDwarf } from './pass/dwarf/dwarf.ts';
import { defineFips, type FipsSymbols, sumFips } from './pass/fips.ts';
import { makeInitTasks } from './pass/inittask.ts';
import { defineEarly, makeModuledata } from './pass/moduledata.ts';
import { expandGoroot, makePclntab } from './pass/pclntab.ts';
import { Relocator } from './pass/reloc.ts';
import { checkStacks } from './pass/stackcheck.ts';
import { parseStringSettings, setStrings } from './pass/strdata.ts';
import { orderText, placeText } from './pass/text.ts';
import { Segments } from './section.ts';
import { amd64 } from './target/amd64.ts';
import { type ArchTarget } from './target/target.ts';

export interface LinkResult {
  /** The executable; undefined if there were errors. */
  readonly image: Uint8Array | undefined;
  /** What upstream's linker would print, a line or more each, without the program's name. */
  readonly errors: readonly string[];
}

interface Loaded {
  readonly ldr: Loader;
  readonly fips: FipsSymbols;
  readonly inittasks: Sym;
}

interface Live extends Loaded {
  readonly text: Sym[];
  readonly moduledata: Sym;
  readonly strings: ReadonlyMap<string, string | Uint8Array>;
}

interface LaidOut extends Live {
  readonly segments: Segments;
  /** Data symbols by address. */
  readonly data: readonly Sym[];
  readonly dwarf: Dwarf | undefined;
}

export function link(options: LinkOptions): LinkResult {
  const errors: string[] = [];
  try {
    const arch = archOf(options);
    const loaded = load(options);
    const live = findLive(loaded, options, errors);
    const laidOut = layOut(live, options, arch);
    const image = write(laidOut, options, arch, errors);
    return { image: errors.length === 0 ? image : undefined, errors };
  } catch (error) {
    if (!(error instanceof LinkFailure)) throw error;
    return { image: undefined, errors: [...errors, `link: ${error.message}`] };
  }
}

function archOf({ target }: LinkOptions): ArchTarget {
  if (target.goos !== 'linux' || target.goarch !== 'amd64') {
    throw new LinkFailure(`linking for ${target.goos}/${target.goarch} is not supported`);
  }
  return amd64;
}

function load(options: LinkOptions): Loaded {
  const ldr = loadProgram(options, objectHeader(options.target, options.release));
  options.onPass?.('load');
  const fips = defineFips(ldr);
  const inittasks = makeInitTasks(ldr);
  options.onPass?.('inittasks');
  return { ldr, fips, inittasks };
}

function findLive(loaded: Loaded, options: LinkOptions, errors: string[]): Live {
  const { ldr, fips, inittasks } = loaded;
  deadcode(ldr, [entryName(options), 'runtime.unreachableMethod'], inittasks);
  options.onPass?.('deadcode');
  const moduledata = defineEarly(ldr);
  const text = orderText(ldr, fips.text);
  const strings = stringValues(options);
  errors.push(...setStrings(ldr, strings));
  errors.push(...checkStacks(ldr, text, options.target));
  options.onPass?.('stackcheck');
  return { ...loaded, text, moduledata, strings };
}

function entryName({ entry, target }: LinkOptions): string {
  return entry || `_rt0_${target.goarch}_${target.goos}`;
}

function stringValues(options: LinkOptions): Map<string, string | Uint8Array> {
  const { goroot, release, target, strings } = options;
  // Versions with a hyphen of their own (release candidates' suffixes) take a space instead.
  const separator = release.version.includes('-') ? ' ' : '-';
  const changed = target.goexperiment === '' ? '' : `${separator}X:${target.goexperiment}`;
  return parseStringSettings([
    ...(goroot === '' ? [] : [['runtime.defaultGOROOT', goroot] as const]),
    ['runtime.buildVersion', release.version + changed],
    ...strings,
  ]);
}

function layOut(live: Live, options: LinkOptions, arch: ArchTarget): LaidOut {
  const { ldr, text, moduledata, inittasks, strings } = live;
  const segments = new Segments();
  placeText(ldr, segments, text, arch.elfTextAddr, arch);
  makeBuildinfo(
    ldr,
    strings.get('runtime.buildVersion') ?? '',
    strings.get('runtime.modinfo') ?? '',
  );
  const expand = (file: string) => expandGoroot(file, options.goroot);
  const pcln = makePclntab(ldr, text, expand, arch);
  options.onPass?.('pclntab');
  const dwarf = options.stripDwarf
    ? undefined
    : makeDwarf(ldr, text, expand, options.release.version, arch);
  if (dwarf !== undefined) options.onPass?.('dwarf');
  const textLength = segments.text.sections[0]!.length;
  const groups = makeModuledata(ldr, { moduledata, pcln, inittasks, textLength });
  options.onPass?.('moduledata');
  const data = layOutData(ldr, segments, groups, arch);
  data.assignAddresses(arch.elfTextAddr, arch.elfPage);
  pcln.fill();
  options.onPass?.('data');
  return { ...live, segments, data: data.order, dwarf };
}

function write(
  laidOut: LaidOut,
  options: LinkOptions,
  arch: ArchTarget,
  errors: string[],
): Uint8Array {
  const { ldr, text, segments, data, fips, dwarf } = laidOut;
  const tlsOffset = -arch.ptrSize;
  const relocator = new Relocator(ldr, arch, tlsOffset, dwarf?.addrIndex ?? new Map());
  const debug =
    dwarf === undefined ? [] : writeDwarf(ldr, dwarf, segments, relocator, options.compressDwarf);
  if (dwarf !== undefined) options.onPass?.('dwarf sections');
  placeDebug(segments, arch.elfPage);
  const end = assignFileOffsets(segments, arch.elfPage, arch.elfPage);
  const entry = ldr.lookup(entryName(options));
  if (entry === 0 || !ldr.has(entry, AttrReachable)) {
    throw new LinkFailure(`missing entry symbol ${quoteString(entryName(options))}`);
  }
  const tail = writeElf(
    {
      arch,
      segments,
      entry: ldr.value[entry]!,
      buildID: options.buildID,
      hostBuildID: options.hostBuildID ?? '',
      symbols: options.stripSymbols
        ? undefined
        : (sectionIndex) => elfSymbols(ldr, text, sectionIndex),
    },
    end,
  );
  options.onPass?.('symtab');
  const out = new Uint8Array(end + tail.bytes.length);
  const image = new ImageWriter(ldr, relocator, out);
  image.write(segments.text, text, arch.codePad);
  image.write(segments.rodata, data, 0);
  image.write(segments.data, data, 0);
  segments.dwarf.sections.forEach((section, i) => {
    out.set(debug[i]!, segments.dwarf.fileOffset + section.addr - segments.dwarf.addr);
  });
  errors.push(...relocator.errors);
  sumFips(ldr, fips, segments, out);
  out.set(tail.bytes, end);
  for (const { at, bytes } of tail.head) out.set(bytes, at);
  options.onPass?.('write');
  return out;
}
