export { BitSet } from './bitset.ts';
export {
  type Diagnostic,
  formatPosition,
  type Position,
  type RelatedPosition,
  type Severity,
  sortDiagnostics,
} from './diagnostic.ts';
export {
  assert,
  type InternalContext,
  InternalError,
  unreachable,
  withContext,
} from './internal-error.ts';
export { ToolError } from './tool-error.ts';
