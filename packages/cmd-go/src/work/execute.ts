/**
 * Programs that take over our terminal: what `go run` has built, and tools.
 * GOROOT: src/cmd/go/internal/base/base.go (RunStdin).
 */
import { spawn } from 'node:child_process';
import { printError } from '../report/output.ts';
import { signalText } from '../report/system.ts';

const ignore = (): void => {};

/** Runs the program with our own standard streams; its end is told as upstream tells it. */
export function execute(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<number> {
  const [file, ...args] = command;
  // The terminal sends Ctrl-C to the program too; whether it ends is the program's affair.
  process.on('SIGINT', ignore);
  process.on('SIGQUIT', ignore);
  return new Promise((resolve) => {
    const child = spawn(file!, args, { stdio: 'inherit', env: env ?? process.env });
    const done = (message: string): void => {
      process.off('SIGINT', ignore);
      process.off('SIGQUIT', ignore);
      if (message !== '') printError(`${message}\n`);
      resolve(message === '' ? 0 : 1);
    };
    child.on('error', (error) => done(`fork/exec ${file}: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (signal !== null) done(`signal: ${signalText(signal)}`);
      else done(code === 0 ? '' : `exit status ${code}`);
    });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.once('SIGTERM', forward);
    process.once('SIGHUP', forward);
    child.on('exit', () => {
      process.off('SIGTERM', forward);
      process.off('SIGHUP', forward);
    });
  });
}
