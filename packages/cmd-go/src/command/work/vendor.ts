/** `go work vendor`. GOROOT: src/cmd/go/internal/workcmd/vendor.go. */
import { makeModLoader } from '../../cfg/modules.ts';
import { Failure } from '../../report/failure.ts';
import { type Context } from '../commands.ts';
import { vendor } from '../mod/vendor.ts';
import { noWorkFile } from './use.ts';

export async function runWorkVendor(context: Context): Promise<number> {
  const ml = await makeModLoader(context, { root: 'need' });
  if (ml.workFile === '') throw new Failure(noWorkFile);
  return vendor(ml, context, 'work');
}
