/** A flag whose value is a Go version that this Go knows. */
import { quoteString } from '@go-ts/base/quote';
import { goVersionForm } from '@go-ts/modfetch/modfile/parse';
import { compareGo } from '@go-ts/modfetch/version/gover';
import { type ModLoader } from '../../modload/loader.ts';
import { Failure } from '../../report/failure.ts';

export function checkGoFlag(value: string, flag: string, ml: ModLoader): string {
  if (value === '') return '';
  const { goVersion } = ml.options;
  const fail = (why: string): never => {
    throw new Failure(`invalid value ${quoteString(value)} for flag -${flag}: ${why}`, 2);
  };
  if (!goVersionForm.test(value)) fail(`expecting a Go version like ${quoteString(goVersion)}`);
  if (compareGo(value, goVersion) > 0) fail(`maximum supported Go version is ${goVersion}`);
  return value;
}
