/**
 * A test's output as a stream of events: what started, ran, paused, passed, and who printed what.
 *
 * The test binary marks the lines that are its own with ^V; from the first marked line on only such
 * lines count. Errors stand between ^O and ^N, and ^[ makes the byte after it an ordinary one.
 * Output is cut into events by lines, long lines at the boundaries of characters.
 * Bytes are kept as strings of one character each; they become text when an event is written.
 * GOROOT: src/cmd/internal/test2json/test2json.go (marks, lines that count, buffer sizes, order).
 */

export interface TestEvent {
  Time?: string;
  Action: string;
  Package?: string;
  Test?: string;
  Elapsed?: number;
  Output?: string;
  OutputType?: string;
  FailedBuild?: string;
  Key?: string;
  Value?: string;
  Path?: string;
}

/** Writes one event as upstream's encoder does. */
export function eventLine(event: TestEvent): string {
  const text = JSON.stringify(event).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => String.raw`\u` + c.codePointAt(0)!.toString(16).padStart(4, '0'),
  );
  return `${text}\n`;
}

const order = [
  'Time',
  'Action',
  'Package',
  'Test',
  'Elapsed',
  'Output',
  'OutputType',
  'FailedBuild',
  'Key',
  'Value',
  'Path',
] as const;

const framing = '\x16';
const errorBegin = '\x0f';
const errorEnd = '\x0e';
const escapeMark = '\x1b';

/** The longest line that is looked at, and the longest output of one event. */
const inputSize = 4096;
const outputSize = 1024;

interface LineHandlers {
  readonly line: (text: string) => void;
  readonly part: (text: string) => void;
}

/** Gathers pieces into lines; what is longer than the buffer comes out in parts. */
class LineBuffer {
  readonly #size: number;
  readonly #handlers: LineHandlers;
  #text = '';
  #isMiddle = false;
  #isEscaped = false;

  constructor(size: number, handlers: LineHandlers) {
    this.#size = size;
    this.#handlers = handlers;
  }

  write(piece: string): void {
    for (let at = 0; at < piece.length;) {
      const room = this.#size - this.#text.length;
      this.#text += piece.slice(at, at + room);
      at += room;
      this.#lines();
    }
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#handlers.part(text);
  }

  #lines(): void {
    const { line, part } = this.#handlers;
    let rest = this.#text;
    let used = false;
    for (;;) {
      const end = this.#endOfLine(rest);
      if (end < 0) break;
      const text = rest.slice(0, end);
      rest = rest.slice(end);
      used = true;
      if (this.#isMiddle) part(text);
      else line(text);
      this.#isMiddle = false;
    }
    const tab = this.#isMiddle ? -1 : rest.indexOf('\t');
    if (tab >= 0 && /^Benchmark(?!\p{Ll})/u.test(fromBytes(rest.slice(0, tab)))) {
      if (/^\S* *$/.test(rest.slice(0, tab))) {
        part(rest.slice(0, tab + 1));
        rest = rest.slice(tab + 1);
        this.#isMiddle = used = true;
      }
    }
    if (!used && rest.length === this.#size) {
      const cut = wholeCharacters(rest);
      part(rest.slice(0, cut));
      rest = rest.slice(cut);
      this.#isMiddle = true;
    }
    this.#text = rest;
  }

  /** After a newline, or before a mark that does not begin the line; -1 if there is neither. */
  #endOfLine(text: string): number {
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === '\n') return i + 1;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (c === escapeMark) this.#isEscaped = true;
      else if (c === framing && i > 0) return i;
    }
    return -1;
  }
}

/** How much of the bytes can be used without cutting a character in two. */
function wholeCharacters(bytes: string): number {
  for (let i = 1; i < 4 && i <= bytes.length; i++) {
    const c = bytes.charCodeAt(bytes.length - i);
    if ((c & 0xc0) === 0x80) continue;
    const length = (c & 0xe0) === 0xc0 ? 2 : (c & 0xf0) === 0xe0 ? 3 : (c & 0xf8) === 0xf0 ? 4 : 1;
    return i < length ? bytes.length - i : bytes.length;
  }
  return bytes.length;
}

function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

const updates = 'RUN   |PAUSE |CONT  |NAME  |PASS  |FAIL  |SKIP  |ATTR  |ARTIFACTS ';
const updateLine = new RegExp(`^=== (?:${updates})`);
const reportLine = /^--- (?:PASS|FAIL|SKIP|BENCH): /;

export class TestEvents {
  readonly #emit: (line: string) => void;
  readonly #package: string;
  readonly #now: () => number;
  readonly #began: number;
  readonly #input: LineBuffer;
  readonly #output: LineBuffer;
  /** Results that wait for output which still belongs to them, nested as subtests are. */
  readonly #reports: TestEvent[] = [];
  #test = '';
  #result = '';
  #failedBuild = '';
  #needsMark = false;
  #inError = false;
  #isEscaped = false;
  #isFraming = false;

