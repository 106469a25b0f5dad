/** A failure of the machine and not of ours: a call of the system that it refused. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** Go's words for a failed system call. */
export function systemMessage(error: NodeJS.ErrnoException): string {
  const call = calls[error.syscall ?? ''] ?? error.syscall ?? 'open';
  const text = texts[error.code ?? ''] ?? error.message;
  return error.path === undefined ? `${call}: ${text}` : `${call} ${error.path}: ${text}`;
}

const texts: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EEXIST: 'file exists',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  ETXTBSY: 'text file busy',
  EIO: 'input/output error',
};

const calls: Record<string, string> = { scandir: 'open', opendir: 'open', mkdtemp: 'mkdir' };

/** As Go's syscall package names them. */
const signalTexts: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

export function signalText(signal: NodeJS.Signals): string {
  return signalTexts[signal] ?? signal;
}
