/**
 * What flags say about the passes, and to which functions it applies.
 *
 *     -d=check               the verifier runs after every pass (also -d=ssa/check/on)
 *     -d=ssa/PASS/off        PASS is left out, if it is not required; `_` stands for a space in its name
 *     -d=gossahash=BITS      what is switched off stays on in functions whose hash ends in BITS; with
 *                            nothing switched off, that is every pass that is not required
 *     -d=ssafunc=NAME        the passes of this function as a page (what GOSSAFUNC asks for)
 *
 * The hash is of the link name, 32 binary digits. A miscompile is found by making BITS longer one
 * digit at a time: of its two extensions one still fails (tools/bisect.ts does that).
 */

export interface SsaOptions {
  readonly check: boolean;
  /** Passes that are left out. */
  readonly off: ReadonlySet<string>;
  /** Functions whose hash ends so are compiled as usual; null: the switches hold for all. */
  readonly hash: string | null;
  /** The function to be shown as a page; '' for none. */
  readonly shown: string;
}

/** From the words of the command line; other `-d` settings are not looked at. */
export function parseSsaOptions(flags: readonly string[]): SsaOptions {
  let check = false;
  let hash: string | null = null;
  let shown = '';
  const off = new Set<string>();
  for (const flag of flags) {
    if (!flag.startsWith('-d=')) continue;
    for (const setting of flag.slice(3).split(',')) {
      const [name = '', value = ''] = setting.split(/=(.*)/s);
      const pass = /^ssa\/([^/]+)\/(on|off)$/.exec(name);
      if (name === 'check' || name === 'ssa/check/on') check = true;
      else if (name === 'gossahash') hash = value;
      else if (name === 'ssafunc') shown = value;
      else if (pass !== null && pass[2] === 'off') off.add(pass[1]!.replaceAll('_', ' '));
    }
  }
  return { check, off, hash, shown };
}

/** 32 binary digits: FNV-1a of the name, with its bits mixed once more. */
function functionHash(name: string): string {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h ^= h >>> 12;
  return (h >>> 0).toString(2).padStart(32, '0');
}

/** What the switches mean for one function. */
interface Switches {
  readonly off: ReadonlySet<string>;
  readonly noOptimize: boolean;
  /** The hash, if it made the function an exception. */
  readonly triggered: string | null;
}

const noPasses: ReadonlySet<string> = new Set();

export function switchesFor({ off, hash }: SsaOptions, name: string): Switches {
  if (hash === null) return { off, noOptimize: false, triggered: null };
  const digits = functionHash(name);
  if (digits.endsWith(hash)) return { off: noPasses, noOptimize: false, triggered: digits };
  return { off, noOptimize: off.size === 0, triggered: null };
}

/** Link names are shown by either their whole name or what follows the last slash or dot. */
export function isShown(options: SsaOptions, name: string): boolean {
  const { shown } = options;
  if (shown === '') return false;
  return name === shown || name.endsWith(`.${shown}`) || name.endsWith(`/${shown}`);
}
