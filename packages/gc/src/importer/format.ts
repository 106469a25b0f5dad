/**
 * The one serialised form of a package: what travels between workers, into the cache and to importers.
 *
 * A *unit* is a header, four sections and a package record. A section is a list of elements, each
 * reached through a table of end offsets, so that nothing is decoded before somebody asks for it:
 *
 *     unit     = "gots" version:u32 (section offset:u32){4} meta offset:u32 sections meta
 *     section  = count:u32 (end offset, from the section's data:u32){count} data
 *
 * All other integers are varints (LEB128, signed ones zig-zag). References are 1-based element
 * numbers, 0 for none:
 *
 *     String   UTF-8 text, or bytes (constants), each once.
 *     Type     kind byte (+0x80 if it contains type parameters), parts: see TypeTag.
 *     Obj      kind byte, parts: see ObjTag. Own objects, and stubs that name those of other packages.
 *     Body     a function body, generic and typed: see body-format.ts.
 *
 * Type parameters are numbers: the position in the list of parameters of the enclosing object, where
 * those of an enclosing generic function come first, then those of the receiver's type, then its
 * own. A reader of canonical types therefore needs a list of type arguments and nothing else.
 *
 * An importer needs the unit of a package and those of the packages that its references name. They
 * are asked for by path, when they are needed, so a driver must be able to supply all dependencies,
 * not only direct imports. (gc copies what it re-exports instead; ours stay small.)
 *
 * What is known only after the package has been compiled (escape tags, inlining costs, whether there
 * is an init task) follows in a *summary* (summary.ts); declarations can be used without it.
 *
 *     export data = length of unit:u32 unit summary fingerprint:8 bytes
 *
 * The fingerprint is that of everything before it; importers' objects repeat it and the linker
 * compares (contract §2.7).
 */

export const UNIT_MAGIC = 'gots';
export const UNIT_VERSION = 1;

export const Section = { String: 0, Type: 1, Obj: 2, Body: 3 } as const;
export const SECTION_COUNT = 4;
/** Bytes before the first section: magic, version, section offsets, meta offset. */
export const UNIT_HEADER = 8 + 4 * SECTION_COUNT + 4;

export const TypeTag = {
  /** BasicKind of the checker (types/type.ts). */
  Basic: 1,
  /** Name of a type of the universe: byte, rune, any, error, comparable. */
  Universe: 2,
  /** Obj, arguments (those of enclosing functions first). */
  Named: 3,
  Pointer: 4,
  Slice: 5,
  /** Length, element. */
  Array: 6,
  /** Key, element. */
  Map: 7,
  /** Direction (1 receive, 2 send, 3 both), element. */
  Chan: 8,
  /** Flags (1 variadic), parameters and results as (name, type). */
  Func: 9,
  /** Explicit methods (name, package, signature), embedded types; flags (1 implicit). */
  Interface: 10,
  /** Fields: name, package ('' if exported), type, flags (1 embedded), tag. */
  Struct: 11,
  /** Number. */
  TypeParam: 12,
  /** Terms: flags (1 tilde), type. */
  Union: 13,
  /** As Named; what it stands for is in the Obj. */
  Alias: 14,
} as const;
export const OPEN_TYPE = 0x80;

export const ObjTag = {
  /** Package path, name: an object of another package. */
  Stub: 1,
  /** Name, position, type, value. */
  Const: 2,
  /** Name, position, flags, local index, number of implicits, parameters, right side, methods. */
  Type: 3,
  /** Name, position, type, flags, linker name. */
  Var: 4,
  /** Name, position, flags, pragma, linker name, receiver, parameters, signature, body. */
  Func: 5,
} as const;

export const TypeFlag = { Alias: 1, NotInHeap: 2 } as const;
/** Linkname: has any //go:linkname; Std: it was //go:linknamestd. */
export const VarFlag = { Linkname: 1, LinknameStd: 2 } as const;
export const FuncFlag = {
  Method: 1,
  PtrRecv: 2,
  HasBody: 4,
  Linkname: 8,
  LinknameStd: 16,
  /** The package initialiser: initialises variables. */
  PkgInit: 32,
  /** Variadic parameters and so on are in the signature; this one has no name in the scope. */
  Hidden: 64,
} as const;

/** How a constant's value is written. */
export const ConstTag = {
  False: 0,
  True: 1,
  /** Fits a safe integer: varint. */
  Int: 2,
  /** Sign byte, magnitude as little-endian bytes. */
  BigInt: 3,
  /** String reference: bytes as latin1 text. */
  String: 4,
  /** f64 */
  Float: 5,
  /** Numerator and denominator, each as in BigInt. */
  Rational: 6,
  /** Two constants. */
  Complex: 7,
  /** Mantissa as in BigInt, binary exponent. */
  BigFloat: 8,
} as const;
