/** What a proxy and a repository under version control have in common, before any verification. */
import { type Writable } from 'node:stream';
import { type Repo } from '../source.ts';

export interface RawRepo extends Repo {
  /** Writes the module's zip. */
  zip(version: string, sink: Writable): Promise<void>;
}
