/**
 * A process in which the go command stays loaded: one command line after the other, each with its own
 * working folder and environment, as if it had been started for it.
 *
 * A suite runs thousands of `go tool compile` and `go tool link`; most of the time of a fresh process
 * goes into loading and warming up the compiler. What the command writes, and what programs under
 * `go run` write, lands in the file that is this process's stdout and stderr.
 */
import { main } from '../../packages/cmd-go/src/main.ts';

export interface Order {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The exit status, or what kept the command from ending. */
export interface Done {
  readonly status: number;
}

process.on('message', ({ args, cwd, env }: Order) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(env, name)) delete process.env[name];
  }
  Object.assign(process.env, env);
  void main(args).then((status) => {
    const done: Done = { status };
    process.send?.(done);
  });
});
process.on('disconnect', () => process.exit());
