/**
 * Programs that take over our terminal: what `go run` has built, and tools.
 * GOROOT: src/cmd/go/internal/base/base.go (RunStdin).
 */
import { spawn } from 'node:child_process';
import { printError } from '../report/output.ts';
import { signalText } from '../report/system.ts';
import { cleanOnSignal, dieOf, takeSignals } from './interrupt.ts';

/**
 * Runs the program with our own standard streams; its end is told as upstream tells it. Ctrl-C comes
 * from the terminal to the program too, and whether it ends is the program's affair. What comes to us
 * alone is passed on, so that the program does not stay behind, and then ends us as well.
 */
export function execute(command: readonly string[], env?: NodeJS.ProcessEnv): Promise<number> {
  const [file, ...args] = command;
  const settled = cleanOnSignal(() => {});
  return new Promise((resolve) => {
    const child = spawn(file!, args, { stdio: 'inherit', env: env ?? process.env });
    let received: NodeJS.Signals | undefined;
    const forward = (signal: NodeJS.Signals): void => {
      received = signal;
      child.kill(signal);
    };
    const done = (message: string): void => {
      takeSignals(undefined);
      settled();
      process.off('SIGHUP', forward);
      if (received !== undefined) {
        dieOf(received);
        resolve(1);
        return;
      }
      if (message !== '') printError(`${message}\n`);
      resolve(message === '' ? 0 : 1);
    };
    child.on('error', (error) => done(`fork/exec ${file}: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (signal !== null) done(`signal: ${signalText(signal)}`);
      else done(code === 0 ? '' : `exit status ${code}`);
    });
    takeSignals((signal) => {
      if (signal === 'SIGTERM') forward(signal);
      return true;
    });
    process.on('SIGHUP', forward);
  });
}
