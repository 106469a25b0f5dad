/**
 * Faults of ours as a user sees them: one line that says what and where, one that says what to do. A
 * stack trace is for those who ask for it with GOTS_TRACE.
 */
import { type InternalContext, InternalError } from '@go-ts/base';

const advice =
  'This is a fault of the toolchain, not of your program. Please report it with the source at that\n' +
  '\tplace and what the same command prints with GOTS_TRACE=1 in its environment.';

/** `thrown`: whatever was thrown that is neither a failure of the program nor of the machine. */
export function describeInternal(thrown: unknown, context: InternalContext = {}): string {
  const error =
    thrown instanceof InternalError
      ? thrown
      : new InternalError(thrown instanceof Error ? thrown.message : String(thrown));
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const trace = process.env['GOTS_TRACE'] === undefined || stack === undefined ? '' : `\n${stack}`;
  return `${error.addContext(context).describe()}\n\t${advice}${trace}`;
}
