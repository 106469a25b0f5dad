/**
 * `go vet` and `go fix` check types against export data in upstream's unified format, which this
 * toolchain does not write (docs/roadmap.md); so they are refused, and say why.
 */
import { Failure } from '../report/failure.ts';

export function runVet(): never {
  throw new Failure(
    "go: vet needs its packages' export data in a form that this toolchain does not write yet",
  );
}

export function runFix(): never {
  throw new Failure(
    "go: fix needs its packages' export data in a form that this toolchain does not write yet",
  );
}
