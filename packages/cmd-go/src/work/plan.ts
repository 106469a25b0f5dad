/**
 * What `-n` and `-x` print: for each package the tool command lines that do the same as our jobs.
 * GOROOT: src/cmd/go/internal/work/{gc,exec}.go (form of the lines).
 */
import { incompletePackages } from '@go-ts/runtime/entry/special';
import { type BuildConfig } from '../cfg/build.ts';
import { type Package, packageList } from '../load/package.ts';
import { printError } from '../report/output.ts';

export function printPlan(config: BuildConfig, roots: readonly Package[]): void {
  const { target, goroot } = config;
  const level = `${target.arch.levelVariable}_${target.level}`;
  const lines: string[] = [];
  const list = packageList(roots);
  list.forEach((p, i) => {
    const sources = p.sources;
    if (sources === undefined || p.importPath === 'unsafe') return;
    const work = `$WORK/b${String(i + 1).padStart(3, '0')}`;
    const path = p.name === 'main' ? 'main' : p.importPath;
    const std = p.standard ? ' -std' : '';
    const asm = sources.sFiles.length > 0;
    const complete = !asm && !(p.standard && incompletePackages.has(p.importPath));
    const flags = [
      `-o ${work}/_pkg_.a`,
      `-p ${path}`,
      `-lang=${goroot.release.language}${std}`,
      ...(complete ? ['-complete'] : []),
      ...(asm ? [`-symabis ${work}/symabis`, `-asmhdr ${work}/go_asm.h`] : []),
      '-nolocalimports',
      `-importcfg ${work}/importcfg`,
      '-pack',
    ];
    const include = `-I ${work}/ -I ${goroot.dir}/pkg/include -D GOOS_${target.goos} -D GOARCH_${target.goarch} -D ${level}`;
    lines.push(`\n#\n# ${p.importPath}\n#\n`, `mkdir -p ${work}/`, `cd ${p.dir}`);
    if (asm) {
      const files = sources.sFiles.map((file) => `./${file}`).join(' ');
      lines.push(`go tool asm -p ${path} ${include} -gensymabis -o ${work}/symabis ${files}`);
    }
    const files = sources.goFiles.map((file) => `./${file}`).join(' ');
    lines.push(`go tool compile ${flags.join(' ')} ${files}`);
    for (const file of sources.sFiles) {
      lines.push(
        `go tool asm -p ${path} ${include} -o ${work}/${file.replace(/s$/, 'o')} ./${file}`,
      );
    }
    if (p.name === 'main') {
      lines.push(
        `go tool link -o ${work}/exe/a.out -importcfg ${work}/importcfg.link ${work}/_pkg_.a`,
      );
    }
  });
  printError(`${lines.join('\n')}\n`);
}
