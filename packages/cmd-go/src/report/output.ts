/**
 * Writing to stdout and stderr, at once and whole.
 *
 * Node's streams cost a few milliseconds to set up and may still hold text when the process ends;
 * a write to the descriptor does neither. A reader that went away ends the command as the SIGPIPE
 * would that Node turns off.
 */
import { writeSync } from 'node:fs';
import { clearLastLines } from './terminal.ts';

export function print(text: string): void {
  writeAll(1, text);
}

export function printError(text: string): void {
  writeAll(2, text);
}

function writeAll(fd: number, text: string): void {
  clearLastLines();
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(141);
      // A terminal or pipe that somebody made non-blocking is full: give its reader a moment.
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
