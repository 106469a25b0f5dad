/** `-overlay`: the rules of FileTree, and commands beside the official ones. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { FileTree, parseOverlay } from '../src/fsys/fsys.ts';
import { makeFolder, official, ours } from './command.ts';

describe('FileTree', () => {
  const dir = makeFolder({ 'disk/a.go': 'a', 'disk/sub/b.go': 'b', 'new.txt': 'new' });
  const at = (name: string): string => join(dir, name);
  const tree = new FileTree(
    parseOverlay(
      JSON.stringify({
        Replace: {
          [at('disk/a.go')]: at('new.txt'),
          [at('disk/sub/b.go')]: '',
          [at('disk/added/deep/c.go')]: at('new.txt'),
          [at('gone')]: '',
        },
      }),
    ),
  );

  test('replaced, hidden and added files', () => {
    expect(tree.readText(at('disk/a.go'))).toBe('new');
    expect(tree.exists(at('disk/sub/b.go'))).toBe(false);
    expect(tree.readText(at('disk/added/deep/c.go'))).toBe('new');
    expect(() => tree.readFile(at('disk/sub/b.go'))).toThrow(/ENOENT/);
  });

  test('folders exist above added files, and list what the overlay says', () => {
    expect(tree.isFolder(at('disk/added'))).toBe(true);
    expect(tree.readFolder(at('disk/added')).map((e) => [e.name, e.isDirectory()])).toEqual([
      ['deep', true],
    ]);
    const names = tree.readFolder(at('disk')).map((e) => e.name);
    expect(names.sort()).toEqual(['a.go', 'added', 'sub']);
    expect(tree.readFolder(at('disk/sub'))).toEqual([]);
  });

  test('a file in the place of a folder hides what is below', () => {
    const other = new FileTree(new Map([[at('disk'), at('new.txt')]]));
    expect(other.isFile(at('disk'))).toBe(true);
    expect(other.exists(at('disk/a.go'))).toBe(false);
  });

  test.each([
    [{ '': 'x' }, 'empty string key'],
    [{ '/a': '/x', '/a/../a': '/y' }, 'duplicate paths'],
    [{ '/a': '/x', '/a/b': '/y' }, 'inconsistent files /a and /a/b'],
  ])('refuses %j', (replace, message) => {
    expect(() => parseOverlay(JSON.stringify({ Replace: replace }))).toThrow(message);
  });
});

describe.skipIf(peerGoroot() === undefined)('beside the official command', () => {
  const dir = makeFolder({
    'm/go.mod': 'module old.example/m\n',
    'm/main.go': 'package main\n\nimport _ "old.example/m/none"\n\nfunc main() {}\n',
    'm/gone.go': 'package other\n',
    'm/data/x.txt': 'x',
    'o/go.mod': 'module example.com/m\n\ngo 1.27\n',
    'o/main.go':
      'package main\n\nimport (\n\t_ "embed"\n\n\t_ "example.com/m/added"\n)\n\n//go:embed data\nvar s string\n\nfunc main() {}\n',
    'o/added.go': 'package added\n',
    'o/added_test.go': 'package added\n\nimport "testing"\n\nfunc TestX(t *testing.T) {}\n',
    'o/y.txt': 'y',
  });
  writeFileSync(
    join(dir, 'm/overlay.json'),
    JSON.stringify({
      Replace: {
        'go.mod': '../o/go.mod',
        'main.go': '../o/main.go',
        'gone.go': '',
        'added/added.go': '../o/added.go',
        'added/added_test.go': '../o/added_test.go',
        'data/y.txt': '../o/y.txt',
        'data/x.txt': '',
      },
    }),
  );
  const where = { cwd: join(dir, 'm') };

  test.each([
    [['list', '-overlay=overlay.json', './...']],
    [['list', '-overlay=overlay.json', '-m']],
    [
      [
        'list',
        '-overlay=overlay.json',
        '-f={{.GoFiles}} {{.EmbedFiles}} {{.TestGoFiles}}',
        './...',
      ],
    ],
    [['list', '-overlay=overlay.json', '-deps', '-test', '-f={{.ImportPath}}', './added']],
    [['mod', 'graph', '-overlay=overlay.json']],
    [['mod', 'tidy', '-overlay=overlay.json']],
    [['get', '-overlay=overlay.json', '-tool', 'example.com/m']],
    [['get', '-mod=readonly', '-overlay=overlay.json', 'example.com/m@none']],
    [['list', '-overlay=absent.json', '.']],
    [['list', '.']],
  ])('go %j', (args) => {
    expect(ours(args, where)).toEqual(official(args, where));
  });

  test('a file of the module cache may not be replaced', () => {
    const cache = mkdtempSync(join(tmpdir(), 'cmd-go-cache-'));
    mkdirSync(join(cache, 'a'));
    const file = join(dir, 'bad.json');
    writeFileSync(file, JSON.stringify({ Replace: { [join(cache, 'a/b.go')]: '' } }));
    const env = { GOMODCACHE: cache };
    const args = ['list', `-overlay=${file}`, '.'];
    expect(ours(args, { ...where, env })).toEqual(official(args, { ...where, env }));
  });
});
