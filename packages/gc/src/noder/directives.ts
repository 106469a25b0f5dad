/**
 * Directives against the declarations they stand at.
 *
 * The parser has given each declaration what stands before it; only when all types are known is it said
 * what is misplaced, and whether functions without bodies, linknames and embeds are right.
 * GOROOT: src/cmd/compile/internal/noder/{writer,noder}.go.
 */
import { type Decl, type File, type FuncDecl, NodeKind, type VarDecl } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import {
  filePragmas,
  funcPragmas,
  type Linkname,
  misplaced,
  type Pragma,
  PragmaFlag,
} from '../syntax/pragma.ts';
import { walk } from '../syntax/walk.ts';
import type { CheckResult } from '../types/check.ts';
import { type Obj, ObjKind } from '../types/object.ts';
import { parseVersion, Version } from '../types/version.ts';

/** The code of all these errors. */
const directive = 'Directive';

export interface DirectiveContext {
  readonly checked: CheckResult;
  /** `-lang` */
  readonly lang: string;
  /** Every function must have a body (`-complete`). */
  readonly complete: boolean;
  report(pos: Pos, code: string, msg: string): void;
}

export function checkDirectives(files: readonly File[], context: DirectiveContext): void {
  const linknamed = new Set<Obj>();
  for (const file of files) {
    complain(context, file.pragma, filePragmas, false);
    const imported = importedPaths(file);
    declarations(file, (d, withinFunc) => {
      switch (d.kind) {
        case NodeKind.FuncDecl:
          complain(context, d.pragma, funcPragmas, false);
          break;
        case NodeKind.VarDecl:
          complain(context, d.pragma, 0, true);
          checkEmbed(context, d, imported.has('embed'), withinFunc);
          break;
        default:
          complain(context, d.pragma, 0, false);
      }
    });
    for (const l of file.linknames) {
      const obj = checkLinkname(context, l, imported.has('unsafe'));
      if (obj === null) continue;
      if (linknamed.has(obj)) {
        context.report(l.pos, directive, `duplicate //${verbOf(l)} for ${l.local}`);
      }
      linknamed.add(obj);
    }
  }
  for (const file of files) {
    for (const d of file.decls) {
      if (d.kind === NodeKind.FuncDecl && d.name.value !== '_') {
        checkFunc(context, d, linknamed);
      }
    }
  }
}

function complain(
  context: DirectiveContext,
  pragma: Pragma | null,
  flags: number,
  embed: boolean,
): void {
  const wrong = misplaced(pragma, { flags, embed });
  for (const { pos, msg } of wrong) context.report(pos, directive, msg);
}

function importedPaths(file: File): Set<string> {
  const paths = new Set<string>();
  for (const d of file.decls) {
    if (d.kind === NodeKind.ImportDecl && d.path !== null) paths.add(d.path.value.slice(1, -1));
  }
  return paths;
}

/** Declarations anywhere in the file. */
function declarations(file: File, visit: (d: Decl, withinFunc: boolean) => void): void {
  let blocks = 0;
  walk(
    file,
    (n) => {
      if (n.kind === NodeKind.BlockStmt) blocks++;
      else if (n.kind >= NodeKind.ImportDecl && n.kind <= NodeKind.FuncDecl) {
        visit(n as Decl, blocks > 0);
      }
      return true;
    },
    (n) => {
      if (n.kind === NodeKind.BlockStmt) blocks--;
    },
  );
}

function checkEmbed(
  context: DirectiveContext,
  d: VarDecl,
  importsEmbed: boolean,
  withinFunc: boolean,
): void {
  const first = d.pragma?.embeds[0];
  if (first === undefined) return;
  const wrong = embedError(context, d, importsEmbed, withinFunc);
  if (wrong !== '') context.report(first.pos, directive, wrong);
}

function embedError(
  context: DirectiveContext,
  d: VarDecl,
  importsEmbed: boolean,
  withinFunc: boolean,
): string {
  if (!importsEmbed) {
    return 'go:embed requires import "embed" (or import _ "embed", if package is not used)';
  }
  if (d.names.length > 1) return 'go:embed cannot apply to multiple vars';
  if (d.values !== null) return 'go:embed cannot apply to var with initializer';
  if (d.type === null) return 'go:embed cannot apply to var without type';
  if (withinFunc) return 'go:embed cannot apply to var inside func';
  if (!allows(context.lang, 16)) {
    return `go:embed requires go1.16 or later (-lang was set to ${context.lang}; check go.mod)`;
  }
  return '';
}

function allows(lang: string, minor: number): boolean {
  const version = parseVersion(lang);
  return version === Version.none || version >= minor;
}

function verbOf(l: Linkname): string {
  return l.std ? 'go:linknamestd' : 'go:linkname';
}

/** What a linkname is for; null if it is wrong. */
function checkLinkname(context: DirectiveContext, l: Linkname, importsUnsafe: boolean): Obj | null {
  const verb = verbOf(l);
  if (!importsUnsafe) {
    context.report(l.pos, directive, `//${verb} only allowed in Go files that import "unsafe"`);
    return null;
  }
  if (l.remote.includes('[') && l.remote.includes(']')) {
    context.report(l.pos, directive, `//${verb} reference of an instantiation is not allowed`);
    return null;
  }
  const obj = context.checked.pkg.scope.lookup(l.local);
  if (obj?.kind === ObjKind.Func || obj?.kind === ObjKind.Var) return obj;
  if (allows(context.lang, 18)) {
    context.report(l.pos, directive, `//${verb} must refer to declared function or variable`);
  }
  return null;
}

function checkFunc(context: DirectiveContext, d: FuncDecl, linknamed: ReadonlySet<Obj>): void {
  const flags = d.pragma?.flags ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (has(PragmaFlag.Systemstack) && has(PragmaFlag.Nosplit)) {
    context.report(d.pos, directive, 'go:nosplit and go:systemstack cannot be combined');
  }
  const wasmImport = d.pragma?.wasmImport ?? null;
  if (d.body === null) {
    if (!context.complete && d.name.value !== 'init') return;
    const obj = context.checked.info.defs[d.name.id] ?? null;
    const elsewhere = (obj !== null && linknamed.has(obj)) || wasmImport !== null;
    if (!elsewhere) context.report(d.pos, directive, 'missing function body');
    return;
  }
  if (has(PragmaFlag.Noescape)) {
    context.report(
      d.pos,
      directive,
      'can only use //go:noescape with external func implementations',
    );
  }
  if (wasmImport !== null) {
    context.report(
      d.pos,
      directive,
      'can only use //go:wasmimport with external func implementations',
    );
  }
  // The stack cannot grow while an argument may be a pointer that nobody knows of.
  const keepsAlive = has(PragmaFlag.UintptrKeepAlive) && !has(PragmaFlag.UintptrEscapes);
  if (keepsAlive && !has(PragmaFlag.Nosplit)) {
    context.report(d.pos, directive, 'go:uintptrkeepalive requires go:nosplit');
  }
}
