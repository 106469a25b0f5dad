/**
 * What a GOCACHEPROG and the go command say to each other, and how values are told apart in a stream.
 * GOROOT: src/cmd/go/internal/cacheprog/cacheprog.go.
 */

/** Bytes are base64. The ID is added when the request is sent. */
export interface CacheRequest {
  readonly Command: 'get' | 'put' | 'close';
  readonly ActionID?: string;
  readonly OutputID?: string;
  /** If not zero, the body follows as a value of its own. */
  readonly BodySize?: number;
}

export interface CacheResponse {
  readonly ID: number;
  readonly Err?: string;
  /** In the first message, with ID 0. */
  readonly KnownCommands?: readonly string[];
  readonly Miss?: boolean;
  readonly OutputID?: string;
  readonly Size?: number;
  readonly Time?: string;
  readonly DiskPath?: string;
}

/** Takes JSON objects out of a stream of text in which whitespace stands between them. */
export class ValueSplitter {
  #text = '';
  #at = 0;
  #depth = 0;
  #inString = false;

  /** `text` has a character for each byte, so that one cut in two by the pipe is whole again. */
  add(text: string): { values: CacheResponse[]; problem?: string } {
    this.#text += text;
    const values: CacheResponse[] = [];
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at]!;
      if (this.#depth === 0 && c !== '{' && !/\s/.test(c)) {
        const problem = `invalid character ${quoted(c)} looking for beginning of value`;
        return { values, problem };
      }
      if (this.#step(c)) {
        const bytes = Buffer.from(this.#text.slice(0, this.#at), 'latin1');
        this.#text = this.#text.slice(this.#at);
        this.#at = 0;
        const value = parse(bytes.toString('utf8'));
        if (typeof value === 'string') return { values, problem: value };
        values.push(value);
      }
    }
    return { values };
  }

  /** True behind the end of an object. */
  #step(c: string): boolean {
    this.#at += this.#inString && c === '\\' ? 2 : 1;
    if (c === '"' && this.#depth > 0) this.#inString = !this.#inString;
    if (this.#inString) return false;
    if (c === '{' || c === '[') this.#depth++;
    if (c !== '}' && c !== ']') return false;
    return --this.#depth === 0;
  }
}

/** A response, or what is wrong with it. */
function parse(text: string): CacheResponse | string {
  let value: Partial<Record<keyof CacheResponse, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return (error as Error).message;
  }
  for (const [field, type] of Object.entries(types)) {
    const part = value[field as keyof CacheResponse];
    if (part === undefined || part === null) continue;
    const is = Array.isArray(part) ? 'array' : typeof part;
    if (is !== type) {
      return `json: cannot unmarshal ${is} into Go struct field Response.${field}`;
    }
  }
  return { ...value, ID: typeof value.ID === 'number' ? value.ID : 0 } as CacheResponse;
}

const types: Readonly<Record<keyof CacheResponse, string>> = {
  ID: 'number',
  Err: 'string',
  KnownCommands: 'array',
  Miss: 'boolean',
  OutputID: 'string',
  Size: 'number',
  Time: 'string',
  DiskPath: 'string',
};

function quoted(c: string): string {
  return c === "'" ? String.raw`'\''` : `'${c}'`;
}
