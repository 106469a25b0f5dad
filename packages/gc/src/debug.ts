/**
 * The keys of -d: which parts of the compiler explain themselves.
 *
 * `-d=nil,wb=2,ssa/prove/debug=1`: keys in lower case, numbers 1 unless given. Keys of upstream's that
 * have no meaning here are taken and do nothing, so that command lines work with both.
 *
 * GOROOT: src/cmd/compile/internal/base/debug.go (names), src/cmd/internal/objabi/flag.go (syntax).
 */

export function parseDebug(settings: readonly string[]): ReadonlyMap<string, number> {
  const keys = new Map<string, number>();
  for (const setting of settings) {
    if (setting === '') continue;
    const at = setting.search(/[=:]/);
    const name = at < 0 ? setting : setting.slice(0, at);
    const value = at < 0 ? 1 : Number(setting.slice(at + 1));
    keys.set(name, Number.isInteger(value) ? value : 1);
  }
  return keys;
}

/** Upstream's keys, and after them ours. */
const keys: ReadonlySet<string> = new Set(
  `
  abiwrap alignhot append astdump checkptr closure compressinstructions converthash defer
  disablenil dumpinlcallsitescores dumpinlfuncprops dumpptrs dwarfinl escapealias escapealiascheck
  escapedebug escapemutationscalls export fipshash fmahash freeappend gcadjust gccheck gcprog
  gcstart gossahash inlbudgetslack inlfuncswithclosures inlscoreadj inlstaticinit interfacecycles
  libfuzzer literalallochash locationlists loopvar loopvarhash maxshapelen maymorestack
  mergelocals mergelocalsdumpfunc mergelocalshash mergelocalshtrace mergelocalstrace nil
  nodeadlocals noopendefer norefname panic pctab pgodebug pgodevirtualize pgohash pgoinline
  pgoinlinebudget pgoinlinecdfthreshold rangefunccheck reshape shapify simd slice softfloat
  staticcopy syncframes tailcall typeassert variablemakehash variablemakethreshold wb
  wrapglobalmapctl wrapglobalmapdbg zerocopy
  check gossahash hash ssafunc help`
    .trim()
    .split(/\s+/),
);

export function isDebugKey(name: string): boolean {
  return keys.has(name) || name.startsWith('ssa/');
}
