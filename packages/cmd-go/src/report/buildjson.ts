/**
 * What a build says, as events: `go build -json`, `go test -json`.
 * GOROOT: src/cmd/go/internal/load/printer.go.
 */
import { print } from './output.ts';

function event(fields: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(fields).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => String.raw`\u` + c.codePointAt(0)!.toString(16).padStart(4, '0'),
  );
  print(`${text}\n`);
}

/** One event for each line; the last one says that the package failed. */
export function printBuildEvents(importPath: string, text: string, failed: boolean): void {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  for (const line of whole.match(/[^\n]*\n/g) ?? []) {
    event({ ImportPath: importPath, Action: 'build-output', Output: line });
  }
  if (failed) event({ ImportPath: importPath, Action: 'build-fail' });
}
