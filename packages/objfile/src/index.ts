export {
  type Member,
  readArchive,
  readObjMember,
  writeArchive,
  writeAsmMember,
  writeObjMember,
  writePkgDef,
} from './archive.ts';
export {
  type ObjectOptions,
  ObjectBuilder,
  ObjFunc,
  type ObjInlCall,
  ObjReloc,
  ObjSym,
} from './builder.ts';
export { ByteReader, ByteWriter } from './bytes.ts';
