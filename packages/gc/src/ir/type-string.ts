/**
 * The texts by which types are known outside one table.
 *
 * The *link string* names a type in symbol names and between workers: package paths (escaped), the
 * index of local types, `Name = T` for embedded fields renamed through an alias. Two types are
 * identical exactly if their link strings are equal. The *reflect string* is what programs see:
 * package names, no local index. The *user string* (messages) leaves out the package that is being
 * compiled.
 *
 * A type that contains itself without any name in between (through an alias) prints `@offset`, the
 * place in the text where it began.
 *
 * GOROOT: src/cmd/compile/internal/types/fmt.go (spelling), src/cmd/internal/objabi/path.go
 * (escapes); contract §3.3, §5.4.
 */
import { quoteBytes } from '../constant/format.ts';
import { type Field, Kind, type Type, type TypeName } from './type.ts';

const LINK = 0;
const REFLECT = 1;
const USER = 2;
type Mode = typeof LINK | typeof REFLECT | typeof USER;

/** Name of the type in symbols; cached in the type. */
export function linkString(t: Type): string {
  if (t.linkString === '') t.linkString = new Printer(LINK, '').print(t);
  return t.linkString;
}

/** What reflection calls the type, without the leading `*` that descriptors may store. */
export function reflectString(t: Type): string {
  return new Printer(REFLECT, '').print(t);
}

/** What a message about code in package `local` calls the type. */
export function userString(t: Type, local: string): string {
  return new Printer(USER, local).print(t);
}

/** The symbol of the type's descriptor. */
export function typeSymbolName(t: Type): string {
  return t.noAlg ? `type:noalg.${linkString(t)}` : `type:${linkString(t)}`;
}

/**
 * An import path as it stands in symbol names: control characters, `%`, `"`, non-ASCII bytes, and
 * dots after the last slash are escaped.
 */
export function symbolPrefix(path: string): string {
  let plain = true;
  const lastSlash = path.lastIndexOf('/');
  for (let i = 0; i < path.length; i++) {
    if (needsEscape(path.charCodeAt(i), i > lastSlash)) plain = false;
  }
  if (plain) return path;
  const bytes = new TextEncoder().encode(path);
  let slash = bytes.length - 1;
  while (slash >= 0 && bytes[slash] !== 0x2f) slash--;
  let s = '';
  bytes.forEach((c, i) => {
    s += needsEscape(c, i > slash) ? `%${c.toString(16).padStart(2, '0')}` : String.fromCharCode(c);
  });
  return s;
}

function needsEscape(c: number, afterSlash: boolean): boolean {
  return c <= 0x20 || (c === 0x2e && afterSlash) || c === 0x25 || c === 0x22 || c >= 0x7f;
}

/** Name of a defined type with its arguments, without package: `M[string,int]·2`. */
export function typeNameText(name: TypeName, implicits = 0): string {
  const args = typeArgsText(name.typeArgs, implicits);
  return name.localIndex > 0 ? `${name.name}${args}·${name.localIndex}` : `${name.name}${args}`;
}

/** `[string,p.T]`, or nothing; `;` follows the arguments of enclosing functions. */
export function typeArgsText(args: readonly Type[], implicits = 0): string {
  if (args.length === 0) return '';
  let s = '[';
  args.forEach((t, i) => {
    if (i > 0) s += i === implicits ? ';' : ',';
    s += linkString(t);
  });
  return `${s}]`;
}

class Printer {
  readonly #mode: Mode;
  readonly #local: string;
  #text = '';
  /** Types being printed, with where their text starts. */
  readonly #open = new Map<Type, number>();

  constructor(mode: Mode, local: string) {
    this.#mode = mode;
    this.#local = local;
  }

  print(t: Type): string {
    this.#type(t);
    return this.#text;
  }