  constructor(name: string, emit: (line: string) => void, now: () => number = Date.now) {
    this.#package = name;
    this.#emit = emit;
    this.#now = now;
    this.#began = now();
    const write = (text: string): void => this.#outputEvents(text);
    this.#output = new LineBuffer(outputSize, { line: write, part: write });
    this.#input = new LineBuffer(inputSize, {
      line: (text) => this.#line(text),
      part: (text) => this.#output.write(text),
    });
    this.#event({ Action: 'start' });
  }

  write(bytes: Uint8Array): void {
    this.#input.write(Buffer.from(bytes).toString('latin1'));
  }

  /** The package whose building failed. */
  failedBuild(name: string): void {
    this.#failedBuild = name;
  }

  exited(success: boolean): void {
    if (!success) this.#result = 'fail';
    else if (this.#result !== 'skip') this.#result = 'pass';
  }

  close(): void {
    this.#input.flush();
    this.#output.flush();
    if (this.#result === '') return;
    const elapsed = Math.round(this.#now() - this.#began) / 1000;
    const event: TestEvent = { Action: this.#result, Elapsed: elapsed };
    if (this.#result === 'fail' && this.#failedBuild !== '') event.FailedBuild = this.#failedBuild;
    this.#event(event);
  }

  #line(whole: string): void {
    let line = whole;
    const isMarked = line.startsWith(framing);
    if (this.#needsMark && !isMarked) {
      this.#output.write(line);
      return;
    }
    if (isMarked) {
      this.#output.flush();
      line = line.slice(1);
    }
    let trimmed = line.replace(/\r?\n$/, '');
    if (trimmed === '=== NAME') {
      trimmed = '=== NAME  ';
      line = `${trimmed}\n`;
    }
    if (trimmed === 'PASS' || trimmed === 'FAIL' || trimmed.startsWith('FAIL\t')) {
      this.#flushReports(0);
      this.#test = '';
      this.#needsMark = isMarked;
      this.#frame(line);
      this.#result = trimmed === 'PASS' ? 'pass' : 'fail';
      return;
    }
    if (/^\? {3}\t.*\t\[no test files\]$/.test(trimmed) && this.#reports.length === 0) {
      this.#result = 'skip';
    }
    if (updateLine.test(line)) {
      this.#update(line, isMarked);
      return;
    }
    const indent = /^(?: {4})*/.exec(line)![0].length / 4;
    const inner = line.slice(indent * 4);
    if (reportLine.test(inner) && this.#reports.length >= indent) {
      this.#report(inner, line, { indent, isMarked });
      return;
    }
    // The depth of the indentation tells which of the running subtests printed the line.
    if (!reportLine.test(inner) && indent > 0 && indent <= this.#reports.length) {
      this.#test = this.#reports[indent - 1]!.Test ?? '';
    }
    this.#output.write(line);
  }

  #report(
    inner: string,
    line: string,
    { indent, isMarked }: { readonly indent: number; readonly isMarked: boolean },
  ): void {
    const match = /^--- (\w+): ?([^]*)$/.exec(inner)!;
    let name = match[2]!.trim();
    const event: TestEvent = { Action: match[1]!.toLowerCase() };
    const open = name.indexOf(' (');
    if (open >= 0) {
      const seconds = Number(/^([\d.]+)s\)$/.exec(name.slice(open + 2))?.[1] ?? Number.NaN);
      if (!Number.isNaN(seconds)) event.Elapsed = seconds;
      name = name.slice(0, open);
    }
    this.#needsMark = isMarked;
    this.#flushReports(indent);
    event.Test = this.#test = name;
    this.#reports.push(event);
    this.#frame(line);
  }

  #update(line: string, isMarked: boolean): void {
    const match = /^=== (\w+) ?([^]*)$/.exec(line)!;
    const action = match[1]!.toLowerCase();
    let name = match[2]!.trim();
    const event: TestEvent = { Action: action };
    if (action === 'artifacts') {
      const [own, path] = cutWord(name);
      name = own;
      event.Path = fromBytes(path);
    } else if (action === 'attr') {
      const [own, rest] = cutWord(name);
      const [key, value] = cutWord(rest);
      name = own;
      event.Key = fromBytes(key);
      event.Value = fromBytes(value);
    }
    this.#needsMark = isMarked;
    this.#flushReports(0);
    this.#test = name;
    if (action === 'name') return;
    // What a test prints up to its pause was printed before it.
    if (action === 'pause') this.#frame(line);
    this.#event(event);
    if (action !== 'pause') this.#frame(line);
  }

  #frame(line: string): void {
    this.#isFraming = true;
    this.#output.write(line);
    this.#isFraming = false;
  }

  #flushReports(depth: number): void {
    this.#test = '';
    while (this.#reports.length > depth) this.#event(this.#reports.pop()!);
  }

  /** Takes the marks out and writes an event for each stretch between those of errors. */
  #outputEvents(text: string): void {
    let type = this.#isFraming ? 'frame' : this.#inError ? 'error-continue' : '';
    let plain = '';
    const emit = (): void => {
      if (plain !== '') {
        const event: TestEvent = { Action: 'output', Output: fromBytes(plain) };
        if (type !== '') event.OutputType = type;
        this.#event(event);
      }
      plain = '';
    };
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if (this.#isEscaped) {
        this.#isEscaped = false;
        plain += c;
      } else if (c === escapeMark) {
        this.#isEscaped = true;
      } else if (c === errorBegin) {
        emit();
        this.#inError = true;
        type = 'error';
      } else if (c === errorEnd) {
        if (text[i + 1] === '\n') {
          plain += '\n';
          i++;
        }
        emit();
        this.#inError = false;
        type = '';
      } else {
        plain += c;
      }
    }
    emit();
  }

  #event(event: TestEvent): void {
    event.Time = timestamp(this.#now());
    if (this.#package !== '') event.Package = this.#package;
    const test = event.Test ?? this.#test;
    if (test !== '') event.Test = fromBytes(test);
    const sorted = {} as Record<string, unknown>;
    for (const key of order) {
      if (event[key] !== undefined && event[key] !== '') sorted[key] = event[key];
    }
    this.#emit(eventLine(sorted as unknown as TestEvent));
  }
}

function cutWord(text: string): [string, string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** RFC 3339 in local time, as Go's encoder writes it. */
function timestamp(ms: number): string {
  const date = new Date(ms);
  const offset = -date.getTimezoneOffset();
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
  const text = local.replace(/\.?0+$/, '');
  if (offset === 0) return `${text}Z`;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const size = Math.abs(offset);
  return `${text}${offset < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}
