/** Durations as Go writes and reads them. GOROOT: src/time/format.go (ParseDuration), src/time/time.go. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: second,
  m: minute,
  h: hour,
};

/** Milliseconds; undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  const match = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  let sum = 0;
  for (const [, number, unit] of match[2]!.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    sum += Number(number) * units[unit!]!;
  }
  return match[1] === '-' ? -sum : sum;
}

/** `1h2m3.5s`; less than a second in the largest unit that leaves no zero in front. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size < 1e-3) return `${sign}${Math.round(size * 1e6)}ns`;
  if (size < 1) return `${sign}${trim(size * 1e3)}µs`;
  if (size < second) return `${sign}${trim(size)}ms`;
  const hours = Math.floor(size / hour);
  const minutes = Math.floor((size % hour) / minute);
  const seconds = `${trim((size % minute) / second)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** Nanoseconds are the smallest unit: no more than nine digits after the point. */
function trim(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
