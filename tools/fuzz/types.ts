/** The Go types that random programs use, and what their variables are. */
export interface GoType {
  readonly name: string;
  readonly kind:
    | 'int'
    | 'uint'
    | 'float'
    | 'bool'
    | 'string'
    | 'array'
    | 'slice'
    | 'struct'
    | 'ptr';
  readonly bits: number;
  readonly elem: GoType | null;
  readonly len: number;
}

export function scalar(name: string, kind: GoType['kind'], bits: number): GoType {
  return { name, kind, bits, elem: null, len: 0 };
}

export const ints = [
  scalar('int', 'int', 64),
  scalar('int8', 'int', 8),
  scalar('int16', 'int', 16),
  scalar('int32', 'int', 32),
  scalar('int64', 'int', 64),
  scalar('uint', 'uint', 64),
  scalar('uint8', 'uint', 8),
  scalar('uint16', 'uint', 16),
  scalar('uint32', 'uint', 32),
  scalar('uint64', 'uint', 64),
];
export const int = ints[0]!;
export const uint8 = ints[6]!;
export const uint64 = ints[9]!;
export const floats = [scalar('float64', 'float', 64), scalar('float32', 'float', 32)];
export const bool = scalar('bool', 'bool', 8);
export const string = scalar('string', 'string', 0);

export function arrayOf(elem: GoType, len: number): GoType {
  return { name: `[${len}]${elem.name}`, kind: 'array', bits: 0, elem, len };
}

export function sliceOf(elem: GoType): GoType {
  return { name: `[]${elem.name}`, kind: 'slice', bits: 0, elem, len: 0 };
}

export function pointerTo(elem: GoType): GoType {
  return { name: `*${elem.name}`, kind: 'ptr', bits: 0, elem, len: 0 };
}

export interface StructType extends GoType {
  readonly fields: readonly { readonly name: string; readonly type: GoType }[];
}

export interface Variable {
  readonly name: string;
  readonly type: GoType;
  readonly isConst: boolean;
}
