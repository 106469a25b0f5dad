/** What is wrong with a go.mod or go.work file, with the place. */
import { type Pos } from './syntax.ts';

interface About {
  readonly verb?: string;
  readonly modPath?: string;
}

export class ModFileError extends Error {
  readonly file: string;
  readonly pos: Pos;
  readonly about: About;
  /** The message without the place. */
  readonly reason: string;

  constructor(file: string, pos: Pos, reason: string, about: About = {}) {
    const { verb = '', modPath = '' } = about;
    const directive = modPath !== '' ? `${verb} ${modPath}: ` : verb !== '' ? `${verb}: ` : '';
    super(`${place(file, pos)}${directive}${reason}`);
    this.name = 'ModFileError';
    this.file = file;
    this.pos = pos;
    this.about = about;
    this.reason = reason;
  }
}

/** The column is told only where it is not the first: in errors of the scanner. */
function place(file: string, pos: Pos): string {
  if (pos.column > 1) return `${file}:${pos.line}:${pos.column}: `;
  if (pos.line > 0) return `${file}:${pos.line}: `;
  return file === '' ? '' : `${file}: `;
}

export class ModFileErrors extends Error {
  readonly list: readonly ModFileError[];

  constructor(list: readonly ModFileError[]) {
    super(list.map((error) => error.message).join('\n'));
    this.name = 'ModFileErrors';
    this.list = list;
  }
}
