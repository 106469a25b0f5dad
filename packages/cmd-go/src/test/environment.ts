/**
 * The environment of a test's process: our own, with a `go` on the PATH that is this command, so that
 * tests which build programs build them with us.
 * GOROOT: src/cmd/go/internal/base/env.go (AppendPATH).
 */
import { delimiter, dirname } from 'node:path';
import { type BuildConfig } from '../cfg/build.ts';
import { ownProgram } from '../work/ownprogram.ts';

export function testEnvironment({ settings }: BuildConfig): NodeJS.ProcessEnv {
  const bin = dirname(ownProgram(settings, 'go'));
  const path = process.env['PATH'];
  return { ...process.env, PATH: path === undefined ? bin : `${bin}${delimiter}${path}` };
}
