/**
 * Which repository holds a module: by the patterns of well-known hosts, by an element that ends in
 * `.git` and the like, or by what the host says about itself at `https://PATH?go-get=1`.
 *
 * There, `<meta name="go-import" content="PREFIX VCS REPO [SUBDIR]">` answers; if PREFIX is not the
 * path asked for, it must answer the same under PREFIX. GOVCS says which systems may be used.
 * GOROOT: src/cmd/go/internal/vcs/{vcs,discovery}.go (patterns, rules, wordings).
 */
import { quoteString } from '@go-ts/base/quote';
import { asError } from '../error.ts';
import { type FetchSettings } from '../source.ts';
import { matchPrefixPatterns } from '../version/escape.ts';
import { hasPathPrefix } from './coderepo.ts';
import { checkStatus, readBody, type Response, type Security, type Web } from './web.ts';

export interface RepoRoot {
  /** `git`, `hg`, `svn`, `fossil`, `bzr`, or `mod` for a proxy. */
  readonly vcs: string;
  readonly url: string;
  /** The module path of the repository's root. */
  readonly root: string;
  readonly subdir: string;
}

const systems = ['git', 'hg', 'svn', 'fossil'];

interface Host {
  readonly prefix: string;
  readonly pattern: RegExp;
  readonly vcs: string;
  /** Whether a name may not end in `.git` and the like. */
  readonly plainNames?: boolean;
}

const hosts: readonly Host[] = [
  {
    prefix: 'github.com',
    pattern: /^(?<root>github\.com\/[\w.-]+\/[\w.-]+)(?:\/[\w.-]+)*$/,
    vcs: 'git',
    plainNames: true,
  },
  {
    prefix: 'bitbucket.org',
    pattern: /^(?<root>bitbucket\.org\/[\w.-]+\/[\w.-]+)(?:\/[\w.-]+)*$/,
    vcs: 'git',
    plainNames: true,
  },
  {
    prefix: 'hub.jazz.net/git',
    pattern: /^(?<root>hub\.jazz\.net\/git\/[a-z0-9]+\/[\w.-]+)(?:\/[\w.-]+)*$/,
    vcs: 'git',
    plainNames: true,
  },
  {
    prefix: 'git.apache.org',
    pattern: /^(?<root>git\.apache\.org\/[a-z0-9_.-]+\.git)(?:\/[\w.-]+)*$/,
    vcs: 'git',
  },
  {
    prefix: 'git.openstack.org',
    pattern: /^(?<root>git\.openstack\.org\/[\w.-]+\/[\w.-]+)(?:\.git)?(?:\/[\w.-]+)*$/,
    vcs: 'git',
  },
  {
    prefix: 'chiselapp.com',
    pattern: /^(?<root>chiselapp\.com\/user\/[A-Za-z0-9]+\/repository\/[\w.-]+)$/,
    vcs: 'fossil',
  },
];

const withSuffix =
  /^(?<root>(?<repo>(?:[a-z0-9.-]+\.)+[a-z0-9.-]+(?::[0-9]+)?(?:\/~?[\w.-]+)+?)\.(?<vcs>fossil|git|hg|svn))(?:\/~?[\w.-]+)*$/;

export async function findRepoRoot(
  path: string,
  settings: FetchSettings,
  web: Web,
): Promise<RepoRoot> {
  const known = knownHost(path, settings);
  if (known !== undefined) return known;
  const security = matchPrefixPatterns(settings.GOINSECURE, path) ? 'insecure' : 'secure';
  try {
    return await discover(path, settings, web, security);
  } catch (error) {
    const why = asError(error).message;
    throw new Error(`unrecognized import path ${quoteString(path)}: ${why}`, { cause: error });
  }
}

