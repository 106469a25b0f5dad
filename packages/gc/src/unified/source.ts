/**
 * A unit (importer/format.ts) as the writer of unified export data reads it: the package record, and
 * the heads of its objects.
 */
import { type ByteReader } from '@go-ts/objfile/bytes';
import { Section } from '../importer/format.ts';
import { UnitView } from '../importer/unit.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** What objects other than stubs begin with; `rest` is behind it. */
export interface ObjHead {
  readonly tag: number;
  readonly name: string;
  readonly place: Place;
  readonly rest: ByteReader;
}

export class UnitSource {
  readonly view: UnitView;
  readonly path: string;
  readonly name: string;
  readonly imports: readonly string[];
  /** Objects of the package's scope, by name. */
  readonly scope = new Map<string, number>();
  /** What has been written of this unit: types without type parameters, by number. */
  readonly types = new Map<number, number>();

  constructor(unit: Uint8Array) {
    const view = new UnitView(unit);
    this.view = view;
    const r = view.meta();
    this.path = view.string(r.uvarint());
    this.name = view.string(r.uvarint());
    r.uvarint();
    const imports: string[] = [];
    for (let n = r.uvarint(); n > 0; n--) imports.push(view.string(r.uvarint()));
    this.imports = imports;
    for (let n = r.uvarint(); n > 0; n--) {
      const name = view.string(r.uvarint());
      this.scope.set(name, r.uvarint());
    }
  }

  string(r: ByteReader): string {
    return this.view.string(r.uvarint());
  }

  type(num: number): ByteReader {
    return this.view.element(Section.Type, num);
  }

  /** A reader at an object's tag. */
  object(num: number): ByteReader {
    return this.view.element(Section.Obj, num);
  }

  head(num: number): ObjHead {
    const rest = this.object(num);
    const tag = rest.u8();
    const name = this.string(rest);
    const file = this.string(rest);
    const line = rest.uvarint();
    return { tag, name, place: { file, line, col: rest.uvarint() }, rest };
  }
}
