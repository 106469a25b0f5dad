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

/** Go's %q for text without control characters of note. */
export function quote(text: string): string {
  return JSON.stringify(text)
    .replaceAll('\\b', String.raw`\b`)
    .replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => {
      const code = c.codePointAt(0)!.toString(16);
      return c === '\u007f' ? String.raw`\x7f` : String.raw`\u` + code.padStart(4, '0');
    });
}
