/**
 * Sets string variables from the command line (-X) and from the build (version, GOROOT, modinfo).
 *
 * The variable becomes initialised data: pointer to a new symbol `NAME.str`, and length. Unknown and
 * unreachable variables are left alone, variables of another type are an error.
 *
 * GOROOT: src/cmd/link/internal/ld/data.go (addstrdata).
 */
import { utf8 } from '@go-ts/objfile/bytes';
import { pathToPrefix } from '@go-ts/objfile/writer';
import { SBSS, SDATA, SRODATA } from '../kind.ts';
import { type Loader } from '../loader/loader.ts';
import { LinkFailure } from '../options.ts';

/** Symbol name → value, in the order of the first setting; the last setting of a name counts. */
export function parseStringSettings(
  settings: readonly (readonly [string, string | Uint8Array])[],
): Map<string, string | Uint8Array> {
  const values = new Map<string, string | Uint8Array>();
  for (const [name, value] of settings) {
    const dot = name.lastIndexOf('.');
    if (dot < 0) {
      throw new LinkFailure('-X flag requires argument of the form importpath.name=value');
    }
    values.set(pathToPrefix(name.slice(0, dot)) + name.slice(dot), value);
  }
  return values;
}

/** Returns messages about variables that cannot be set. */
export function setStrings(
  ldr: Loader,
  values: ReadonlyMap<string, string | Uint8Array>,
): string[] {
  const errors: string[] = [];
  for (const [name, value] of values) {
    const s = ldr.lookup(name);
    if (s === 0) continue;
    const type = ldr.gotype(s);
    if (type === 0) continue;
    const typeName = ldr.name(type);
    if (typeName !== 'type:string') {
      errors.push(`${name}: cannot set with -X: not a var of type string (${typeName})`);
      continue;
    }
    if (!ldr.isReachable(s)) continue;
    if (ldr.kind[s] === SBSS) ldr.kind[s] = SDATA;
    const bytes = typeof value === 'string' ? utf8(value) : value;
    const str = ldr.define(`${name}.str`, SRODATA);
    const text = ldr.update(str, 'fresh');
    text.data.bytes(bytes);
    text.data.u8(0);
    ldr.size[str] = text.data.length;
    // The size stays: it may include what a sanitizer added.
    const header = ldr.update(s, 'fresh');
    header.addAddr(str);
    header.data.u64(bytes.length);
  }
  return errors;
}
