/**
 * Name data: field and method names, tags and import paths as reflection reads them.
 *
 * Bytes: flags (1 exported, 2 tag, 4 package path, 8 embedded), uvarint length, name, then the tag
 * likewise, then a 4-byte offset of the path of the package that qualifies an unexported name. Data
 * are content-addressed, so equal names merge over packages; one with a package path has a
 * relocation and is numbered within the package instead.
 *
 * GOROOT: src/internal/abi/type.go (Name), cmd/compile/internal/reflectdata (symbol names).
 */
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile';
import { R_ADDROFF } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagDupok } from '@go-ts/objfile/sym';
import { NameFlag } from '@go-ts/runtime/layout/types';
import { decodeText, encodeText, toBytes } from '../constant/bytestring.ts';
import { quoteBytes } from '../constant/format.ts';
import { symbolPrefix } from '../ir/type-string.ts';

export interface NameParts {
  readonly name: string;
  /** A string of bytes. */
  readonly tag: string;
  readonly exported: boolean;
  readonly embedded: boolean;
  /** Path of the qualifying package, if it must be recorded here. */
  readonly pkgPath: string;
}

const utf8 = new TextEncoder();

export function isExported(name: string): boolean {
  const first = name.codePointAt(0) ?? 0;
  if (first < 0x80) return first >= 0x41 && first <= 0x5a;
  return /^\p{Lu}/u.test(name);
}

export class NameData {
  readonly #builder: ObjectBuilder;
  #counter = 0;

  constructor(builder: ObjectBuilder) {
    this.#builder = builder;
  }

  /** The datum of a package path, for the PkgPath fields of descriptors. */
  importPath(path: string): ObjSym {
    const sym = this.#builder.lookup(`type:.importpath.${symbolPrefix(path)}.`);
    if (!sym.isDefined) {
      const parts = { name: path, tag: '', exported: false, embedded: false, pkgPath: '' };
      this.#define(sym, parts);
    }
    return sym;
  }

  name(parts: NameParts): ObjSym {
    let symName = 'type:.namedata.';
    const tag = nameOfTag(parts.tag);
    if (parts.pkgPath !== '') {
      symName += `${symbolPrefix(this.#builder.pkgPath)}.${this.#counter++}`;
    } else if (parts.name === '') {
      symName += `-noname-${parts.exported ? 'exported' : 'unexported'}.${tag}`;
    } else {
      symName += `${parts.name}${parts.exported ? '.' : '-'}${tag}`;
    }
    if (parts.embedded) symName += '.embedded';
    const sym = this.#builder.lookup(symName);
    if (!sym.isDefined) this.#define(sym, parts);
    return sym;
  }

  #define(sym: ObjSym, parts: NameParts): void {
    const w = sym.writer();
    let flags = parts.exported ? NameFlag.Exported : 0;
    if (parts.tag !== '') flags |= NameFlag.HasTag;
    if (parts.pkgPath !== '') flags |= NameFlag.HasPkgPath;
    if (parts.embedded) flags |= NameFlag.Embedded;
    w.u8(flags);
    const texts: Uint8Array[] = [utf8.encode(parts.name)];
    if (parts.tag !== '') texts.push(toBytes(parts.tag));
    for (const bytes of texts) {
      w.uvarint(bytes.length);
      w.bytes(bytes);
    }
    if (parts.pkgPath !== '') {
      const at = w.length;
      w.u32(0);
      sym.addReloc(at, 4, R_ADDROFF, 0, this.importPath(parts.pkgPath));
    }
    sym.kind = SRODATA;
    sym.flags |= SymFlagDupok;
    sym.size = w.length;
    sym.align = 1;
    sym.isContentAddressable = true;
    this.#builder.defineData(sym);
  }
}

/** A tag in the name of a symbol: as text, or quoted if it isn't UTF-8, so that names stay apart. */
function nameOfTag(tag: string): string {
  const text = decodeText(tag);
  return encodeText(text) === tag ? text : quoteBytes(tag);
}
