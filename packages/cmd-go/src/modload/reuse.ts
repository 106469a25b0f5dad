/**
 * `-reuse=FILE`: answers of an earlier `go list -m -json` or `go mod download -json` that still hold.
 *
 * An answer says where it came from. If the repository has the same refs, tags or commits as then, the
 * answer would be given again and need not be worked out; it is printed with `Reuse: true`.
 * GOROOT: src/cmd/go/internal/modload/list.go (ListModules), query.go (checkReuseRepo).
 */
import { readFileSync } from 'node:fs';
import { quoteString } from '@go-ts/base/quote';
import { isSecurityError } from '@go-ts/modfetch/error';
import { type Origin, type Repo } from '@go-ts/modfetch/source';
import { canonicalVersion } from '@go-ts/modfetch/version/module';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';
import { type ModuleInfo } from './info.ts';

/** By `path@version` and `path@query`. */
export type Reusable = ReadonlyMap<string, ModuleInfo>;

export function readReuse(file: string): Reusable {
  const known = new Map<string, ModuleInfo>();
  if (file === '') return known;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`go: ${systemMessage(error as NodeJS.ErrnoException)}`);
  }
  for (const info of jsonValues(text, file)) {
    if (info.Origin === undefined) continue;
    const reused = { ...info, Reuse: true };
    known.set(`${info.Path}@${info.Version ?? ''}`, reused);
    if (info.Query !== undefined) known.set(`${info.Path}@${info.Query}`, reused);
  }
  return known;
}

/** The objects of a file that has one after the other. */
function jsonValues(text: string, file: string): ModuleInfo[] {
  const values: ModuleInfo[] = [];
  let depth = 0;
  let start = -1;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]|[^\s{}"]+/g)) {
    if (token === '{' && depth++ === 0) start = index;
    if (depth === 0) throw malformed(file, `unexpected ${token}`);
    if (token !== '}' || --depth > 0) continue;
    try {
      values.push(JSON.parse(text.slice(start, index + 1)) as ModuleInfo);
    } catch (error) {
      throw malformed(file, (error as Error).message);
    }
  }
  if (depth > 0) throw malformed(file, 'unexpected EOF');
  return values;
}

function malformed(file: string, why: string): Failure {
  return new Failure(`go: parsing ${file}: ${why}`);
}

/** Whether the repository would answer the query as it did then. */
export async function isReusable(
  repo: Repo,
  query: string,
  isRevision: boolean,
  origin: Origin | undefined,
): Promise<boolean> {
  if (origin === undefined || whatIsMissing(query, isRevision, origin) !== undefined) return false;
  try {
    await repo.checkReuse(origin);
    return true;
  } catch (error) {
    if (isSecurityError(error)) throw error;
    return false;
  }
}

/** An origin that a proxy gave may lack what the answer depends on. */
function whatIsMissing(query: string, isRevision: boolean, origin: Origin): string | undefined {
  const has = (field: keyof Origin): boolean => (origin[field] ?? '') !== '';
  // It takes in everything.
  if (has('RepoSum')) return undefined;
  if (query === canonicalVersion(query)) {
    return has('Hash') || has('Ref') || has('TagSum')
      ? undefined
      : 'no Origin information to check';
  }
  if (isRevision && !has('Hash') && !has('Ref')) {
    return `query ${quoteString(query)} requires a Hash or Ref`;
  }
  // Which version a commit has, and which is the latest, depends on all tags.
  return has('TagSum') ? undefined : `query ${quoteString(query)} requires a TagSum`;
}
