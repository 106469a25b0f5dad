/** `go version`. GOROOT: src/cmd/go/internal/version/version.go. */
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { type Context } from './commands.ts';

export async function runVersion(context: Context): Promise<number> {
  const { settings, line, goflags } = context;
  const { values, args } = line;
  if (args.length > 0) return (await import('./version-file.ts')).describeFiles(context);
  for (const flag of ['m', 'v', 'json']) {
    if (values[flag] === true && !goflags.some((word) => word.replace(/^--?/, '') === flag)) {
      throw new Failure(`go: 'go version' only accepts -${flag} flag with arguments`, 2);
    }
  }
  print(`go version ${settings.release.version} ${goHostOS}/${goHostArch}\n`);
  return 0;
}
