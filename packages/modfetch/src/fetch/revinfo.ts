/**
 * The text of .info files, of a proxy as of the module cache.
 * GOROOT: src/cmd/go/internal/modfetch/repo.go (RevInfo).
 */
import { asError } from '../error.ts';
import { type Origin, type RevInfo } from '../source.ts';

/** The content of an .info file. */
export function parseInfo(text: string): RevInfo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(describeJson(text, asError(error)), { cause: error });
  }
  if (typeof json !== 'object' || json === null) {
    throw new Error('json: cannot unmarshal into Go value of type modfetch.RevInfo');
  }
  const { Version, Time, Origin } = json as Record<string, unknown>;
  return {
    version: typeof Version === 'string' ? Version : '',
    time: typeof Time === 'string' ? Time : '',
    ...(typeof Origin === 'object' && Origin !== null ? { origin: Origin } : {}),
  };
}

/** Go's words for the commonest faults: nothing at all, cut short, or no JSON from the start. */
function describeJson(text: string, error: Error): string {
  if (text.trim() === '') return 'unexpected end of JSON input';
  const first = text.trimStart()[0]!;
  if (!/[{["0-9tfn-]/.test(first)) {
    return `invalid character '${first}' looking for beginning of value`;
  }
  return /end of JSON/.test(error.message) ? 'unexpected end of JSON input' : error.message;
}

/** An .info file's content, with the fields and order that Go's encoder gives. */
export function formatInfo(info: RevInfo): string {
  return JSON.stringify({
    Version: info.version,
    Time: info.time === '' ? '0001-01-01T00:00:00Z' : info.time,
    ...(info.origin === undefined ? {} : { Origin: orderOrigin(info.origin) }),
  });
}

function orderOrigin(origin: Origin): Origin {
  const { VCS, URL: url, Subdir, Hash, TagPrefix, TagSum, Ref, RepoSum } = origin;
  const fields = { VCS, URL: url, Subdir, Hash, TagPrefix, TagSum, Ref, RepoSum };
  // The encoder leaves empty strings out, as it was told to.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}
