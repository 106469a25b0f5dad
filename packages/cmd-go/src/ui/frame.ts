/**
 * What the live view of a build says, as lines of styled text for a window of any width.
 *
 *     Building  42/118  ████████░░░░░░░░░░░░  30 cached  12.3s
 *     1  net/http                               2.3s
 *     2  crypto/tls                             0.4s
 *     slowest  runtime                          9.1s
 *
 * Nothing is wider than the window: parts of the first line give way from the least important on, and
 * import paths lose their beginnings.
 */
import { type Action, type Tally } from '../work/actions.ts';

export type Style = 'plain' | 'strong' | 'dim' | 'good' | 'bad';

export interface Segment {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Segment[];

const gap = 2;
const barWidth = 20;
/** Longer lines would be hard to read across. */
const widest = 80;

export function frame(now: Tally, elapsed: number, columns: number): Line[] {
  const width = Math.max(1, Math.min(columns - 1, widest));
  const lines = [firstLine(now, elapsed, width)];
  for (const action of now.running) {
    const time = seconds(elapsed - action.start);
    const name = { text: label(action), style: 'plain' } as const;
    lines.push(row(String(action.lane + 1), name, time, width));
  }
  const { slowest } = now;
  if (slowest !== undefined && width >= 40) {
    const name = { text: label(slowest), style: 'dim' } as const;
    lines.push(row('slowest', name, seconds(slowest.duration), width));
  }
  return lines;
}

function label(action: Action): string {
  return action.mode === 'link' ? `link ${action.package}` : action.package;
}

function firstLine(now: Tally, elapsed: number, width: number): Line {
  const segment = (text: string, style: Style): Segment => ({ text, style });
  const { done, total, failed, cached } = now;
  // In the order in which they stand; the rank says which stays longest.
  const parts: { rank: number; segments: Segment[] }[] = [
    { rank: 4, segments: [segment('Building', 'strong')] },
    { rank: 1, segments: [segment(`${done}/${total}`, 'plain')] },
    { rank: 5, segments: bar(done, total) },
    ...(failed === 0 ? [] : [{ rank: 0, segments: [segment(`${failed} failed`, 'bad')] }]),
    { rank: 3, segments: [segment(`${cached} cached`, 'dim')] },
    { rank: 2, segments: [segment(seconds(elapsed), 'dim')] },
  ];
  const kept = new Set<number>();
  let used = -gap;
  for (const part of parts.toSorted((a, b) => a.rank - b.rank)) {
    const size = part.segments.reduce((sum, { text }) => sum + text.length, gap);
    if (used + size > width) break;
    used += size;
    kept.add(part.rank);
  }
  const line: Segment[] = [];
  for (const { rank, segments } of parts) {
    if (!kept.has(rank)) continue;
    if (line.length > 0) line.push(segment(' '.repeat(gap), 'plain'));
    line.push(...segments);
  }
  return line;
}

function bar(done: number, total: number): Segment[] {
  const full = total === 0 ? 0 : Math.floor((done / total) * barWidth);
  return [
    { text: '█'.repeat(full), style: 'good' },
    { text: '░'.repeat(barWidth - full), style: 'dim' },
  ];
}

/** Left, name and time; the time stands at the right edge. */
function row(left: string, name: Segment, time: string, width: number): Line {
  const room = width - left.length - time.length - 2 * gap;
  if (room < 4) return [{ ...name, text: cutFront(name.text, width) }];
  const text = cutFront(name.text, room);
  const fill = ' '.repeat(room - text.length + gap);
  return [
    { text: left + ' '.repeat(gap), style: 'dim' },
    { ...name, text },
    { text: fill + time, style: 'dim' },
  ];
}

/** The end of a path says more than its beginning. */
function cutFront(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
}

function seconds(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 60) return `${s.toFixed(1)}s`;
  return `${Math.floor(s / 60)}m${String(Math.floor(s % 60)).padStart(2, '0')}s`;
}
