/** `go version`. GOROOT: src/cmd/go/internal/version/version.go. */
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { type Context } from './commands.ts';

export function runVersion({ settings, line, goflags }: Context): number {
  const { values, args } = line;
  if (args.length > 0) {
    throw new Failure("go: 'go version' of executable files is not supported yet");
  }
  for (const flag of ['m', 'v', 'json']) {
    if (values[flag] === true && !goflags.some((word) => word.replace(/^--?/, '') === flag)) {
      throw new Failure(`go: 'go version' only accepts -${flag} flag with arguments`, 2);
    }
  }
  print(`go version ${settings.release.version} ${goHostOS}/${goHostArch}\n`);
  return 0;
}
