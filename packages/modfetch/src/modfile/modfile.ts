/**
 * go.mod as directives: each with its values and the line that it was read from.
 *
 * Arrays hold only what is there: whoever drops a directive takes it out of the array and removes
 * its line. Lines go when `cleanUpFile` is called.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/rule.go.
 */
import { type ModuleVersion } from '../version/module.ts';
import { formatSyntax } from './print.ts';
import { cleanUp, type FileSyntax, type Line, newSyntax } from './syntax.ts';

export interface ModuleDirective {
  path: string;
  /** Why nobody should use the module any more; '' if all is well. */
  readonly deprecated: string;
  readonly line: Line;
}

export interface GoDirective {
  version: string;
  readonly line: Line;
}

export interface ToolchainDirective {
  name: string;
  readonly line: Line;
}

export interface Godebug {
  readonly key: string;
  value: string;
  readonly line: Line;
}

export interface Require {
  mod: ModuleVersion;
  /** Has `// indirect`. */
  indirect: boolean;
  line: Line;
}

export interface Exclude {
  readonly mod: ModuleVersion;
  readonly line: Line;
}

export interface Replace {
  readonly old: ModuleVersion;
  to: ModuleVersion;
  readonly line: Line;
}

/** Both ends included. */
export interface VersionInterval {
  readonly low: string;
  readonly high: string;
}

export interface Retract extends VersionInterval {
  readonly rationale: string;
  readonly line: Line;
}

/** A tool or ignore directive, or one folder of go.work. */
export interface PathDirective {
  readonly path: string;
  readonly line: Line;
}

export interface ModFile {
  readonly syntax: FileSyntax;
  module: ModuleDirective | undefined;
  go: GoDirective | undefined;
  toolchain: ToolchainDirective | undefined;
  godebug: Godebug[];
  require: Require[];
  exclude: Exclude[];
  replace: Replace[];
  retract: Retract[];
  tool: PathDirective[];
  ignore: PathDirective[];
}

export interface WorkFile {
  readonly syntax: FileSyntax;
  go: GoDirective | undefined;
  toolchain: ToolchainDirective | undefined;
  godebug: Godebug[];
  use: PathDirective[];
  replace: Replace[];
}

export function newModFile(syntax: FileSyntax = newSyntax('go.mod')): ModFile {
  return {
    syntax,
    module: undefined,
    go: undefined,
    toolchain: undefined,
    godebug: [],
    require: [],
    exclude: [],
    replace: [],
    retract: [],
    tool: [],
    ignore: [],
  };
}

export function newWorkFile(syntax: FileSyntax = newSyntax('go.work')): WorkFile {
  return { syntax, go: undefined, toolchain: undefined, godebug: [], use: [], replace: [] };
}

export function cleanUpFile(file: ModFile | WorkFile): void {
  cleanUp(file.syntax);
}

export function formatModFile(file: ModFile | WorkFile): string {
  return formatSyntax(file.syntax);
}
