/**
 * What tidy says when an older Go would take packages from other versions than this one.
 * GOROOT: src/cmd/go/internal/modload/load.go (checkTidyCompatibility).
 */
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import { type Requirements } from '@go-ts/modfetch/graph/requirements';
import { previousGo } from '@go-ts/modfetch/version/gover';
import { formatModule, type ModuleVersion, sameModule } from '@go-ts/modfetch/version/module';
import { printError } from '../report/output.ts';
import { ImportMissingError } from './errors.ts';
import { findPackage } from './import.ts';
import { type LoadPackage, type PackageLoader } from './load.ts';

interface Mismatch {
  readonly mod: ModuleVersion | undefined;
  readonly error: Error | undefined;
}

export async function checkTidyCompatibility(
  loader: PackageLoader,
  rs: Requirements,
  compat: string,
): Promise<void> {
  const { ml } = loader;
  const { mg, error } = await rs.graph();
  if (error !== undefined) {
    loader.error(new Error(`error loading go ${compat} module graph: ${error.message}`));
    suggestFixes(loader, rs, compat, { upgrade: false, eFlag: false });
    ml.exitIfErrors();
    return;
  }
  const pkgs = loader.pkgs.filter((pkg) => pkg.mod !== undefined || pkg.error !== undefined);
  const mismatches = new Map<LoadPackage, Mismatch>();
  await mapLimited(pkgs, lanes, async (pkg) => {
    let mod: ModuleVersion | undefined;
    let failure: Error | undefined;
    try {
      ({ mod } = await findPackage(ml, pkg.path, rs, { mg, skipModFile: loader.skipModFiles }));
    } catch (thrown) {
      failure = thrown as Error;
    }
    const isSame =
      mod === undefined || pkg.mod === undefined ? mod === pkg.mod : sameModule(mod, pkg.mod);
    if (!isSame) mismatches.set(pkg, { mod, error: failure });
  });
  if (mismatches.size === 0) return;
  const isInconsistent = loader.requirements.roots.some((m) => mg.selected(m.path) !== m.version);
  let upgrade = false;
  let eFlag = false;
  for (const pkg of loader.pkgs) {
    const found = mismatches.get(pkg);
    if (found === undefined || pkg.testOf !== undefined) continue;
    const from = pkg.mod === undefined ? '' : formatModule(pkg.mod);
    if (found.error !== undefined) {
      const where = `${pkg.stackText} loaded from ${from},\n\tbut go ${compat} would fail to locate it`;
      const selected = `${pkg.mod?.path}@${mg.selected(pkg.mod?.path ?? '')}`;
      const text =
        found.error instanceof ImportMissingError
          ? `${where} in ${selected}`
          : `${where}:\n\t${found.error.message}`;
      loader.error(new Error(text));
      eFlag = true;
      upgrade ||= isInconsistent;
    } else if (pkg.error !== undefined) {
      upgrade = true;
      loader.error(
        new Error(
          `${pkg.path} failed to load from any module,\n\tbut go ${compat} would load it from ${formatModule(found.mod!)}`,
        ),
      );
    } else {
      upgrade = true;
      loader.error(
        new Error(
          `${pkg.stackText} loaded from ${from},\n\tbut go ${compat} would select ${found.mod?.version}\n`,
        ),
      );
    }
  }
  suggestFixes(loader, rs, compat, { upgrade, eFlag });
  ml.exitIfErrors();
}

function suggestFixes(
  loader: PackageLoader,
  rs: Requirements,
  compat: string,
  { upgrade, eFlag }: { readonly upgrade: boolean; readonly eFlag: boolean },
): void {
  // Whoever passes -e knows.
  if (loader.params.allowErrors === true) return;
  const { goVersion } = rs;
  const lines = [''];
  const goFlag = goVersion === loader.ml.mainGoVersion ? '' : ` -go=${goVersion}`;
  const compatFlag = compat === previousGo(goVersion) ? '' : ` -compat=${compat}`;
  if (upgrade) {
    const what = eFlag ? ', leaving some packages unresolved' : '';
    const e = eFlag ? ' -e' : '';
    lines.push(
      `To upgrade to the versions selected by go ${compat}${what}:`,
      `\tgo mod tidy${e} -go=${compat} && go mod tidy${e} -go=${goVersion}${compatFlag}`,
    );
  } else if (eFlag) {
    lines.push(
      `To proceed despite packages unresolved in go ${compat}:`,
      `\tgo mod tidy -e${goFlag}${compatFlag}`,
    );
  }
  lines.push(
    `If reproducibility with go ${compat} is not needed:`,
    `\tgo mod tidy${goFlag} -compat=${goVersion}`,
    "For information about 'go mod tidy' compatibility, see:",
    '\thttps://go.dev/ref/mod#graph-pruning',
  );
  printError(lines.map((line) => `${line}\n`).join(''));
}
