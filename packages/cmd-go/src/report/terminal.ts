/**
 * The terminal on stderr: whether there is one to decorate, and who draws on it.
 *
 * Elsewhere than on a terminal, or where its user does not want it (NO_COLOR, TERM=dumb, CI), stderr is
 * byte for byte what upstream's would be. While a live view is up it owns the last lines; whoever
 * prints lets it take them away first.
 */

/** Whether stderr may be decorated. */
export function isDecorated(env: NodeJS.ProcessEnv = process.env): boolean {
  const isOff = (name: string): boolean => (env[name] ?? '') !== '';
  return process.stderr.isTTY && env['TERM'] !== 'dumb' && !isOff('NO_COLOR') && !isOff('CI');
}

let erase: (() => void) | undefined;

/** `take` removes a live view's lines from the screen; undefined when the view is gone. */
export function ownLastLines(take: (() => void) | undefined): void {
  erase = take;
}

/** Called before anything is printed. */
export function clearLastLines(): void {
  erase?.();
}