function knownHost(path: string, settings: FetchSettings): RepoRoot | undefined {
  if (hasPathPrefix(path, 'example.net')) throw new Error('no modules on example.net');
  if (path === 'rsc.io') throw new Error('rsc.io is not a module');
  for (const { prefix, pattern, vcs, plainNames } of hosts) {
    if (!hasPathPrefix(path, prefix)) continue;
    const root = pattern.exec(path)?.groups?.['root'];
    if (root === undefined) {
      throw new Error(`invalid ${prefix} import path ${quoteString(path)}`);
    }
    const suffix = /\.(?:bzr|fossil|git|hg|svn)$/.exec(root);
    if (plainNames === true && suffix !== null) {
      throw new Error(`invalid version control suffix in ${prefix}/ path`);
    }
    checkGOVCS(vcs, root, settings);
    return { vcs, url: `https://${root}`, root, subdir: '' };
  }
  const groups = withSuffix.exec(path)?.groups;
  if (groups === undefined) return undefined;
  const { root = '', repo = '', vcs = '' } = groups;
  checkGOVCS(vcs, root, settings);
  return { vcs, url: `https://${repo}.${vcs}`, root, subdir: '' };
}

interface MetaImport {
  readonly prefix: string;
  readonly vcs: string;
  readonly repo: string;
  readonly subdir: string;
}

async function discover(
  path: string,
  settings: FetchSettings,
  web: Web,
  security: Security,
): Promise<RepoRoot> {
  const { imports, url } = await askHost(path, web, security);
  const found = matchImport(imports, path, url);
  if (found.prefix !== path) {
    const second = await askHost(found.prefix, web, security);
    const same = second.imports.find((each) => JSON.stringify(each) === JSON.stringify(found));
    if (same === undefined) {
      throw new Error(`${url} and ${second.url} disagree about go-import for ${found.prefix}`);
    }
  }
  const { vcs, repo, prefix, subdir } = found;
  const q = JSON.stringify;
  if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(subdir)) {
    throw new Error(`${url}: invalid subdirectory ${q(subdir)}: must be a relative path`);
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(repo)?.[1];
  if (scheme === undefined || scheme === 'file') {
    const why = scheme === undefined ? 'no scheme' : 'file scheme disallowed';
    throw new Error(`${url}: invalid repo root ${q(repo)}: ${why}`);
  }
  if (vcs !== 'mod' && !systems.includes(vcs)) throw new Error(`${url}: unknown vcs ${q(vcs)}`);
  checkGOVCS(vcs, prefix, settings);
  return { vcs, url: repo, root: prefix, subdir };
}

interface HostAnswer {
  readonly imports: readonly MetaImport[];
  readonly url: string;
}

async function askHost(path: string, web: Web, security: Security): Promise<HostAnswer> {
  // A host alone is asked at its root.
  const address = path.includes('/') ? path : `${path}/`;
  let response: Response;
  try {
    response = await web.getEither(`${address}?go-get=1`, security);
  } catch (error) {
    const schemes = security === 'insecure' ? 'http/https' : 'https';
    throw new Error(`${schemes} fetch: ${asError(error).message}`, { cause: error });
  }
  if (response.status !== 200 && !isHtml(response)) await checkStatus(response);
  const imports = parseMetaImports((await readBody(response.body)).toString());
  if (imports.length === 0 && response.status !== 200) {
    throw new Error(`reading ${response.url}: ${response.statusText}`);
  }
  return { imports, url: response.url };
}

function isHtml(response: Response): boolean {
  return !(response.headers['content-type'] ?? '').startsWith('text/plain');
}

/** The meta tags of a page's head; for a prefix that names a proxy, only that. */
export function parseMetaImports(page: string): MetaImport[] {
  const head = /^[\s\S]*?(?=<\/head\b|<body\b|$(?![\s\S]))/i.exec(
    page.replaceAll(/<!--[\s\S]*?-->/g, ''),
  );
  const imports: MetaImport[] = [];
  for (const [, attributes = ''] of (head?.[0] ?? '').matchAll(/<meta\b([^>]*)>/gi)) {
    if (attributeOf(attributes, 'name') !== 'go-import') continue;
    const words = attributeOf(attributes, 'content').split(/\s+/).filter(Boolean);
    const [prefix, vcs, repo, subdir = ''] = words;
    if (words.length > 4 || prefix === undefined || vcs === undefined || repo === undefined) {
      continue;
    }
    imports.push({ prefix, vcs, repo, subdir });
  }
  const proxied = imports.filter(({ vcs }) => vcs === 'mod');
  const others = imports.filter(
    ({ vcs, prefix }) => vcs !== 'mod' && !proxied.some((each) => each.prefix === prefix),
  );
  return [...proxied, ...others];
}

