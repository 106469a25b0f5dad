/** Packages, as the checker sees them: a path, a name, and a scope of declared objects. */
import type { PosTable } from '../syntax/pos.ts';
import { Scope, universe } from './scope.ts';

export class Package {
  readonly path: string;
  /** '' until the first file has said. */
  name: string;
  readonly scope: Scope;
  /** Directly imported packages, in the order of their import declarations. */
  imports: Package[] = [];
  /** All exported objects are there. */
  complete = false;
  /** Stands for a package that could not be imported: names that it lacks are not reported. */
  fake = false;
  /** `-lang` of the package, '' if unknown. */
  goVersion = '';
  /** What positions of its objects mean; null for packages without any. */
  readonly positions: PosTable | null;

  constructor(
    path: string,
    name: string,
    positions: PosTable | null = null,
    outer: Scope = universe,
  ) {
    this.path = path;
    this.name = name;
    this.positions = positions;
    this.scope = new Scope(outer);
  }
}
