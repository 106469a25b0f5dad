/**
 * An end of the command that the user caused or can repair: text for stderr, printed as it stands,
 * and the exit status. Everything else that is thrown is a fault of ours.
 */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}
