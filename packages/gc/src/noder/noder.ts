/**
 * The compiler's front end: the sources of a package to a checked package, or to errors.
 *
 * Parses every file, checks types, then what is no matter of types: directives, and restrictions of this
 * implementation. Each step runs only if the ones before found nothing that it would stumble over, so
 * that users see the errors that upstream shows them, and in its order.
 *
 * GOROOT: src/cmd/compile/internal/noder/{noder,irgen,unified,writer}.go.
 */
import type { Diagnostic } from '@go-ts/base';
import { ErrorReporter } from '../report.ts';
import type { Names } from '../syntax/names.ts';
import type { File, NodeIds } from '../syntax/nodes.ts';
import { newParseContext, parseFile } from '../syntax/parse.ts';
import type { PosTable } from '../syntax/pos.ts';
import type { DirectiveOptions } from '../syntax/pragma.ts';
import { checkPackage, type CheckResult, type Importer } from '../types/check.ts';
import type { Sizes } from '../types/sizes.ts';
import { Version, versionString } from '../types/version.ts';
import { checkDirectives } from './directives.ts';
import { checkInterfaceCycles } from './ifacecycle.ts';
import { type ImportPathOptions, PathResolver } from './importpath.ts';
import { checkDeclaredTypes, checkTypeArguments } from './notinheap.ts';
import { checkTypeSizes } from './typesize.ts';

export interface SourceFile {
  /** As diagnostics show it. */
  readonly name: string;
  readonly src: Uint8Array;
}

export interface NoderOptions extends ImportPathOptions {
  readonly importer: Importer;
  readonly sizes: Sizes;
  /** `-lang`; '' for the newest. */
  readonly lang: string;
  /** `-complete` */
  readonly complete: boolean;
  /** `-e`: go on after ten errors. */
  readonly unlimited: boolean;
  readonly directives: DirectiveOptions;
  /** Spellings shared with other packages of the same worker. */
  readonly names?: Names;
}

export interface NodedPackage {
  readonly files: readonly File[];
  readonly positions: PosTable;
  readonly ids: NodeIds;
  /** null if it did not come to checking types. */
  readonly checked: CheckResult | null;
  /** In the order to show them; if there are any, the package cannot be compiled. */
  readonly diagnostics: readonly Diagnostic[];
}

export function loadPackage(sources: readonly SourceFile[], options: NoderOptions): NodedPackage {
  const { directives, names } = options;
  const context = newParseContext(names === undefined ? { directives } : { directives, names });
  const { table: positions, ids } = context;
  const reporter = new ErrorReporter(positions, options);
  const files: File[] = [];
  let isComplete = true;
  for (const { name, src } of sources) {
    const { file, errors } = parseFile(context, name, src);
    for (const { pos, msg } of errors) reporter.report(pos, 'Syntax', msg);
    if (file === null) {
      isComplete = false;
      break;
    }
    files.push(file);
  }
  // Wrong labels and directives do not keep the types from being checked.
  const isParsed = isComplete && reporter.syntaxErrors === 0 && !reporter.isFull;
  const checked = isParsed ? checkTypes(files, options, { positions, ids }, reporter) : null;
  return { files, positions, ids, checked, diagnostics: reporter.diagnostics() };
}

function checkTypes(
  files: readonly File[],
  options: NoderOptions,
  where: { readonly positions: PosTable; readonly ids: NodeIds },
  reporter: ErrorReporter,
): CheckResult {
  const { path, sizes } = options;
  const importer = new PathResolver(options.importer, options);
  const lang = options.lang === '' ? versionString(Version.current) : options.lang;
  const checked = checkPackage(
    { importer, goVersion: lang, sizes, ignoreBranchErrors: true, versionHints: true },
    { path, files, ...where },
  );
  for (const { pos, code, msg } of checked.errors) reporter.report(pos, code, msg);
  const { complete } = options;
  const report = reporter.report.bind(reporter);
  const steps = [
    () => checkInterfaceCycles(files, checked, report),
    () => checkTypeArguments(files, checked, report),
    () => checkDeclaredTypes(files, checked, report),
    () => checkDirectives(files, { checked, lang, complete, report }),
    () => checkTypeSizes(files, checked, sizes, report),
  ];
  for (const step of steps) if (reporter.count === 0) step();
  return checked;
}
