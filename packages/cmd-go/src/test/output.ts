/**
 * Where a test's output goes: to us at once, into a buffer, or both.
 *
 * Stdout and stderr of a test are one pipe, as programs look at what they write to and lines of both
 * must stay in order. Node makes sockets and one for each, so the pipe is a named one: the name lives
 * only until both ends are open.
 * GOROOT: src/cmd/go/internal/test/test.go (runTestActor), src/os/exec (how output ends).
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';

/** Takes output in pieces. */
export type Sink = (bytes: Uint8Array) => void;

export class OutputBuffer {
  readonly #parts: Uint8Array[] = [];

  readonly write = (bytes: Uint8Array): void => {
    // The piece may be part of memory that is written over.
    this.#parts.push(Buffer.from(bytes));
  };

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  clear(): void {
    this.#parts.length = 0;
  }
}

export interface Pipe {
  /** For the child's stdout and stderr; the caller closes it when the child has it. */
  readonly writeEnd: number;
  /** Resolves when nobody can write any more. */
  readonly ended: Promise<void>;
  /** Stops listening before that. */
  readonly cut: () => void;
}

/** A pipe whose reading end feeds a sink. `name` is a path in a folder of ours. */
export function makePipe(name: string, sink: Sink): Pipe {
  const { error, status } = spawnSync('mkfifo', ['-m', '600', name]);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`mkfifo ${name}: exit status ${status}`);
  // Opening for reading without a writer would wait for one.
  const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(name, constants.O_WRONLY);
  rmSync(name);
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  socket.on('data', sink);
  socket.on('close', () => resolve());
  socket.on('error', () => resolve());
  return { writeEnd, ended, cut: () => socket.destroy() };
}

export function closeWriteEnd({ writeEnd }: Pipe): void {
  closeSync(writeEnd);
}
