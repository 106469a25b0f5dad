import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { blockedLinknames } from '../src/loader/linkname.ts';

const goroot = peerGoroot();

test.skipIf(goroot === undefined)('the closed linknames are GOROOT’s', () => {
  const text = readFileSync(`${goroot}/src/cmd/link/internal/loader/loader.go`, 'utf8');
  const body = /^var blockedLinknames = [^]*?^}/m.exec(text)![0];
  const rows = [...body.matchAll(/^\t"(.*?)":\s*\{(.*?)\},/gm)].map(
    ([, name, list]) => [name!, [...list!.matchAll(/"(.*?)"/g)].map((match) => match[1]!)] as const,
  );
  expect(rows.length).toBeGreaterThan(50);
  expect([...blockedLinknames]).toEqual(rows);
});
