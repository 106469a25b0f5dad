/**
 * Our own mistakes, as opposed to the user's (`Diagnostic`) and the world's (`ToolError`).
 *
 * An InternalError is thrown where an invariant fails. Each boundary that it passes (pass, function,
 * package) adds what it knows to the same object and rethrows it, so that the message at the top
 * names package, function, pass and position without any inner code having to know them.
 */

export interface InternalContext {
  readonly package?: string;
  readonly func?: string;
  readonly pass?: string;
  /** Already formatted, `file:line:col`. */
  readonly pos?: string;
}

export class InternalError extends Error {
  #context: InternalContext = {};

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InternalError';
  }

  get context(): InternalContext {
    return this.#context;
  }

  /** Adds context; what an inner boundary has said already stays. */
  addContext(context: InternalContext): this {
    this.#context = { ...context, ...this.#context };
    return this;
  }

  /** The line that a user sees and can paste into a report. */
  describe(): string {
    const { pos, package: pkg, func, pass } = this.#context;
    // The linker's names of functions begin with the package, apart from those of instances.
    const isWhole = pkg === undefined || func === undefined || func.startsWith(`${pkg}.`);
    const where = [
      isWhole ? (func ?? pkg) : `${pkg}.${func}`,
      pass === undefined ? undefined : `pass ${pass}`,
    ].filter((part) => part !== undefined);
    const place = where.length > 0 ? ` (${where.join(', ')})` : '';
    return `${pos === undefined ? '' : `${pos}: `}internal compiler error: ${this.message}${place}`;
  }
}

/** Runs `body`; an InternalError, or any other exception as one, leaves with `context` added. */
export function withContext<T>(context: InternalContext, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof InternalError) throw error.addContext(context);
    if (error instanceof Error) {
      const wrapped = new InternalError(error.message, { cause: error }).addContext(context);
      if (error.stack !== undefined) wrapped.stack = error.stack;
      throw wrapped;
    }
    throw error;
  }
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Ends a switch over a closed union: adding a member breaks the build at the call. */
export function unreachable(x: never, what: string): never {
  throw new InternalError(`unhandled ${what} ${String(x)}`);
}
