/** Hidden classes of syntax nodes: few at every hot `n.kind` (nodes.ts). */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { type Node, NodeKind, nodeKindNames } from '../src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { walk } from '../src/syntax/walk.ts';

setFlagsFromString('--allow-natives-syntax');
// oxlint-disable-next-line typescript/no-implied-eval -- the syntax of natives is none of TypeScript
const sameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;

const goroot = peerGoroot();

describe.skipIf(goroot === undefined)('syntax nodes', () => {
  const nodes: Node[] = [];
  for (const name of ['src/runtime/proc.go', 'src/go/types/infer.go', 'src/net/http/server.go']) {
    const { file } = parseFile(newParseContext({}), name, readFileSync(`${goroot}/${name}`));
    walk(file!, (n) => nodes.push(n) > 0);
  }

  /** One node of each hidden class among those of some kinds, by the name of its kind. */
  function shapes(first: number, last: number): string[] {
    const found: Node[] = [];
    for (const n of nodes) {
      if (n.kind < first || n.kind > last) continue;
      if (!found.some((other) => sameShape(n, other))) found.push(n);
    }
    return found.map((n) => nodeKindNames[n.kind]!);
  }

  test('expressions have three hidden classes, statements two, declarations one', () => {
    expect(shapes(NodeKind.BadExpr, NodeKind.ChanType)).toHaveLength(3);
    expect(shapes(NodeKind.EmptyStmt, NodeKind.CommClause)).toHaveLength(2);
    expect(shapes(NodeKind.ImportDecl, NodeKind.FuncDecl)).toHaveLength(1);
    expect(shapes(NodeKind.Field, NodeKind.Field)).toHaveLength(1);
  });
});