function attributeOf(attributes: string, name: string): string {
  const pattern = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
  for (const [, key = '', double, single, bare] of attributes.matchAll(pattern)) {
    if (key.toLowerCase() === name) return decodeEntities(double ?? single ?? bare ?? '');
  }
  return '';
}

function decodeEntities(text: string): string {
  const named: Readonly<Record<string, string>> = {
    amp: '&',
    apos: "'",
    gt: '>',
    lt: '<',
    quot: '"',
  };
  return text.replaceAll(/&(\w+);/g, (whole, name: string) => named[name] ?? whole);
}

function matchImport(imports: readonly MetaImport[], path: string, url: string): MetaImport {
  const matching = imports.filter(({ prefix }) => hasPathPrefix(path, prefix));
  const [first, second] = matching;
  if (first === undefined) {
    const others = imports.map(
      ({ prefix }) => ` meta tag ${prefix} did not match import path ${path}`,
    );
    throw new Error(`parse ${url}: no go-import meta tags (${others.join(',')})`);
  }
  if (second !== undefined && (first.vcs !== 'mod' || second.vcs === 'mod')) {
    const quoted = quoteString(path);
    throw new Error(`parse ${url}: multiple meta tags match import path ${quoted}`);
  }
  return first;
}

interface VcsRule {
  readonly pattern: string;
  readonly allowed: readonly string[];
}

function parseGOVCS(text: string): VcsRule[] {
  const q = JSON.stringify;
  const rules: VcsRule[] = [];
  const seen = new Map<string, string>();
  if (text.trim() === '') return rules;
  for (const entry of text.split(',')) {
    const item = entry.trim();
    if (item === '') throw new Error('empty entry in GOVCS');
    const colon = item.indexOf(':');
    if (colon < 0) throw new Error(`malformed entry in GOVCS (missing colon): ${q(item)}`);
    const pattern = item.slice(0, colon).trim();
    const list = item.slice(colon + 1).trim();
    if (pattern === '') throw new Error(`empty pattern in GOVCS: ${q(item)}`);
    if (list === '') throw new Error(`empty VCS list in GOVCS: ${q(item)}`);
    if (/^\.\.?(?:\/|$)/.test(pattern)) {
      throw new Error(`relative pattern not allowed in GOVCS: ${q(pattern)}`);
    }
    const earlier = seen.get(pattern);
    if (earlier !== undefined) {
      throw new Error(`unreachable pattern in GOVCS: ${q(item)} after ${q(earlier)}`);
    }
    seen.set(pattern, item);
    const allowed = list.split('|').map((name) => name.trim());
    if (allowed.includes('')) throw new Error(`empty VCS name in GOVCS: ${q(item)}`);
    rules.push({ pattern, allowed });
  }
  return rules;
}

/** Where GOVCS says nothing. */
const defaultRules: readonly VcsRule[] = [
  { pattern: 'private', allowed: ['all'] },
  { pattern: 'public', allowed: ['git', 'hg'] },
];

function checkGOVCS(vcs: string, root: string, settings: FetchSettings): void {
  if (vcs === 'mod') return;
  const isPrivate = matchPrefixPatterns(settings.GOPRIVATE, root);
  const rule = [...parseGOVCS(settings.GOVCS), ...defaultRules].find(({ pattern }) => {
    if (pattern === 'private') return isPrivate;
    if (pattern === 'public') return !isPrivate;
    return matchPrefixPatterns(pattern, root);
  });
  if (rule?.allowed.some((name) => name === vcs || name === 'all') === true) return;
  const what = isPrivate ? 'private' : 'public';
  throw new Error(`GOVCS disallows using ${vcs} for ${what} ${root}; see 'go help vcs'`);
}
