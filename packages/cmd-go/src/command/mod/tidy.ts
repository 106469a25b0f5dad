/** `go mod tidy`. GOROOT: src/cmd/go/internal/modcmd/tidy.go. */
import { makeModLoader } from '../../cfg/modules.ts';
import { loadPackages } from '../../modload/packages.ts';
import { Failure } from '../../report/failure.ts';
import { type Context } from '../commands.ts';
import { checkGoFlag } from './goflag.ts';

export async function runModTidy(context: Context): Promise<number> {
  const { values, args } = context.line;
  if (args.length > 0) throw new Failure("go: 'go mod tidy' accepts no arguments");
  const ml = await makeModLoader(context, { root: 'need', workspaces: false });
  const go = checkGoFlag(values['go'] as string, 'go', ml);
  const compat = checkGoFlag(values['compat'] as string, 'compat', ml);
  await loadPackages(
    ml,
    {
      ...(go === '' ? {} : { tidyGoVersion: go }),
      ...(compat === '' ? {} : { tidyCompat: compat }),
      anyTags: true,
      tidy: true,
      tidyDiff: values['diff'] === true,
      vendorModulesInGoroot: true,
      resolveMissing: true,
      loadTests: true,
      allowErrors: values['e'] === true,
      silenceMissingStd: true,
    },
    ['all'],
  );
  return 0;
}
