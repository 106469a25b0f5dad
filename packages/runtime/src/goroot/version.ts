/**
 * What a GOROOT says about itself: VERSION and go.env.
 *
 * VERSION holds the release on its first line, then `key value` lines. go.env holds `KEY=value`
 * lines, the defaults of last resort; the user's `go env -w` file has the same form.
 * GOROOT: src/cmd/go/internal/cfg/cfg.go (readEnvFile, readDefaultEnv), src/internal/buildcfg.
 */
import { readFileSync } from 'node:fs';

/** The first line of GOROOT/VERSION, or undefined if there is no such file. */
export function readVersion(goroot: string): string | undefined {
  const text = readIfExists(`${goroot}/VERSION`);
  return text?.split('\n', 1)[0]?.trim();
}

/** The variables of an environment file; later lines win. Empty if the file is absent. */
export function readEnvFile(path: string): Map<string, string> {
  const text = readIfExists(path);
  return text === undefined ? new Map() : parseEnvFile(text);
}

export function parseEnvFile(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const equals = line.indexOf('=');
    const first = line.charCodeAt(0);
    // Upstream skips, silently, what does not begin with a capital letter.
    if (equals < 0 || !(first >= 0x41 && first <= 0x5a)) continue;
    values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return values;
}

/** A text file, or undefined where none is; other errors are the caller's. */
export function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
