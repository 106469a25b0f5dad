export {
  assemble,
  type AssembleOptions,
  type AssembleResult,
  symABIs,
  type SymABIsResult,
} from './assemble.ts';
export { assembleFunction } from './assemble-function.ts';
export { defineFunction } from './define-function.ts';
export { formatFunction, formatProg } from './list.ts';
