/**
 * The world is wrong: a file, a network answer, a flag. Thrown only in the shell (the folders that
 * may do I/O); `code` is stable, the message names the path, address or command, the hint says what
 * to do.
 */
export class ToolError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ToolError';
    this.code = code;
    this.hint = options.hint;
  }
}
