/**
 * Selectors: qualified names, fields, methods as values and as expressions.
 *
 * Spec: "Selectors", "Method expressions", "Method values", "Qualified identifiers".
 * GOROOT: src/cmd/compile/internal/types2/call.go (wordings).
 */
import { type Name, NodeKind, type SelectorExpr } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { type Checker } from './check.ts';
import { isComplete } from './cycles.ts';
import { objDecl } from './decl.ts';
import { exprOrType } from './expr.ts';
import { SelectionKind } from './info.ts';
import {
  interfacePtrError,
  isInterfacePtr,
  type Lookup,
  lookupError,
  lookupFieldOrMethod,
} from './lookup.ts';
import {
  type FuncObj,
  isExported,
  newParam,
  ObjKind,
  type PkgNameObj,
  signatureOf,
  type VarObj,
} from './object.ts';
import { Mode, type Operand, operandStr } from './operand.ts';
import { isInvalid, isValidName } from './predicates.ts';
import { recordSelection, recordUse } from './recording.ts';
import { addDeclDep } from './resolver.ts';
import {
  cloneSignature,
  invalidType,
  newSignature,
  newTuple,
  type Type,
  TypeKind,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';

export function selector(check: Checker, x: Operand, e: SelectorExpr, wantType: boolean): void {
  x.expr = e;
  if (e.x.kind === NodeKind.Name) {
    const obj = check.lookup(e.x.value);
    if (obj !== null && obj.kind === ObjKind.PkgName) {
      recordUse(check, e.x, obj);
      obj.used = true;
      if (!qualified(check, x, e, obj)) fail(x);
      x.expr = e;
      return;
    }
  }
  exprOrType(check, x, e.x, false);
  if (!select(check, x, e, wantType)) fail(x);
  x.expr = e;
}

function fail(x: Operand): void {
  x.mode = Mode.Invalid;
  x.type = invalidType;
}

/** A qualified identifier `pkg.Name`. */
function qualified(check: Checker, x: Operand, e: SelectorExpr, name: PkgNameObj): boolean {
  const sel = e.sel.value;
  const pkg = name.imported;
  const obj = pkg.scope.lookup(sel);
  if (obj === null) {
    if (!pkg.fake && isValidName(sel)) {
      const other = pkg.scope.lookupExportedFold(sel);
      const hint = other === null ? '' : ` (but have ${other.name})`;
      check.error(e.sel, 'UndeclaredImportedName', `undefined: ${exprString(e)}${hint}`);
    }
    return false;
  }
  if (!isExported(obj.name)) {
    check.error(e.sel, 'UnexportedName', `name ${sel} not exported by package ${pkg.name}`);
  }
  recordUse(check, e.sel, obj);
  switch (obj.kind) {
    case ObjKind.Const:
      x.mode = Mode.Constant;
      x.val = obj.val;
      break;
    case ObjKind.TypeName:
      x.mode = Mode.TypeExpr;
      break;
    case ObjKind.Var:
      x.mode = Mode.Variable;
      break;
    case ObjKind.Func:
      x.mode = Mode.Value;
      break;
    case ObjKind.Builtin:
      x.mode = Mode.Builtin;
      x.builtin = obj.builtin;
      x.type = invalidType;
      return true;
    default:
      return false;
  }
  x.type = obj.type ?? invalidType;
  return true;
}

/** `x.sel`, a field or method; false after an error. */
function select(check: Checker, x: Operand, e: SelectorExpr, wantType: boolean): boolean {
  if (x.mode === Mode.Builtin) {
    check.error(
      e.pos,
      'UncalledBuiltin',
      `invalid use of ${operandStr(check, x)} in selector expression`,
    );
    return false;
  }
  if (x.mode === Mode.Invalid) return false;
  if (!isComplete(check, x.type)) return false;
  if (wantType) {
    check.error(e.sel, 'NotAType', `${exprString(e)} is not a type`);
    return false;
  }
  const u = under(x.type);
  if (u.kind === TypeKind.Pointer && !isComplete(check, u.elem)) return false;
  const addressable = x.mode === Mode.Variable;
  const found = lookupFieldOrMethod(x.type, addressable, check.pkg, e.sel.value, false);
  const { obj } = found;
  if (obj === null) {
    selectorError(check, x, e, found);
    return false;
  }
  if (obj.kind === ObjKind.Func) return selectMethod(check, x, e, obj, found);
  if (x.mode === Mode.TypeExpr) {
    check.error(
      e.x,
      'MissingFieldOrMethod',
      `operand for field selector ${e.sel.value} must be value of type ${typeStr(check, x.type)}`,
    );
    return false;
  }
  recordSelection(check, e, selectionOf(SelectionKind.Field, x.type, obj, found));
  x.mode = addressable || found.indirect ? Mode.Variable : Mode.Value;
  x.type = obj.type!;
  return true;
}

function selectionOf(
  kind: SelectionKind,
  recv: Type,
  obj: VarObj | FuncObj,
  found: Lookup,
): {
  kind: SelectionKind;
  recv: Type;
  obj: VarObj | FuncObj;
  index: readonly number[];
  indirect: boolean;
} {
  return { kind, recv, obj, index: found.index, indirect: found.indirect };
}

function selectMethod(
  check: Checker,
  x: Operand,
  e: SelectorExpr,
  m: FuncObj,
  found: Lookup,
): boolean {
  objDecl(check, m);
  addDeclDep(check, m);
  const sig = signatureOf(m);
  if (x.mode !== Mode.TypeExpr) {
    recordSelection(check, e, selectionOf(SelectionKind.MethodValue, x.type, m, found));
    x.mode = Mode.Value;
    const bound = cloneSignature(sig);
    bound.oldRecv = sig.recv;
    bound.recv = null;
    x.type = bound;
    return true;
  }
  recordSelection(check, e, selectionOf(SelectionKind.MethodExpr, x.type, m, found));
  if (sig.recv === null) {
    check.error(e, 'InvalidDeclCycle', 'illegal cycle in method declaration');
    return false;
  }
  // The receiver becomes the first parameter; it is named if the others are.
  const first = sig.params.vars[0];
  let name = '';
  if (first !== undefined && first.name !== '') name = sig.recv.name === '' ? '_' : sig.recv.name;
  const recv = newParam(sig.recv.pos, sig.recv.pkg, name, x.type);
  const func = newSignature(newTuple([recv, ...sig.params.vars]), sig.results, sig.variadic);
  func.tparams = sig.tparams;
  func.methodExpr = true;
  x.mode = Mode.Value;
  x.type = func;
  return true;
}

function selectorError(check: Checker, x: Operand, e: SelectorExpr, found: Lookup): void {
  if (isInvalid(under(x.type))) return;
  const sel: Name = e.sel;
  const name = sel.value;
  const type = typeStr(check, x.type);
  const text = exprString(x.expr!);
  if (found.index.length > 0) {
    check.error(sel, 'AmbiguousSelector', `ambiguous selector ${text}.${name}`);
    return;
  }
  if (found.indirect) {
    check.error(
      sel,
      'InvalidMethodExpr',
      x.mode === Mode.TypeExpr
        ? `invalid method expression ${type}.${name} (needs pointer receiver (*${type}).${name})`
        : `cannot call pointer method ${name} on ${type}`,
    );
    return;
  }
  let why: string;
  if (isInterfacePtr(x.type)) why = interfacePtrError(check, x.type);
  else {
    const alt = lookupFieldOrMethod(x.type, x.mode === Mode.Variable, check.pkg, name, true);
    why = lookupError(check, x.type, name, alt.obj, false);
  }
  check.error(sel, 'MissingFieldOrMethod', `${text}.${name} undefined (${why})`);
}
