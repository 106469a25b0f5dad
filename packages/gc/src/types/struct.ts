/** Struct types. Spec: "Struct types".   GOROOT: src/cmd/compile/internal/types2/struct.go (wordings). */
import { quoteString } from '@go-ts/base/quote';
import { makeFromLiteral } from '../constant/literal.ts';
import { kindOf, stringOf, ValueKind } from '../constant/value.ts';
import { type BasicLit, type Expr, type Name, NodeKind } from '../syntax/nodes.ts';
import type { StructType as StructTypeNode } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { startPos } from '../syntax/positions.ts';
import { exprString } from '../syntax/print.ts';
import { LitKind, Operator } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { derefType } from './lookup.ts';
import { idOf, newField, type VarObj } from './object.ts';
import { isInvalid, isTypeParam } from './predicates.ts';
import { recordDef } from './recording.ts';
import { BasicKind, invalidType, type StructType, type Type, TypeKind } from './type.ts';
import { varType } from './typexpr.ts';
import { under } from './under.ts';

/** Fills `t` with what `e` says. */
export function structType(check: Checker, t: StructType, e: StructTypeNode): void {
  const fields: VarObj[] = [];
  const tags: string[] = [];
  const seen = new Map<string, VarObj>();
  const add = (name: Name, type: Type, tag: string, embedded: boolean): void => {
    const f = newField(name.pos, check.pkg, name.value, type, embedded);
    if (f.name !== '_') {
      const id = idOf(f.pkg, f.name);
      const other = seen.get(id);
      if (other !== undefined) {
        const err = new ErrorBuilder(check, 'DuplicateDecl');
        err.add(name.pos, `${f.name} redeclared`);
        err.addAltDecl(other);
        err.report();
        return;
      }
      seen.set(id, f);
    }
    if (tag !== '') {
      while (tags.length < fields.length) tags.push('');
      tags.push(tag);
    }
    fields.push(f);
    recordDef(check, name, f);
  };
  let type: Type = invalidType;
  let prev: Expr | null = null;
  for (let i = 0; i < e.fields.length; i++) {
    const f = e.fields[i]!;
    if (f.type !== prev) {
      type = varType(check, f.type);
      prev = f.type;
    }
    const tag = tagString(check, e.tags[i] ?? null);
    if (f.name !== null) {
      add(f.name, type, tag, false);
      continue;
    }
    const pos = startPos(f.type);
    const name = embeddedName(f.type);
    if (name === null) {
      check.error(pos, 'InvalidSyntaxTree', `invalid embedded field type ${exprString(f.type)}`);
      // Keeps the number of fields as written.
      type = invalidType;
      add(check.dummyName(pos, '_'), type, '', true);
      continue;
    }
    add(name, type, tag, true);
    checkEmbedded(check, pos, type);
  }
  t.fields = fields;
  t.tags = tags;
}

/** Reports, when types are complete, an embedded type that is not allowed. */
function checkEmbedded(check: Checker, pos: Pos, type: Type): void {
  check.later(() => {
    const t = derefType(type);
    const u = under(t);
    if (u.kind === TypeKind.Basic) {
      if (isInvalid(t) || u.basic !== BasicKind.UnsafePointer) return;
      check.error(pos, 'InvalidPtrEmbed', 'embedded field type cannot be unsafe.Pointer');
    } else if (u.kind === TypeKind.Pointer) {
      check.error(pos, 'InvalidPtrEmbed', 'embedded field type cannot be a pointer');
    } else if (u.kind === TypeKind.Interface) {
      if (isTypeParam(t)) {
        check.error(
          pos,
          'MisplacedTypeParam',
          'embedded field type cannot be a (pointer to a) type parameter',
        );
      } else if (t !== type) {
        check.error(
          pos,
          'InvalidPtrEmbed',
          'embedded field type cannot be a pointer to an interface',
        );
      }
    }
  });
}

/** The name that an embedded field gets from its type; null if it cannot be one. */
function embeddedName(e: Expr): Name | null {
  switch (e.kind) {
    case NodeKind.Name:
      return e;
    case NodeKind.SelectorExpr:
      return e.sel;
    case NodeKind.IndexExpr:
      return embeddedName(e.x);
    case NodeKind.Operation:
      if (!isPointerExpr(e) || isPointerExpr(e.x)) return null;
      return embeddedName(e.x);
    default:
      return null;
  }
}

function isPointerExpr(e: Expr): boolean {
  return e.kind === NodeKind.Operation && e.op === Operator.Mul && e.y === null;
}

function tagString(check: Checker, lit: BasicLit | null): string {
  if (lit === null || lit.bad) return '';
  const tag = makeFromLiteral(lit.value, lit.lit);
  if (lit.lit === LitKind.String && kindOf(tag) === ValueKind.String) return stringOf(tag);
  check.error(lit, 'InvalidSyntaxTree', `incorrect tag syntax: ${quoteString(lit.value)}`);
  return '';
}
