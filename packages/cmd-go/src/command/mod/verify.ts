/** `go mod verify`. GOROOT: src/cmd/go/internal/modcmd/verify.go. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import { Hash1 } from '@go-ts/modfetch/sum/dirhash';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import { type ModuleVersion } from '@go-ts/modfetch/version/module';
import { readZip } from '@go-ts/modfetch/zip';
import { makeModLoader } from '../../cfg/modules.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { loadModGraph } from '../../modload/modgraph.ts';
import { Failure } from '../../report/failure.ts';
import { print, printError } from '../../report/output.ts';
import { systemMessage } from '../../report/system.ts';
import { type Context } from '../commands.ts';

export async function runModVerify(context: Context): Promise<number> {
  if (context.line.args.length > 0) throw new Failure('go: verify takes no arguments');
  const ml = await makeModLoader(context, { root: 'need' });
  const mg = await loadModGraph(ml);
  const errors = await mapLimited(mg.buildList, lanes, (m) => Promise.resolve(verify(ml, m)));
  const lines = errors.flat();
  if (lines.length === 0) {
    print('all modules verified\n');
    return 0;
  }
  printError(lines.map((line) => `${line}\n`).join(''));
  return 1;
}

function verify(ml: ModLoader, mod: ModuleVersion): string[] {
  if (isToolchain(mod.path) || ml.isMain(mod.path)) return [];
  const name = `${mod.path} ${mod.version}`;
  const zip = ml.source.cachePath(mod, 'zip');
  const dir = ml.source.cachedDir(mod);
  const hashFile = ml.source.cachePath(mod, 'ziphash');
  if (!existsSync(hashFile)) {
    if (!existsSync(zip) && dir === undefined) return [];
    const why = `open ${hashFile}: no such file or directory`;
    return [`${name}: missing ziphash: ${why}`];
  }
  const wanted = readFileSync(hashFile, 'utf8').trim();
  const errors: string[] = [];
  try {
    if (existsSync(zip) && hashZip(zip) !== wanted) {
      errors.push(`${name}: zip has been modified (${zip})`);
    }
    if (dir !== undefined && hashDir(dir, `${mod.path}@${mod.version}`) !== wanted) {
      errors.push(`${name}: dir has been modified (${dir})`);
    }
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    const why = failure.syscall === undefined ? failure.message : systemMessage(failure);
    errors.push(`${name}: ${why}`);
  }
  return errors;
}

function hashZip(file: string): string {
  const sum = new Hash1();
  for (const entry of readZip(readFileSync(file))) {
    if (!entry.isDirectory) sum.add(entry.name, entry.read());
  }
  return sum.sum();
}

function hashDir(dir: string, prefix: string): string {
  const sum = new Hash1();
  const walk = (at: string, inner: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      const name = `${inner}/${entry.name}`;
      if (entry.isDirectory()) walk(path, name);
      else sum.add(name, readFileSync(path));
    }
  };
  walk(dir, prefix);
  return sum.sum();
}
