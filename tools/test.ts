/** Runs nx over every package and closes with the sum of what their test runs counted. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { closingLine, type Tally } from './tally.ts';

process.chdir(new URL('..', import.meta.url).pathname);
for (const dir of globSync('packages/*/.results')) rmSync(dir, { recursive: true });
const args = ['run-many', '-t', 'typecheck', 'lint', 'test', ...process.argv.slice(2)];
const nx = spawnSync('nx', args, { stdio: 'inherit' });
const files = globSync('packages/*/.results/tally.json');
console.log(
  closingLine(files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Tally[])),
);
process.exitCode = nx.status ?? 1;
