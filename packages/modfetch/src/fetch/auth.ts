/**
 * GOAUTH: credentials for https requests, by address prefix.
 *
 * `netrc` reads them from a file, `git DIR` asks git's credential helpers for the address, any other
 * word is a command that prints addresses, a blank line, headers, a blank line, and so on. All are
 * asked once before the first request, and again with the address when an answer was 4xx. The first
 * in the list wins. The longest prefix of an address that has credentials decides.
 * GOROOT: src/cmd/go/internal/auth/{auth,netrc,gitauth,userauth}.go.
 */
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ToolError } from '@go-ts/base';

type Headers = Readonly<Record<string, string>>;

export interface AuthOptions {
  readonly GOAUTH: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Answer {
  readonly head: string;
}

export class Authenticator {
  readonly #options: AuthOptions;
  readonly #credentials = new Map<string, Headers>();
  #asked: Promise<void> | undefined;

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  async headersFor(url: string): Promise<Headers> {
    if (this.#options.GOAUTH === 'off') return {};
    this.#asked ??= this.#run('', undefined);
    await this.#asked;
    return this.#find(url) ?? {};
  }

  /** After a 4xx answer: what a command knows about this address; undefined if nothing new. */
  async headersAfter(url: string, answer: Answer): Promise<Headers | undefined> {
    if (this.#options.GOAUTH === 'off') return undefined;
    const before = this.#find(url);
    await this.#run(url, answer);
    const after = this.#find(url);
    return after === undefined || after === before ? undefined : after;
  }

  #find(url: string): Headers | undefined {
    const elements = stripScheme(url).split('/');
    for (let count = elements.length; count > 0; count--) {
      const headers = this.#credentials.get(elements.slice(0, count).join('/'));
      if (headers !== undefined) return headers;
    }
    return undefined;
  }

  #store(prefix: string, headers: Headers): void {
    const key = stripScheme(prefix);
    if (Object.keys(headers).length === 0) this.#credentials.delete(key);
    else this.#credentials.set(key, headers);
  }

  async #run(url: string, answer: Answer | undefined): Promise<void> {
    const { GOAUTH } = this.#options;
    const commands = GOAUTH.split(';').map((command) => command.trim());
    // Backwards, so that what comes first in the list is stored last.
    for (const command of commands.toReversed()) {
      const words = command.split(/\s+/).filter((word) => word !== '');
      if (words.length === 0) throw bad(`encountered an empty command (GOAUTH=${GOAUTH})`);
      if (words[0] === 'off') {
        if (commands.length === 1) return;
        throw new ToolError(
          'GOAUTH',
          `GOAUTH=off cannot be combined with other authentication commands (GOAUTH=${GOAUTH})`,
        );
      }
      try {
        if (words[0] === 'netrc') this.#readNetrc();
        // Each command may take over what another stored.
        // oxlint-disable-next-line no-await-in-loop
        else if (words[0] === 'git') await this.#askGit(words, url);
        // oxlint-disable-next-line no-await-in-loop
        else await this.#askCommand(command, url, answer);
      } catch (error) {
        // Another command may know; if none does, the request fails and says so.
        if (error instanceof ToolError) throw error;
      }
    }
  }

  #readNetrc(): void {
    const { env } = this.#options;
    const path = env['NETRC'] || join(env['HOME'] ?? homedir(), '.netrc');
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      return;
    }
    // Of two lines for one machine, the first counts.
    for (const { machine, login, password } of parseNetrc(text).toReversed()) {
      this.#store(machine, basic(login, password));
    }
  }

  async #askGit(words: readonly string[], url: string): Promise<void> {
    const dir = words[1];
    const needs = 'dir method requires an absolute path to the git working directory';
    if (dir === undefined || words.length !== 2) throw bad(`=git ${needs}`);
    if (!isAbsolute(dir)) throw bad(`=git ${needs}, dir is not absolute`);
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      throw bad(`=git ${needs}, dir is not a directory`);
    }
    // git has no way to tell all that it knows.
    if (url === '') return;
    const output = await this.#exec('git', ['credential', 'fill'], `url=${url}\n`, dir);
    const fields = new Map<string, string>();
    for (const line of output.split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trim());
    }
    const path = fields.get('path');
    const prefix = `${fields.get('protocol')}://${fields.get('host')}${path === undefined ? '' : `/${path}`}`;
    if (!url.startsWith(prefix)) return;
    this.#store(prefix, basic(fields.get('username') ?? '', fields.get('password') ?? ''));
  }

  async #askCommand(command: string, url: string, answer: Answer | undefined): Promise<void> {
    const [program, ...args] = splitQuoted(command);
    const input = answer?.head ?? '';
    const output = await this.#exec(program!, url === '' ? args : [...args, url], input);
    for (const [prefix, headers] of parseUserAuth(output)) this.#store(prefix, headers);
  }

  #exec(program: string, args: readonly string[], input: string, cwd?: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const { env } = this.#options;
    const child = execFile(
      program,
      args,
      { env, encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(error);
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    return promise;
  }
}

function bad(why: string): ToolError {
  return new ToolError('GOAUTH', `GOAUTH${why.startsWith('=') ? '' : ' '}${why}`);
}

function basic(login: string, password: string): Headers {
  return { Authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` };
}

function stripScheme(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '');
}

interface NetrcLine {
  readonly machine: string;
  readonly login: string;
  readonly password: string;
}

/** Machines with login and password; macros and the default entry are passed over. */
export function parseNetrc(text: string): NetrcLine[] {
  const lines: NetrcLine[] = [];
  let machine = '';
  let login = '';
  let password = '';
  let inMacro = false;
  for (const line of text.split('\n')) {
    if (inMacro) {
      inMacro = line !== '';
      continue;
    }
    const words = line.split(/\s+/).filter((word) => word !== '');
    let at = 0;
    for (; at < words.length - 1; at += 2) {
      const value = words[at + 1]!;
      if (words[at] === 'machine') [machine, login, password] = [value, '', ''];
      else if (words[at] === 'login') login = value;
      else if (words[at] === 'password') password = value;
      else if (words[at] === 'macdef') inMacro = true;
      if (machine !== '' && login !== '' && password !== '') {
        lines.push({ machine, login, password });
        [machine, login, password] = ['', '', ''];
      }
    }
    if (words[at] === 'default') break;
  }
  return lines;
}

/** Blocks of addresses and of headers, each ended by an empty line. */
export function parseUserAuth(text: string): Map<string, Headers> {
  const found = new Map<string, Headers>();
  let rest = text;
  const block = (what: string): string[] => {
    if (rest.startsWith('\n')) {
      rest = rest.slice(1);
      return [];
    }
    const end = rest.indexOf('\n\n');
    if (end < 0) throw new Error(`invalid format: missing empty line after ${what}`);
    const lines = rest.slice(0, end).split('\n');
    rest = rest.slice(end + 2);
    return lines;
  };
  for (;;) {
    if (rest === '') return found;
    const urls = block('URLs');
    const headers: Record<string, string> = {};
    for (const line of block('headers')) {
      const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([^\p{Cc}]*)$/u.exec(line);
      if (match === null) throw new Error('invalid format: invalid header line');
      headers[match[1]!] = match[2]!.trim();
    }
    for (const url of urls) found.set(url, headers);
  }
}

/** Words, of which some are in quotes of either kind. */
export function splitQuoted(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  );
}
