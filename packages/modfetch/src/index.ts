export { ModuleError } from './error.ts';
export { lockFile, type Lock } from './fetch/lock.ts';
export { bringModule, type ModuleEvents, type ModuleRequest } from './fetch/module.ts';
