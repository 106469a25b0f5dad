/**
 * `go doc` is a part of the go command of the GOROOT, so that command is built, and asked.
 * GOROOT: src/cmd/go/internal/doc.
 */
import { needGoroot } from '../cfg/goroot.ts';
import { execute } from '../work/execute.ts';
import { goProgram } from '../work/goprogram.ts';
import { type Context } from './commands.ts';

export async function runDoc({ settings, line }: Context): Promise<number> {
  const { dir } = await needGoroot(settings);
  const program = await goProgram('cmd/go');
  const env = { ...process.env, GOROOT: dir, GOTOOLCHAIN: 'local' };
  return await execute([program, 'doc', ...line.args], { env });
}
