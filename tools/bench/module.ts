/**
 * A module of 20,000 lines for `./bench build`: forty packages in ten layers, each importing the four of
 * the layer below, with structs, methods, interfaces, generics, maps and loops; the same at every call.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const layers = 10;
const width = 4;
const linesEach = 500;

const nameOf = (layer: number, i: number): string => `p${layer}${i}`;

/** Writes the module into `dir`. */
export function writeModule(dir: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'go.mod'), 'module big\n\ngo 1.27\n');
  for (let layer = 0; layer < layers; layer++) {
    for (let i = 0; i < width; i++) {
      const name = nameOf(layer, i);
      mkdirSync(join(dir, name), { recursive: true });
      writeFileSync(join(dir, name, `${name}.go`), packageText(layer, i, ''));
    }
  }
  const top = Array.from({ length: width }, (_, i) => nameOf(layers - 1, i));
  const imports = top.map((name) => `\t"big/${name}"\n`).join('');
  const calls = top.map((name) => `\tfmt.Println(${name}.Run(7))\n`).join('');
  const main = `package main\n\nimport (\n${imports}\t"fmt"\n)\n\nfunc main() {\n${calls}}\n`;
  writeFileSync(join(dir, 'main.go'), main);
}

/** Changes one package that only the program imports. */
export function editLeaf(dir: string, edit: number): void {
  const name = nameOf(layers - 1, 0);
  const extra = `\nfunc edited() int { return ${edit} }\n`;
  writeFileSync(join(dir, name, `${name}.go`), packageText(layers - 1, 0, extra));
}

function packageText(layer: number, index: number, extra: string): string {
  const below = layer === 0 ? [] : Array.from({ length: width }, (_, i) => nameOf(layer - 1, i));
  const imports = ['sort', 'strings', ...below.map((name) => `big/${name}`)];
  const lines = [
    `package ${nameOf(layer, index)}`,
    '',
    'import (',
    ...imports.map((path) => `\t"${path}"`),
    ')',
    '',
    'type Number interface{ ~int | ~float64 }',
    '',
    'func Sum[T Number](list []T) (sum T) {',
    '\tfor _, x := range list {',
    '\t\tsum += x',
    '\t}',
    '\treturn sum',
    '}',
    '',
    'func Run(n int) int {',
    '\ttotal := len(strings.Repeat("x", n))',
    // One runs all that is below it; more would take exponential time.
    ...below.map((name, i) => `\ttotal += ${name}.${i === 0 ? 'Run(n)' : 'NewUnit0(n).Work(n)'}`),
  ];
  const body: string[] = [];
  const calls: string[] = [];
  for (let unit = 0; lines.length + body.length + calls.length + 2 < linesEach - 20; unit++) {
    body.push(...unitText(unit));
    calls.push(`\ttotal += NewUnit${unit}(n).Work(total)`);
  }
  return `${[...lines, ...calls, '\treturn total', '}', ...body].join('\n')}\n${extra}`;
}

function unitText(unit: number): string[] {
  const type = `Unit${unit}`;
  return [
    '',
    `type ${type} struct {`,
    '\tname  string',
    '\tcount map[string]int',
    '\titems []int',
    '}',
    '',
    `func New${type}(n int) *${type} {`,
    `\tu := &${type}{name: "unit${unit}", count: map[string]int{}}`,
    `\tfor i := range n + ${unit % 7} {`,
    '\t\tu.items = append(u.items, i*i%11)',
    '\t}',
    '\treturn u',
    '}',
    '',
    `func (u *${type}) Work(seed int) int {`,
    '\tsort.Slice(u.items, func(i, j int) bool { return u.items[i] > u.items[j] })',
    '\tfor i, x := range u.items {',
    '\t\tswitch {',
    `\t\tcase x%3 == ${unit % 3}:`,
    '\t\t\tu.count[u.name] += x',
    '\t\tcase i > seed:',
    '\t\t\tu.count["late"]++',
    '\t\tdefault:',
    '\t\t\tu.count[strings.ToUpper(u.name)] -= i',
    '\t\t}',
    '\t}',
    '\treturn Sum(u.items) + len(u.count)',
    '}',
  ];
}
