export { link, type LinkResult } from './link.ts';
export { type LinkOptions, type PackageFile } from './options.ts';
