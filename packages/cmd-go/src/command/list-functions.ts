/**
 * What `go list -f` templates can call besides the functions of every template.
 * GOROOT: src/cmd/go/internal/list/{list,context}.go.
 */
import { releaseTags } from '@go-ts/runtime/release/release';
import { toolTags } from '@go-ts/runtime/target/targets';
import { type BuildConfig } from '../cfg/build.ts';
import { type Functions } from '../template/execute.ts';
import { CallError } from '../template/functions.ts';
import { isList, show, Struct } from '../template/value.ts';
import { moduleData } from './list-modules.ts';

export function listFunctions(config: BuildConfig): Functions {
  return {
    join: ([list, separator]) => {
      if (!isList(list)) throw new CallError('wrong type for value; expected []string');
      return list.map(show).join(show(separator));
    },
    context: () => buildContext(config),
    module: ([path]) => {
      const info = config.modules?.infos.get(show(path));
      return info === undefined ? undefined : moduleData(info);
    },
  };
}

function buildContext({ settings, target, goroot, context, flags }: BuildConfig): Struct {
  return new Struct('*list.Context', {
    GOARCH: target.goarch,
    GOOS: target.goos,
    GOROOT: goroot.dir,
    GOPATH: settings.get('GOPATH'),
    CgoEnabled: context.cgoEnabled,
    UseAllFiles: false,
    Compiler: 'gc',
    BuildTags: [...flags.tags],
    ToolTags: toolTags(target),
    ReleaseTags: releaseTags(goroot.release),
    InstallSuffix: '',
  });
}
