/** Modules from their origin. */
import { ToolError } from '@go-ts/base';
import { type FetchSettings } from '../source.ts';
import { type RawRepo } from './repo.ts';
import { type Web } from './web.ts';

export function lookupDirect(path: string, _settings: FetchSettings, _web: Web): RawRepo {
  throw new ToolError('DIRECT', `${path}: this module is only to be had from a module proxy`);
}

export function localCodeRepo(
  _codeRoot: string,
  path: string,
  _dir: string,
  _settings: FetchSettings,
): RawRepo {
  throw new ToolError('DIRECT', `${path}: this module is only to be had from a module proxy`);
}
