/**
 * `./test`: nx over every package, closing with the sum of what their test runs counted.
 * `./test conformance SUITE …`: one of upstream's suites (tools/conformance).
 * `./test fuzz …`: random programs, compared with the official toolchain's (tools/fuzz).
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { conformance } from './conformance/main.ts';
import { fuzz } from './fuzz/main.ts';
import { closingLine, type Tally } from './tally.ts';

const words = process.argv.slice(2);
if (words[0] === 'conformance') {
  process.exitCode = await conformance(words.slice(1));
} else if (words[0] === 'fuzz') {
  process.exitCode = fuzz(words.slice(1));
} else {
  process.chdir(new URL('..', import.meta.url).pathname);
  for (const dir of globSync('packages/*/.results')) rmSync(dir, { recursive: true });
  const args = ['run-many', '-t', 'typecheck', 'lint', 'test', ...words];
  const nx = spawnSync('nx', args, { stdio: 'inherit' });
  const files = globSync('packages/*/.results/tally.json');
  const tallies = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Tally[]);
  console.log(closingLine(tallies));
  process.exitCode = nx.status ?? 1;
}
