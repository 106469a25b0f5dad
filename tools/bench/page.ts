/**
 * docs/benchmarks.md: `./bench --page` rewrites the section of each group that it ran; what else stands
 * on the page is written by hand and left alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Comparison, geometricMean } from './measure.ts';

const page = new URL('../../docs/benchmarks.md', import.meta.url);

export function writeBenchmarks(group: string, rows: readonly Comparison[]): void {
  const parts = readFileSync(page, 'utf8').split(/^(?=## )/m);
  const section = `${render(group, rows)}\n`;
  const at = parts.findIndex((part) => part.startsWith(`## ${group}\n`));
  if (at < 0) parts.push(`\n${section}`);
  else parts[at] = at === parts.length - 1 ? section : `${section}\n`;
  writeFileSync(page, parts.join(''));
}

function render(group: string, rows: readonly Comparison[]): string {
  const processors = cpus();
  const ratios = rows.map(({ ratio }) => ratio);
  const mean = geometricMean(ratios).toFixed(2);
  const cells = rows.map(({ name, ours, official, ratio, peak }) => [
    name,
    `${ours.toFixed(0)} ms`,
    `${official.toFixed(0)} ms`,
    `${ratio.toFixed(2)}×`,
    `${peak.toFixed(0)} MiB`,
  ]);
  const table = [['what', 'ours', 'official', 'ratio', 'our peak memory'], ...cells];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [
    `## ${group}`,
    '',
    `Command: \`./bench ${group} --page\`, on ${processors.length} processors. Geometric mean`,
    `${mean}×, worst ${Math.max(...ratios).toFixed(2)}×.`,
    '',
    line(table[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...table.slice(1).map(line),
  ].join('\n');
}
