/**
 * The client of a GOCACHEPROG: a program that keeps the build cache, for instance for many machines.
 *
 * The program alone decides what is a hit. What it has is copied into the local cache under its hash,
 * where workers read it, and what workers have made is sent to it from there. So a hit is checked like
 * any other entry: content that is not what its output id says is a miss. Without `get` or `put` among
 * its commands the program is one way only.
 *
 * Both sides write JSON values; ours are one a line, and the body of a `put` follows as a string of
 * base64. Answers may come in any order. A program that breaks the rules ends the build, as upstream.
 * GOROOT: src/cmd/go/internal/cacheprog/cacheprog.go (protocol), cache/prog.go (wording, checks).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { quoteString } from '@go-ts/base/quote';
import { splitQuoted } from '../cfg/flags.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { type ActionID, type Cache, type CacheEntry, type OutputID } from './cache.ts';
import { type CacheRequest, type CacheResponse, ValueSplitter } from './cacheprotocol.ts';

/** A program that says nothing for so long is mentioned. */
const patience = 5000;

type Waiting = PromiseWithResolvers<CacheResponse | undefined>;

export class CacheProgram {
  readonly #cache: Cache;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #puts = new Set<Promise<void>>();
  readonly #ended = Promise.withResolvers<void>();
  #commands: ReadonlySet<string> = new Set();
  #nextID = 1;
  #closing = false;
  #failure: Failure | undefined;

  /** Starts the program and waits for what it can do. */
  static async start(command: string, cache: Cache): Promise<CacheProgram> {
    let words: string[];
    try {
      words = splitQuoted(command);
    } catch (error) {
      throw new Failure(`GOCACHEPROG args: ${(error as Error).message}`);
    }
    const [name = '', ...args] = words;
    const program = new CacheProgram(name, args, cache);
    const hello = program.#expect(0);
    const timer = setInterval(() => {
      printError(`# still waiting for GOCACHEPROG ${name} ...\n`);
    }, patience);
    try {
      const answer = await hello;
      program.#commands = new Set(answer?.KnownCommands ?? []);
    } finally {
      clearInterval(timer);
    }
    if (program.#commands.size === 0) {
      program.kill();
      throw new Failure(`GOCACHEPROG ${name} declared no supported commands`);
    }
    return program;
  }

  constructor(name: string, args: readonly string[], cache: Cache) {
    this.#cache = cache;
    this.#child = spawn(name, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const splitter = new ValueSplitter();
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT' && !name.includes('/')
          ? `exec: ${quoteString(name)}: executable file not found in $PATH`
          : `fork/exec ${name}: ${error.code === 'EACCES' ? 'permission denied' : 'no such file or directory'}`;
      this.#fail(`error starting GOCACHEPROG program ${quoteString(name)}: ${why}`);
      this.#ended.resolve();
    });
    this.#child.stdout!.on('data', (bytes: Buffer) => {
      const { values, problem } = splitter.add(bytes.toString('latin1'));
      for (const value of values) this.#answer(value);
      if (problem !== undefined) this.#fail(`error reading JSON from GOCACHEPROG: ${problem}`);
    });
    this.#child.stdout!.on('close', () => {
      if (this.#closing) for (const { resolve } of this.#waiting.values()) resolve(undefined);
      else {
        this.#fail(`GOCACHEPROG exited pre-Close with ${this.#waiting.size} pending requests`);
      }
      this.#ended.resolve();
    });
    // A program that is gone is told by the end of its stdout.
    this.#child.stdin!.on('error', () => {});
  }

  /** What the action had for output, by now in the local cache. */
  async get(id: ActionID): Promise<CacheEntry | undefined> {
    if (!this.#commands.has('get')) return undefined;
    const answer = await this.#send({ Command: 'get', ActionID: base64(id) });
    if (answer === undefined || answer.Err || answer.Miss === true || !answer.DiskPath) {
      return undefined;
    }
    const output = Buffer.from(answer.OutputID ?? '', 'base64').toString('hex');
    const size = answer.Size ?? 0;
    const known = this.#cache.size(output) === size || this.#copy(answer.DiskPath, output);
    return known ? { output, size, time: Date.parse(answer.Time ?? '') || Date.now() } : undefined;
  }

  #copy(path: string, output: OutputID): boolean {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      // It may have been trimmed meanwhile.
      return false;
    }
    return this.#cache.keep(output, bytes);
  }

  /** Sends an output of the local cache; what becomes of it is known when the program is closed. */
  put(id: ActionID, output: OutputID): void {
    if (!this.#commands.has('put')) return;
    const body = this.#cache.read(output);
    if (body === undefined) return;
    const request = { Command: 'put', ActionID: base64(id), OutputID: base64(output) } as const;
    // That it could not keep something is its own affair.
    const sent = this.#send({ ...request, BodySize: body.length }, body).then(
      () => void this.#puts.delete(sent),
      () => void this.#puts.delete(sent),
    );
    this.#puts.add(sent);
  }

  /** Lets the program finish; throws what it did wrong. */
  async close(): Promise<void> {
    await Promise.all(this.#puts);
    this.#closing = true;
    if (this.#failure === undefined && this.#commands.has('close')) {
      await this.#send({ Command: 'close' });
    }
    this.#child.stdin!.end();
    await this.#ended.promise;
    if (this.#failure !== undefined) throw this.#failure;
  }

  kill(): void {
    this.#closing = true;
    this.#child.kill();
  }

  #send(request: CacheRequest, body?: Uint8Array): Promise<CacheResponse | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextID++;
    const answer = this.#expect(id);
    const { stdin } = this.#child;
    stdin!.write(`${JSON.stringify({ ID: id, ...request })}\n\n`);
    if (body !== undefined && body.length > 0) {
      stdin!.write(`"${Buffer.from(body).toString('base64')}"\n`);
    }
    return answer;
  }

  #expect(id: number): Promise<CacheResponse | undefined> {
    const waiting: Waiting = Promise.withResolvers();
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  #answer(value: CacheResponse): void {
    const waiting = this.#waiting.get(value.ID);
    if (waiting === undefined) {
      this.#fail(`GOCACHEPROG sent response for unknown request ID ${value.ID}`);
      return;
    }
    this.#waiting.delete(value.ID);
    waiting.resolve(value);
  }

  /** Only the first failure counts: others follow from it. */
  #fail(message: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new Failure(message);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    this.#child.kill();
  }
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
