/**
 * Official objects, read and written again: assembly objects byte for byte, compiled ones with the
 * same symbols, content, hashes and links (the order of data symbols cannot be recovered).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { readArchive, readObjMember, writeArchive } from '../src/archive.ts';
import { dumpObject } from '../src/dump.ts';
import { rebuild } from './rebuild.ts';

const goroot = peerGoroot();

function exported(patterns: readonly string[]): { path: string; file: string }[] {
  const out = execFileSync(
    `${goroot}/bin/go`,
    ['list', '-export', '-deps', '-f', '{{.ImportPath}} {{.Export}}', ...patterns],
    {
      cwd: `${goroot}/src`,
      env: peerEnv(),
      encoding: 'utf8',
      timeout: 300_000,
      killSignal: 'SIGKILL',
    },
  );
  return out
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .filter((row) => row[1] !== undefined && row[1] !== '')
    .map((row) => ({ path: row[0]!, file: row[1]! }));
}

function sortedDump(object: Uint8Array): string {
  return dumpObject(object).split('\n').sort().join('\n');
}

test.skipIf(goroot === undefined)(
  'official objects survive reading and writing',
  { timeout: 300_000 },
  () => {
    const assembled: string[] = [];
    const compiled: string[] = [];
    const differing: string[] = [];
    for (const { path, file } of exported(['crypto/sha256', 'math', 'internal/reflectlite'])) {
      const bytes = readFileSync(file);
      const members = readArchive(bytes);
      if (Buffer.compare(writeArchive(members), bytes) !== 0) differing.push(path);
      for (const { name, data } of members) {
        const member = readObjMember(data);
        if (member === undefined || name === '__.PKGDEF') continue;
        // The runtime's dump is some 30 MB of text; its assembly is enough.
        if (name === '_go_.o' && path === 'runtime') continue;
        (name === '_go_.o' ? compiled : assembled).push(`${path} ${name}`);
        const again = rebuild(member.object, path).write();
        const same =
          name === '_go_.o'
            ? sortedDump(again) === sortedDump(member.object)
            : Buffer.compare(again, member.object) === 0;
        if (!same) differing.push(`${path} ${name}`);
      }
    }
    expect(differing).toEqual([]);
    expect(assembled.length).toBeGreaterThan(20);
    expect(compiled.length).toBeGreaterThan(30);
  },
);
