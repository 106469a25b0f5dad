/**
 * Ctrl-C and SIGTERM while something is half done: it is cleaned up, and the command ends by that very
 * signal, as whoever waits for it expects.
 *
 * Entries of the build cache are whole or absent at any moment; what needs cleaning are temporary
 * outputs and folders. Where programs of the user's run, upstream leaves Ctrl-C to them, so signals can
 * be taken by somebody else for a while.
 * GOROOT: src/cmd/go/internal/base/signal.go.
 */
import { constants } from 'node:os';

const fatal = ['SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

const cleanings = new Set<() => void>();
let taken: ((signal: NodeJS.Signals) => boolean) | undefined;

/** Has `clean` done if a signal ends the command before the result has been called. */
export function cleanOnSignal(clean: () => void): () => void {
  if (cleanings.size === 0) for (const signal of fatal) process.on(signal, arrived);
  cleanings.add(clean);
  return () => {
    if (cleanings.delete(clean) && cleanings.size === 0) stopListening();
  };
}

/** From now on `taker` sees signals first, and says which it takes care of; undefined ends that. */
export function takeSignals(taker: ((signal: NodeJS.Signals) => boolean) | undefined): void {
  taken = taker;
}

/** Ends the process by a signal, once all else is over. */
export function dieOf(signal: NodeJS.Signals): void {
  process.exitCode = 128 + constants.signals[signal];
  process.once('exit', () => process.kill(process.pid, signal));
}

function arrived(signal: NodeJS.Signals): void {
  if (taken?.(signal) === true) return;
  for (const clean of cleanings) clean();
  cleanings.clear();
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of fatal) process.off(signal, arrived);
}
