import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { currentRelease } from '../src/release/release.ts';
import { defaultTarget, makeTarget, objectHeader, toolTags } from '../src/target/targets.ts';

const goroot = peerGoroot();

describe('targets', () => {
  test('object header', () => {
    expect(objectHeader(defaultTarget('darwin', 'arm64', currentRelease), currentRelease)).toBe(
      'go object darwin arm64 go1.27.4 GOARM64=v8.0 X:regabiwrappers,regabiargs,jsonv2,greenteagc,randomizedheapbase64,sizespecializedmalloc\n',
    );
  });

  test.each([
    ['linux', 'amd64', 'v5', '', 'invalid GOAMD64: must be v1, v2, v3, v4'],
    ['linux', 'amd64', '', 'nosuch', 'unknown GOEXPERIMENT such'],
    ['linux', 'amd64', '', 'such', 'unknown GOEXPERIMENT such'],
    ['plan9', 'amd64', '', '', 'unsupported GOOS/GOARCH pair plan9/amd64'],
    ['linux', 'toString', '', '', 'unsupported GOOS/GOARCH pair linux/toString'],
  ])('refuses %s/%s level %j experiments %j', (goos, goarch, level, goexperiment, message) => {
    expect(makeTarget({ goos, goarch, level, goexperiment }, currentRelease)).toBe(message);
  });

  test.each([
    ['linux', 'amd64', 'v3', ''],
    ['linux', 'arm64', 'v8.0,crypto', 'nogreenteagc,arenas'],
    ['darwin', 'arm64', 'v9.2', 'none'],
    ['windows', 'amd64', '', 'nojsonv2'],
  ])('tags of %s/%s %j %j', { skip: goroot === undefined }, (goos, goarch, level, goexperiment) => {
    const target = makeTarget({ goos, goarch, level, goexperiment }, currentRelease);
    if (typeof target === 'string') throw new Error(target);
    const env: Record<string, string> = { GOOS: goos, GOARCH: goarch, GOEXPERIMENT: goexperiment };
    if (level !== '') env[target.arch.levelVariable] = level;
    const run = spawnSync(
      `${goroot}/bin/go`,
      ['list', '-f', '{{range context.ToolTags}}{{.}} {{end}}', 'unsafe'],
      { encoding: 'utf8', env: peerEnv(env), timeout: 60_000 },
    );
    expect(run.stdout.trim().split(' ')).toEqual(toolTags(target));
  });
});
