/**
 * Interface types and unions.
 *
 * Spec: "Interface types".   GOROOT: src/cmd/compile/internal/types2/{interface,union}.go (wordings).
 */
import {
  type Expr,
  type InterfaceType as InterfaceTypeNode,
  NodeKind,
  type Operation,
} from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { startPos } from '../syntax/positions.ts';
import { exprString } from '../syntax/print.ts';
import { Operator } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import {
  compareFuncs,
  type FuncObj,
  newFunc,
  newVar,
  type TypeNameObj,
  VarKind,
} from './object.ts';
import { Mode } from './operand.ts';
import { identical, isInterface, isInvalid, isTypeParam } from './predicates.ts';
import { recordDef, recordTypeAndValue } from './recording.ts';
import { disjoint, termStr } from './termlist.ts';
import {
  asNamed,
  type InterfaceType,
  invalidType,
  newUnion,
  type Term,
  topTypeSet,
  type Type,
  TypeKind,
} from './type.ts';
import { computeTypeSet, maxTermCount, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { typeOf } from './typexpr.ts';
import { under } from './under.ts';
import { universeComparable } from './universe.ts';

/** Fills `t` with what `e` says; `def` is the type name that it is declared for, if any. */
export function interfaceType(
  check: Checker,
  t: InterfaceType,
  e: InterfaceTypeNode,
  def: TypeNameObj | null,
): void {
  const methods: FuncObj[] = [];
  const embeddeds: Type[] = [];
  const embedPos: Pos[] = [];
  for (const f of e.methods) {
    if (f.name === null) {
      embeddeds.push(unionType(check, f.type));
      embedPos.push(startPos(f.type));
      continue;
    }
    const { value } = f.name;
    if (value === '_') {
      check.error(f.name, 'BlankIfaceMethod', 'methods must have a unique non-blank name');
      continue;
    }
    const sig = typeOf(check, f.type);
    if (sig.kind !== TypeKind.Signature) {
      if (!isInvalid(sig)) {
        check.error(
          f.type,
          'InvalidSyntaxTree',
          `${typeStr(check, sig)} is not a method signature`,
        );
      }
      continue;
    }
    // Messages are better with the defined type as receiver.
    const recvType = asNamed(def?.type ?? null) ?? t;
    sig.recv = newVar(VarKind.Recv, f.name.pos, check.pkg, '', recvType);
    const m = newFunc(f.name.pos, check.pkg, value, sig);
    recordDef(check, f.name, m);
    methods.push(m);
  }
  t.methods = methods.sort(compareFuncs);
  t.embeddeds = embeddeds;
  t.embedPos = embedPos;
  t.complete = true;
  if (methods.length === 0 && embeddeds.length === 0) {
    t.tset = topTypeSet;
    return;
  }
  check.later(() => {
    computeTypeSet(check, t);
  });
}

/** An embedded element: `A | ~B | C`, or a single type. */
function unionType(check: Checker, e: Expr): Type {
  // The operations of a chain, outermost last, and its operands.
  const operations: Operation[] = [];
  let first = e;
  while (first.kind === NodeKind.Operation && first.op === Operator.Or && first.y !== null) {
    operations.unshift(first);
    first = first.x;
  }
  const exprs = [first, ...operations.map((o) => o.y!)];
  const terms: Term[] = [];
  let u: Type = invalidType;
  let tooMany = false;
  for (let i = 0; i < exprs.length; i++) {
    const term = unionTerm(check, exprs[i]!);
    if (exprs.length === 1 && !term.tilde) return term.type;
    if (terms.length >= maxTermCount) {
      if (!tooMany) {
        tooMany = true;
        check.error(
          exprs[i]!,
          'InvalidUnion',
          `cannot handle more than ${maxTermCount} union terms (implementation limitation)`,
        );
        u = invalidType;
      }
    } else {
      terms.push(term);
      u = newUnion(terms.slice());
    }
    if (i > 0) recordTypeAndValue(check, operations[i - 1]!, Mode.TypeExpr, u, null);
  }
  if (!isInvalid(u)) check.later(() => checkTerms(check, terms, exprs));
  return u;
}

function checkTerms(check: Checker, terms: readonly Term[], exprs: readonly Expr[]): void {
  for (let i = 0; i < terms.length; i++) {
    const x = terms[i]!;
    const at = exprs[i]!;
    if (isInvalid(x.type)) continue;
    const u = under(x.type);
    if (x.tilde && u.kind === TypeKind.Interface) {
      check.error(
        at,
        'InvalidUnion',
        `invalid use of ~ (${typeStr(check, x.type)} is an interface)`,
      );
      continue;
    }
    if (x.tilde && !identical(u, x.type)) {
      check.error(
        at,
        'InvalidUnion',
        `invalid use of ~ (underlying type of ${typeStr(check, x.type)} is ${typeStr(check, u)})`,
      );
      continue;
    }
    if (u.kind === TypeKind.Interface) {
      // One term alone may be any interface; here there are several.
      const tset = typeSetOf(u);
      const text = termStr(null, x);
      if (tset.methods.length > 0) {
        check.error(at, 'InvalidUnion', `cannot use ${text} in union (${text} contains methods)`);
      } else if (x.type === universeComparable.type) {
        check.error(at, 'InvalidUnion', 'cannot use comparable in union');
      } else if (tset.comparable) {
        check.error(at, 'InvalidUnion', `cannot use ${text} in union (${text} embeds comparable)`);
      }
      continue;
    }
    const other = terms.slice(0, i).find((y) => !isInterface(y.type) && !disjoint(y, x));
    if (other !== undefined) {
      check.softError(
        at,
        'InvalidUnion',
        `overlapping terms ${termStr(null, x)} and ${termStr(null, other)}`,
      );
    }
  }
}

function unionTerm(check: Checker, e: Expr): Term {
  const tilde = e.kind === NodeKind.Operation && e.op === Operator.Tilde;
  const x = tilde ? e.x : e;
  let type = typeOf(check, x);
  if (isTypeParam(type)) {
    check.error(
      x,
      'MisplacedTypeParam',
      tilde
        ? `type in term ${exprString(e)} cannot be a type parameter`
        : 'term cannot be a type parameter',
    );
    type = invalidType;
  }
  const term: Term = { tilde, type };
  if (tilde) recordTypeAndValue(check, e, Mode.TypeExpr, newUnion([term]), null);
  return term;
}
