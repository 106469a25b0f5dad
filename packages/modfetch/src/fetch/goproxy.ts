/**
 * GOPROXY: a list of places to ask, each followed by what makes the next one be asked.
 *
 * After `,` the next entry is tried only if the answer was "not found" (404 or 410); after `|` on any
 * error. `off` forbids, `direct` means the origin; both end the list. `noproxy` is put in front where
 * GONOPROXY is set: it answers for the modules that must not be asked of any proxy.
 * GOROOT: src/cmd/go/internal/modfetch/proxy.go (proxyList, TryProxies).
 */
import { ToolError } from '@go-ts/base';
import { isNotExist, NotExistError, SecurityError } from '../error.ts';
import { redact } from './redact.ts';

export interface ProxySpec {
  /** `off`, `direct`, `noproxy`, or an address without trailing slash. */
  readonly url: string;
  readonly fallBackOnError: boolean;
}

/** What `noproxy` answers for a module that may be asked of proxies. */
export class UseProxy extends NotExistError {
  constructor() {
    super('path does not match GOPRIVATE/GONOPROXY');
  }
}

export function parseProxyList(goproxy: string, gonoproxy = ''): ProxySpec[] {
  const list: ProxySpec[] = [];
  if (gonoproxy !== '' && goproxy !== 'direct') {
    list.push({ url: 'noproxy', fallBackOnError: false });
  }
  const implied = list.length;
  for (const match of goproxy.matchAll(/([^,|]*)([,|]|$)/g)) {
    const word = match[1]!.trim();
    const fallBackOnError = match[2] === '|';
    if (word === '') continue;
    if (word === 'off' || word === 'direct') {
      list.push({ url: word, fallBackOnError: false });
      break;
    }
    // A word alone is reserved; what looks like a host without a scheme is taken as https.
    const isHost = /[.:/]/.test(word) && !word.includes(':/') && !word.startsWith('/');
    const url = isHost ? `https://${word}` : word;
    checkProxyUrl(url);
    list.push({ url: url.replace(/\/+$/, ''), fallBackOnError });
  }
  if (list.length === implied) {
    throw badProxy('GOPROXY list is not the empty string, but contains no entries');
  }
  return list;
}

function checkProxyUrl(url: string): void {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1];
  if (scheme === undefined) throw badProxy(`invalid proxy URL missing scheme: ${redact(url)}`);
  if (scheme === 'file') {
    if (/^file:\/\/\/[^?#]*$/.test(url)) return;
    throw badProxy(`invalid file:// proxy URL with non-path elements: ${redact(url)}`);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw badProxy(`invalid proxy URL scheme (must be https, http, file): ${redact(url)}`);
  }
}

function badProxy(message: string): ToolError {
  return new ToolError('BAD_GOPROXY', message);
}

/**
 * Asks each place in turn. Of the errors the most telling one is thrown: what the origin says, else a
 * proxy's real failure, else that it is not there.
 */
export async function tryProxies<T>(
  list: readonly ProxySpec[],
  ask: (url: string) => Promise<T>,
): Promise<T> {
  let best: unknown;
  let rank = 0;
  for (const { url, fallBackOnError } of list) {
    let error: unknown;
    try {
      // Asked one after the other on purpose: the next only if this one fails.
      // oxlint-disable-next-line no-await-in-loop
      return await ask(url);
    } catch (thrown) {
      error = thrown;
    }
    if (error instanceof SecurityError) throw error;
    const isMissing = isNotExist(error);
    if (url === 'direct' || (url === 'noproxy' && !(error instanceof UseProxy))) {
      [best, rank] = [error, 2];
    } else if (rank <= 1 && !isMissing) {
      [best, rank] = [error, 1];
    } else if (rank === 0) {
      best = error;
    }
    if (!fallBackOnError && !isMissing) break;
  }
  throw best;
}
