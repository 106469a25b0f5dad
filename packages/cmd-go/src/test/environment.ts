/**
 * The environment of a test's process: our own, with a `go` on the PATH that is this command, so that
 * tests which build programs build them with us.
 * GOROOT: src/cmd/go/internal/base/env.go (AppendPATH).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BuildConfig } from '../cfg/build.ts';
import { writeWhole } from '../work/cache.ts';

export function testEnvironment({ settings }: BuildConfig): NodeJS.ProcessEnv {
  const bin = join(settings.ownDir, 'bin');
  const [, script = ''] = process.argv;
  const quoted = [process.execPath, script].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const text = `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`;
  const file = join(bin, 'go');
  if (readText(file) !== text) {
    mkdirSync(bin, { recursive: true });
    writeWhole(file, Buffer.from(text), 0o777);
  }
  const path = process.env['PATH'];
  return { ...process.env, PATH: path === undefined ? bin : `${bin}${delimiter}${path}` };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
