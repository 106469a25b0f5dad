/**
 * GOPROXY: a list of places to ask, each followed by what makes the next one be asked.
 *
 * After `,` the next entry is tried only if the answer was "not found" (404 or 410); after `|` on any
 * error. `off` forbids, `direct` means the origin, `noproxy` is refused in lists.
 * GOROOT: src/cmd/go/internal/modfetch/proxy.go (proxyList, TryProxies).
 */
import { ToolError } from '@go-ts/base';

export interface ProxySpec {
  /** `off`, `direct`, or an address without trailing slash. */
  readonly url: string;
  readonly fallBackOnError: boolean;
}

/** Thrown by a transport when the thing does not exist there. */
export class NotFound extends Error {}

export function parseProxyList(goproxy: string): ProxySpec[] {
  const list: ProxySpec[] = [];
  for (const match of goproxy.matchAll(/([^,|]*)([,|]|$)/g)) {
    const word = match[1]!.trim();
    const fallBackOnError = match[2] === '|';
    if (word === '') continue;
    if (word === 'off' || word === 'direct') {
      list.push({ url: word, fallBackOnError: false });
      // Nothing after them is ever asked.
      break;
    }
    // A word alone is reserved; what looks like a host without a scheme is taken as https.
    const isAddress = /:\//.test(word);
    if (!isAddress && !/[.:]/.test(word)) {
      throw new ToolError('BAD_GOPROXY', `invalid proxy URL missing scheme: ${word}`);
    }
    const url = isAddress || word.startsWith('/') ? word : `https://${word}`;
    if (!/^(https?|file):\/\//.test(url)) {
      throw new ToolError(
        'BAD_GOPROXY',
        `invalid proxy URL scheme (must be https, http, file): ${redact(url)}`,
      );
    }
    list.push({ url: url.replace(/\/+$/, ''), fallBackOnError });
  }
  if (list.length === 0) {
    throw new ToolError(
      'BAD_GOPROXY',
      'GOPROXY list is not the empty string, but contains no entries',
    );
  }
  return list;
}

/** Hides a password in an address that is about to be printed. */
export function redact(url: string): string {
  return url.replace(/:\/\/([^@/:]*):[^@/]*@/, '://$1:xxxxx@');
}

/**
 * Asks each place in turn. The error kept is the most telling one: a real failure before a "not
 * found", the first before later ones.
 */
export async function tryProxies<T>(
  list: readonly ProxySpec[],
  ask: (url: string) => Promise<T>,
): Promise<T> {
  let kept: unknown;
  let keptIsNotFound = true;
  for (const { url, fallBackOnError } of list) {
    let failure: unknown;
    try {
      // Asked one after the other on purpose: the next only if this one fails.
      // oxlint-disable-next-line no-await-in-loop
      return await ask(url);
    } catch (error) {
      failure = error;
    }
    const notFound = failure instanceof NotFound;
    if (kept === undefined || (keptIsNotFound && !notFound)) {
      kept = failure;
      keptIsNotFound = notFound;
    }
    if (!fallBackOnError && !notFound) break;
  }
  throw kept;
}
