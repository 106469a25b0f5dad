/**
 * What is needed only once something is not in the module cache: HTTP, credentials, proxies, the
 * checksum database. A module of its own so that builds, which mostly have all, do not load it.
 */
import { type FetchSettings } from '../source.ts';
import { Authenticator } from './auth.ts';
import { ProxyRepo } from './proxy.ts';
import { type RawRepo } from './repo.ts';
import { SumDb } from './sumdb.ts';
import { Web } from './web.ts';

export class Network {
  readonly web: Web;
  readonly sumdb: SumDb;

  constructor(settings: FetchSettings) {
    this.web = new Web({
      auth: new Authenticator(settings),
      trace: settings.trace ? settings.say : undefined,
      ...(settings.signal === undefined ? {} : { signal: settings.signal }),
    });
    this.sumdb = new SumDb(settings, this.web);
  }

  proxyRepo(proxy: string, path: string): RawRepo {
    return new ProxyRepo(proxy, path, this.web);
  }
}
