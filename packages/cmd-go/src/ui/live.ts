/**
 * The live view of a build, drawn by Ink on stderr.
 *
 * Loaded only when a build has run for a while on a terminal: Ink and React cost more than a small
 * build. The keyboard stays the terminal's own (no raw mode), so Ctrl-C arrives as a signal like always.
 */
import { Box, render, Text, useWindowSize } from 'ink';
import { createElement as h, type ReactElement, useEffect, useReducer } from 'react';
import { ownLastLines } from '../report/terminal.ts';
import { type ActionLog, tally } from '../work/actions.ts';
import { frame, type Line, type Style } from './frame.ts';

const interval = 100;

const styles: Readonly<Record<Style, object>> = {
  plain: {},
  strong: { bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red' },
};

function Build({ log }: { readonly log: ActionLog }): ReactElement {
  const [, tick] = useReducer((n: number) => n + 1, 0);
  const { columns } = useWindowSize();
  useEffect(() => {
    const timer = setInterval(tick, interval);
    return () => clearInterval(timer);
  }, []);
  const lines = frame(tally(log.actions), log.elapsed, columns);
  const children = lines.map((line, i) => h(Row, { key: i, line }));
  return h(Box, { flexDirection: 'column' }, ...children);
}

function Row({ line }: { readonly line: Line }): ReactElement {
  const parts = line.map(({ text, style }, i) => h(Text, { key: i, ...styles[style] }, text));
  return h(Text, { wrap: 'truncate-end' }, ...parts);
}

/** Draws until the result is called, which leaves the screen as it was. */
export function showBuild(log: ActionLog): () => void {
  const instance = render(h(Build, { log }), {
    stdout: process.stderr,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  ownLastLines(() => instance.clear());
  return () => {
    ownLastLines(undefined);
    instance.clear();
    instance.unmount();
  };
}
