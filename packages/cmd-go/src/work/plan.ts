/**
 * What `-x` and `-n` print: for each package the tool command lines that do the same as our jobs. With
 * -x those of what is really done; with -n of what would be.
 * GOROOT: src/cmd/go/internal/work/{gc,exec}.go (form of the lines).
 */
import { availableParallelism } from 'node:os';
import { incompletePackages } from '@go-ts/runtime/entry/special';
import { type BuildConfig } from '../cfg/build.ts';
import { isProgram, type Package } from '../load/package.ts';
import { quoteWord } from '../report/shell.ts';

export interface PackagePlan {
  readonly lang: string;
  readonly gcflags: readonly string[];
  readonly asmflags: readonly string[];
  /** A profile that the package is compiled for; '' for none. */
  readonly profile: string;
}

/** At most so many functions at once, as upstream's compiler is told; ours decides for itself. */
function concurrency(config: BuildConfig): number {
  const asked = Number(config.settings.env['GOMAXPROCS'] ?? 0);
  return Math.min(4, Number.isInteger(asked) && asked > 0 ? asked : availableParallelism());
}

/** Compiling and assembling a package; `number` is that of its folder. */
export function compileLines(
  config: BuildConfig,
  p: Package,
  plan: PackagePlan,
  number: number,
): string {
  const { target, goroot } = config;
  const sources = p.sources!;
  const work = folderOf(number);
  const path = isProgram(p) ? 'main' : p.importPath;
  const asm = sources.sFiles.length > 0;
  const complete = !asm && !(p.standard && incompletePackages.has(p.importPath));
  const flags = [
    `-o ${work}/_pkg_.a`,
    '-trimpath "$WORK=>"',
    `-p ${path}`,
    `-lang=${plan.lang}`,
    ...(p.standard ? ['-std'] : []),
    ...(complete ? ['-complete'] : []),
    ...(asm ? [`-symabis ${work}/symabis`, `-asmhdr ${work}/go_asm.h`] : []),
    ...(plan.profile === '' ? [] : [`-pgoprofile=${work}/pgo.preprofile`]),
    `-c=${concurrency(config)}`,
    ...plan.gcflags.map(quoteWord),
    '-nolocalimports',
    `-importcfg ${work}/importcfg`,
    '-pack',
  ];
  const defines = `-D GOOS_${target.goos} -D GOARCH_${target.goarch} -D ${target.arch.levelVariable}_${target.level}`;
  const assemble = [
    `go tool asm -p ${path}`,
    `-trimpath "$WORK=>" -I ${work}/ -I ${goroot.dir}/pkg/include ${defines}`,
    ...plan.asmflags.map(quoteWord),
  ].join(' ');
  const here = (files: readonly string[]): string =>
    files.map((file) => quoteWord(`./${file}`)).join(' ');
  const lines = [`\n#\n# ${p.importPath}\n#\n`, `mkdir -p ${work}/`];
  if (plan.profile !== '') {
    lines.push(`go tool preprofile -o ${work}/pgo.preprofile -i ${quoteWord(plan.profile)}`);
  }
  if (p.testMain === undefined) lines.push(`cd ${quoteWord(p.dir)}`);
  if (asm) {
    lines.push(`${assemble} -gensymabis -o ${work}/symabis ${here(sources.sFiles)}`);
  }
  const files = p.testMain === undefined ? here(sources.goFiles) : `${work}/_testmain.go`;
  lines.push(`go tool compile ${flags.join(' ')} ${files}`);
  for (const file of sources.sFiles) {
    lines.push(`${assemble} -o ${work}/${file.replace(/s$/, 'o')} ${here([file])}`);
  }
  return `${lines.join('\n')}\n`;
}

export function linkLines(
  config: BuildConfig,
  number: number,
  flags: readonly string[],
  modinfo: string,
): string {
  const work = folderOf(number);
  const words = [`-o ${work}/exe/a.out`, `-importcfg ${work}/importcfg.link`, '-buildmode=exe'];
  const more = flags.map(quoteWord);
  return [
    `cat >${work}/importcfg.link << 'EOF' # internal`,
    `modinfo ${JSON.stringify(modinfo)}`,
    'EOF',
    `mkdir -p ${work}/exe/`,
    `GOROOT='${config.goroot.dir}' go tool link ${[...words, ...more].join(' ')} ${work}/_pkg_.a\n`,
  ].join('\n');
}

function folderOf(number: number): string {
  return `$WORK/b${String(number).padStart(3, '0')}`;
}
