/**
 * Unified differences of two texts, anchored at lines that occur exactly once in both.
 *
 * The anchors kept are a longest run of them that is in the same order in both texts; around each,
 * equal lines are taken along, and what lies between is what differs.
 * GOROOT: src/internal/diff/diff.go (form of the output, which anchors are kept).
 */

interface Pair {
  readonly x: number;
  readonly y: number;
}

const context = 3;

/** '' for equal texts. */
export function diff(oldName: string, old: string, newName: string, now: string): string {
  if (old === now) return '';
  const x = splitLines(old);
  const y = splitLines(now);
  const out = [`diff ${oldName} ${newName}\n`, `--- ${oldName}\n`, `+++ ${newName}\n`];
  let done: Pair = { x: 0, y: 0 };
  let chunk: Pair = { x: 0, y: 0 };
  let lines: string[] = [];
  for (const anchor of anchors(x, y)) {
    if (anchor.x < done.x) continue;
    let { x: sx, y: sy } = anchor;
    while (sx > done.x && sy > done.y && x[sx - 1] === y[sy - 1]) {
      sx--;
      sy--;
    }
    let { x: ex, y: ey } = anchor;
    while (ex < x.length && ey < y.length && x[ex] === y[ey]) {
      ex++;
      ey++;
    }
    for (const line of x.slice(done.x, sx)) lines.push(`-${line}`);
    for (const line of y.slice(done.y, sy)) lines.push(`+${line}`);
    const same = ex - sx;
    const atEnd = ex >= x.length && ey >= y.length;
    // Too little in between to end the chunk here.
    if (!atEnd && (same < context || (lines.length > 0 && same < 2 * context))) {
      for (const line of x.slice(sx, ex)) lines.push(` ${line}`);
      done = { x: ex, y: ey };
      continue;
    }
    if (lines.length > 0) {
      for (const line of x.slice(sx, sx + Math.min(same, context))) lines.push(` ${line}`);
      out.push(header(chunk, lines), ...lines);
      lines = [];
    }
    if (atEnd) break;
    chunk = { x: ex - context, y: ey - context };
    lines = x.slice(chunk.x, ex).map((line) => ` ${line}`);
    done = { x: ex, y: ey };
  }
  return out.join('');
}

function header(chunk: Pair, lines: readonly string[]): string {
  const countX = lines.filter((line) => !line.startsWith('+')).length;
  const countY = lines.filter((line) => !line.startsWith('-')).length;
  const startX = chunk.x + (countX > 0 ? 1 : 0);
  const startY = chunk.y + (countY > 0 ? 1 : 0);
  return `@@ -${startX},${countX} +${startY},${countY} @@\n`;
}

function splitLines(text: string): string[] {
  const lines = text.split('\n').map((line) => `${line}\n`);
  const last = lines.pop()!;
  if (last !== '\n') lines.push(`${last}\\ No newline at end of file\n`);
  return lines;
}

/** Pairs of equal unique lines in ascending order, with the beginnings and the ends of the texts. */
function anchors(x: readonly string[], y: readonly string[]): Pair[] {
  const countIn = (list: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const line of list) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const inX = countIn(x);
  const inY = countIn(y);
  const yOf = new Map<string, number>();
  y.forEach((line, i) => {
    if (inY.get(line) === 1 && inX.get(line) === 1) yOf.set(line, i);
  });
  const unique: Pair[] = [];
  x.forEach((line, i) => {
    const j = yOf.get(line);
    if (j !== undefined) unique.push({ x: i, y: j });
  });
  // Longest increasing run: ends[k] is the least end of a run of k + 1 pairs.
  const ends: number[] = [];
  const lengths = unique.map((pair) => {
    let k = ends.findIndex((end) => end >= pair.y);
    if (k < 0) k = ends.length;
    ends[k] = pair.y;
    return k + 1;
  });
  const kept: Pair[] = [];
  let wanted = ends.length;
  let before = Number.POSITIVE_INFINITY;
  for (let i = unique.length - 1; i >= 0; i--) {
    const pair = unique[i]!;
    if (lengths[i] !== wanted || pair.y >= before) continue;
    kept.unshift(pair);
    before = pair.y;
    wanted--;
  }
  return [{ x: 0, y: 0 }, ...kept, { x: x.length, y: y.length }];
}
