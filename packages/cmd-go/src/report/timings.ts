/**
 * `-timings`: where a build's time went, as one HTML page that needs nothing else.
 *
 * Top to bottom: the sums; a line for each worker with what it ran when; the critical path; the slowest
 * packages, by step; the compiler's passes over all packages. No scripts: names and times are in titles.
 */
import { type Action, type ActionLog, tally } from '../work/actions.ts';
import { criticalPath } from '../work/critical.ts';

/** Passes within the step that compiles bodies have names of this kind. */
const passPrefix = 'ssa/';
const mostPackages = 25;

export function timingsPage(log: ActionLog, title: string): string {
  const { actions } = log;
  const end = Math.max(1, ...actions.map((a) => a.done));
  const path = criticalPath(actions);
  const ran = actions.filter((a) => a.duration > 0).toSorted((a, b) => b.duration - a.duration);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escape(title)}: build timings</title>
<style>${style}</style>
<h1>${escape(title)}</h1>
${summary(log, end, ran)}
<h2>Workers</h2>
${timeline(actions, new Set(path), end)}
<h2>Critical path</h2>
${pathTable(path, end)}
<h2>Slowest packages</h2>
${packageTable(ran)}
<h2>Steps and passes</h2>
${passTable(ran)}
</html>
`;
}

function summary(log: ActionLog, end: number, ran: readonly Action[]): string {
  const { total, cached, failed } = tally(log.actions);
  const busy = ran.reduce((sum, a) => sum + a.duration, 0);
  const lanes = new Set(ran.map((a) => a.lane)).size;
  const share = lanes === 0 ? 0 : busy / (end * lanes);
  const facts: readonly (readonly [string, string])[] = [
    ['began', new Date(log.began).toISOString()],
    ['took', time(end)],
    ['actions', String(total)],
    ['from the cache', String(cached)],
    ['run', String(ran.length)],
    ...(failed === 0 ? [] : [['failed', String(failed)] as const]),
    ['workers', `${lanes}, busy ${percent(share)}`],
  ];
  const items = facts.map(([name, value]) => `<div><dt>${name}<dd>${value}</div>`);
  return `<dl>${items.join('')}</dl>`;
}

// ---- the timeline

function timeline(actions: readonly Action[], path: ReadonlySet<Action>, end: number): string {
  const place = (from: number, to: number): string =>
    `left:${((from / end) * 100).toFixed(3)}%;width:${(((to - from) / end) * 100).toFixed(3)}%`;
  const lanes = new Map<number, string[]>();
  const hits: string[] = [];
  for (const a of actions) {
    if (a.done < 0 || a.mode === 'built-in package' || a.mode === 'link-install') continue;
    const name = escape(nameOf(a));
    if (a.lane < 0) {
      if (a.end !== 'cached') continue;
      hits.push(`<b style="left:${((a.done / end) * 100).toFixed(3)}%" title="${name}"></b>`);
      continue;
    }
    const kind = [
      a.mode,
      ...(path.has(a) ? ['critical'] : []),
      ...(a.end === 'failed' ? ['failed'] : []),
    ].join(' ');
    const lane = lanes.get(a.lane) ?? [];
    lanes.set(a.lane, lane);
    const tip = `${name} ${time(a.duration)}, from ${time(a.start)}`;
    lane.push(`<i class="${kind}" style="${place(a.start, a.done)}" title="${tip}">${name}</i>`);
  }
  const rows = [...lanes]
    .sort(([a], [b]) => a - b)
    .map(([lane, bars]) => `<tr><th>${lane + 1}<td><div class="lane">${bars.join('')}</div>`);
  rows.push(`<tr><th>cache<td><div class="lane hits">${hits.join('')}</div>`);
  return `<table class="timeline">${rows.join('\n')}
