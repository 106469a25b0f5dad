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
 * alone is passed on, so that the program does not stay behind, and then ends us as well. A tool, by its
 * name, that ends by itself has said what there is to say, and its exit status becomes ours.
 */
export function execute(
  command: readonly string[],
  { env, tool }: { readonly env?: NodeJS.ProcessEnv; readonly tool?: string } = {},
): Promise<number> {
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
      const how = signal === null ? `exit status ${code}` : `signal: ${signalText(signal)}`;
      if (tool === undefined) {
        done(code === 0 ? '' : how);
        return;
      }
      // The first answer counts.
      if (signal === null && received === undefined) resolve(code ?? 1);
      done(signal === null ? '' : `go tool ${tool}: ${how}`);
    });
    takeSignals((signal) => {
      if (signal === 'SIGTERM') forward(signal);
      return true;
    });
    process.on('SIGHUP', forward);
  });
}
