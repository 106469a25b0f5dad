/**
 * Compares our assembler with the official one on every `.s` file of std for linux/amd64, and our
 * layout of compiled code with the official one on every compiled function. Takes some minutes:
 *
 *     node packages/asm/test/std.ts [PACKAGE...]
 */
import { compareAssembly, compareCompiled } from './compare.ts';
import { officialBuild } from './official.ts';

const packages = process.argv.slice(2);
const build = officialBuild(packages.length > 0 ? packages : ['std'], true);
const assembly = compareAssembly(build);
const compiled = compareCompiled(build);
for (const { what, same, differences } of [assembly, compiled]) {
  console.log(`${what}: ${same} the same, ${differences.length} different`);
  for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
}
process.exitCode = assembly.differences.length + compiled.differences.length > 0 ? 1 : 0;