<tr><th><td><div class="axis">${axis(end)}</div></table>
<p class="legend"><i class="build"></i> compiled <i class="link"></i> linked <i class="build critical"></i> on the
critical path <i class="failed"></i> failed <b></b> found in the cache</p>`;
}

/** Marks at round times, ten at most. */
function axis(end: number): string {
  const steps = [1, 2, 5].flatMap((n) => [1, 10, 100, 1000, 10_000, 100_000].map((m) => n * m));
  const step = steps.sort((a, b) => a - b).find((s) => end / s <= 10) ?? end;
  const marks: string[] = [];
  for (let t = 0; t <= end; t += step) {
    marks.push(`<span style="left:${((t / end) * 100).toFixed(3)}%">${time(t)}</span>`);
  }
  return marks.join('');
}

// ---- tables

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>Nothing ran.</p>';
  const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}`).join('')}`);
  return `<table class="list"><tr>${head.map((h) => `<th>${h}`).join('')}\n${cells.join('\n')}\n</table>`;
}

function pathTable(path: readonly Action[], end: number): string {
  const rows = path.map((a, i) => {
    const since = path[i - 1]?.done ?? 0;
    const waited = Math.max(0, a.start - since);
    return [escape(nameOf(a)), time(a.duration), time(waited), time(a.done), bar(a.duration / end)];
  });
  return table(['action', 'ran', 'after a wait of', 'until', ''], rows);
}

function packageTable(ran: readonly Action[]): string {
  const longest = ran[0]?.duration ?? 1;
  const rows = ran.slice(0, mostPackages).map((a) => {
    const steps = a.steps.filter(([name]) => !name.startsWith(passPrefix));
    const text = steps.map(([name, ms]) => `${escape(name)} ${time(ms)}`).join(', ');
    return [escape(nameOf(a)), time(a.duration), bar(a.duration / longest), text];
  });
  return table(['package', 'time', '', 'steps'], rows);
}

function passTable(ran: readonly Action[]): string {
  const sums = new Map<string, { ms: number; most: number; where: string }>();
  for (const a of ran) {
    for (const [name, ms] of a.steps) {
      const sum = sums.get(name) ?? { ms: 0, most: 0, where: '' };
      sums.set(name, sum);
      sum.ms += ms;
      if (ms > sum.most) Object.assign(sum, { most: ms, where: nameOf(a) });
    }
  }
  const all = ran.reduce((sum, a) => sum + a.duration, 0);
  const row = ([name, { ms, most, where }]: [
    string,
    { ms: number; most: number; where: string },
  ]) => [
    escape(name),
    time(ms),
    percent(ms / all),
    bar(ms / all),
    `${time(most)} in ${escape(where)}`,
  ];
  const sorted = [...sums].sort(([, a], [, b]) => b.ms - a.ms);
  const head = (what: string): string[] => [what, 'time', 'of all work', '', 'most'];
  const steps = sorted.filter(([name]) => !name.startsWith(passPrefix)).map(row);
  const passes = sorted
    .filter(([name]) => name.startsWith(passPrefix))
    .map(([name, sum]) => row([name.slice(passPrefix.length), sum]));
  return `${table(head('step'), steps)}\n${table(head('pass over bodies'), passes)}`;
}

function nameOf(a: Action): string {
  return a.mode === 'link' ? `link ${a.package}` : a.package;
}

function bar(share: number): string {
  const width = (Math.max(0, Math.min(1, share)) * 100).toFixed(1);
  return `<span class="bar"><span style="width:${width}%"></span></span>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function time(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --build: #4a90c2; --link: #8a63b8; --critical: #d9822b; --failed: #c23b3b; --hit: #6a9f58; --line: #8884; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; padding: 0 1.5em; max-width: 1200px; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 2em; }
dl { display: flex; flex-wrap: wrap; gap: .5em 2.5em; } dt { font-size: .85em; opacity: .7; } dd { margin: 0; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; } table.timeline { width: 100%; table-layout: fixed; }
.timeline th { width: 3.5em; text-align: right; padding-right: .7em; font-weight: normal; } .timeline td { padding: 2px 0; }
.lane { position: relative; height: 1.7em; background: var(--line); overflow: hidden; border-radius: 3px; } .hits { height: .9em; }
.lane i { position: absolute; top: 0; bottom: 0; box-sizing: border-box; overflow: hidden; white-space: nowrap; font-style: normal; font-size: .8em; line-height: 2.1em; padding-left: 2px; color: #fff; border-right: 1px solid #fff8; }
i.build { background: var(--build); } i.link { background: var(--link); } i.critical { background: var(--critical); } i.failed { background: var(--failed); }
.lane b { position: absolute; top: 0; bottom: 0; width: 1px; } b { background: var(--hit); }
.axis { position: relative; height: 1.5em; font-size: .8em; } .axis span { position: absolute; border-left: 1px solid var(--line); padding-left: 3px; white-space: nowrap; }
.legend { font-size: .85em; } .legend i, .legend b { display: inline-block; width: 1em; height: .8em; margin-left: 1em; }
.list th { text-align: left; font-weight: normal; opacity: .7; font-size: .85em; } .list td, .list th { padding: 2px 1.2em 2px 0; border-bottom: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums; }
.list td:nth-child(-n+2) { white-space: nowrap; }
.bar { display: inline-block; width: 8em; height: .7em; background: var(--line); } .bar span { display: block; height: 100%; background: var(--build); }
`;
