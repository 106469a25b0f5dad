/** `go mod graph`. GOROOT: src/cmd/go/internal/modcmd/graph.go. */
import { formatModule } from '@go-ts/modfetch/version/module';
import { makeModLoader } from '../../cfg/modules.ts';
import { loadModGraph } from '../../modload/modgraph.ts';
import { Failure } from '../../report/failure.ts';
import { print } from '../../report/output.ts';
import { type Context } from '../commands.ts';
import { checkGoFlag } from './goflag.ts';

export async function runModGraph(context: Context): Promise<number> {
  const { values, args } = context.line;
  if (args.length > 0) throw new Failure("go: 'go mod graph' accepts no arguments");
  const ml = await makeModLoader(context, { root: 'need' });
  const go = checkGoFlag(values['go'] as string, 'go', ml);
  const mg = await loadModGraph(ml, go);
  const lines: string[] = [];
  mg.g.walk((m) => {
    for (const r of mg.requiredBy(m) ?? []) lines.push(`${formatModule(m)} ${formatModule(r)}\n`);
  });
  print(lines.join(''));
  return 0;
}