  #type(t: Type): void {
    if (t.name !== null) {
      this.#name(t.name);
      return;
    }
    const offset = this.#open.get(t);
    if (offset !== undefined) {
      this.#text += `@${offset}`;
      return;
    }
    this.#open.set(t, this.#text.length);
    this.#literal(t);
    this.#open.delete(t);
  }

  #name(n: TypeName): void {
    if (n.pkgPath !== '') {
      if (this.#mode === LINK) this.#text += `${symbolPrefix(n.pkgPath)}.`;
      else if (this.#mode === REFLECT || n.pkgPath !== this.#local) this.#text += `${n.pkgName}.`;
    }
    this.#text += n.name + typeArgsText(n.typeArgs, n.implicits ?? 0);
    if (this.#mode === LINK && n.localIndex > 0) this.#text += `·${n.localIndex}`;
  }

  #literal(t: Type): void {
    switch (t.kind) {
      case Kind.Pointer:
        this.#text += '*';
        this.#type(t.elem!);
        return;
      case Kind.Slice:
        this.#text += '[]';
        this.#type(t.elem!);
        return;
      case Kind.Array:
        this.#text += `[${t.len}]`;
        this.#type(t.elem!);
        return;
      case Kind.Map:
        this.#text += 'map[';
        this.#type(t.key!);
        this.#text += ']';
        this.#type(t.elem!);
        return;
      case Kind.Chan:
        this.#chan(t);
        return;
      case Kind.Func:
        this.#text += 'func';
        this.#signature(t);
        return;
      case Kind.Interface:
        this.#interface(t);
        return;
      case Kind.Struct:
        this.#struct(t);
        return;
      case Kind.Tuple:
        this.#list(t.params, false);
        return;
      case Kind.Void:
        this.#text += '()';
        return;
      default:
        this.#text += '<invalid>';
    }
  }

  #chan(t: Type): void {
    const elem = t.elem!;
    this.#text += t.dir === 1 ? '<-chan ' : t.dir === 2 ? 'chan<- ' : 'chan ';
    // `chan <-chan T` would be read as `chan<- chan T`.
    const parens = t.dir === 3 && elem.kind === Kind.Chan && elem.name === null && elem.dir === 1;
    if (parens) this.#text += '(';
    this.#type(elem);
    if (parens) this.#text += ')';
  }

  #signature(t: Type): void {
    this.#list(t.params, t.variadic);
    if (t.results.length === 0) return;
    this.#text += ' ';
    if (t.results.length === 1) this.#type(t.results[0]!);
    else this.#list(t.results, false);
  }

  #list(types: readonly Type[], variadic: boolean): void {
    this.#text += '(';
    types.forEach((t, i) => {
      if (i > 0) this.#text += ', ';
      if (variadic && i === types.length - 1) {
        this.#text += '...';
        this.#type(t.elem!);
      } else {
        this.#type(t);
      }
    });
    this.#text += ')';
  }

  #interface(t: Type): void {
    this.#text += 'interface {';
    t.methods.forEach((m, i) => {
      this.#text += i > 0 ? '; ' : ' ';
      this.#qualified(m.name, m.pkgPath, true);
      this.#signature(m.type);
    });
    this.#text += t.methods.length > 0 ? ' }' : '}';
  }

  /** `always`: methods of interfaces are qualified even where messages leave the package out. */
  #qualified(name: string, pkgPath: string, always: boolean): void {
    if (pkgPath !== '') {
      if (this.#mode === LINK || (this.#mode === USER && always)) {
        this.#text += `${symbolPrefix(pkgPath)}.`;
      } else if (this.#mode === REFLECT && always) {
        this.#text += `${packageNameOf(pkgPath)}.`;
      }
    }
    this.#text += name;
  }

  #struct(t: Type): void {
    this.#text += 'struct {';
    t.fields.forEach((f, i) => {
      this.#text += i > 0 ? '; ' : ' ';
      this.#field(f);
    });
    this.#text += t.fields.length > 0 ? ' }' : '}';
  }

  #field(f: Field): void {
    if (!f.embedded) {
      this.#qualified(f.name, f.pkgPath, false);
      this.#text += ' ';
    } else if (this.#mode === LINK && !isOwnName(f)) {
      this.#qualified(f.name, f.pkgPath, false);
      this.#text += ' = ';
    }
    this.#type(f.type);
    if (f.tag !== '') this.#text += ` ${quoteBytes(f.tag)}`;
  }
}

/** Whether an embedded field is called as its type is, so that printing the type is enough. */
function isOwnName(f: Field): boolean {
  const t = f.type.name === null && f.type.kind === Kind.Pointer ? f.type.elem! : f.type;
  const name = t.name;
  if (name === null) return false;
  const own = name.typeArgs.length > 0 ? name.name + typeArgsText(name.typeArgs) : name.name;
  if (own !== f.name) return false;
  // A type of the universe, or an exported one, is the same name in every package.
  return f.pkgPath === '' || f.pkgPath === name.pkgPath;
}

/** The last element of an import path: what unexported interface methods are qualified with. */
function packageNameOf(pkgPath: string): string {
  return pkgPath.slice(pkgPath.lastIndexOf('/') + 1);
}
