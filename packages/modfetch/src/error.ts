/**
 * What can be wrong, as classes that callers tell apart.
 *
 * Causes are chained by `cause`, as upstream's errors are by Unwrap; `isNotExist` looks along the
 * chain, because "there is no such thing" decides whether the next proxy is asked.
 */

/** What is wrong with a module as it came: bytes that are not what they should be. */
export class ModuleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModuleError';
  }
}

/** There is no such thing, where it was looked for. */
export class NotExistError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotExistError';
  }
}

/**
 * Bytes that contradict go.sum or the checksum database. Nobody may go on after it: the command prints
 * the message as it stands, with nothing before it, and exits with 1.
 */
export class SecurityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecurityError';
  }
}

export function isNotExist(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof NotExistError || (at as NodeJS.ErrnoException).code === 'ENOENT') return true;
  }
  return false;
}

export function isSecurityError(error: unknown): boolean {
  return error instanceof SecurityError;
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
