/** The compiler of one package: sources and export data of imports in, an archive out. */
export { compilePackage } from './compile.ts';
export { type CompileInput, type CompileResult, type SourceFile } from './options.ts';
