/**
 * Types that are too large to be used, and operands of print that it cannot print.
 *
 * The language sets no limits here; the machine and the runtime do: an address space of 50 bits, elements of
 * channels below 64 kB, of maps below 2 GB. Types with type parameters are not looked at.
 * GOROOT: src/cmd/compile/internal/types/size.go, src/cmd/compile/internal/walk/builtin.go.
 */
import { type CallExpr, type File, type Node, NodeKind, unparen } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { walk } from '../syntax/walk.ts';
import type { CheckResult } from '../types/check.ts';
import { ObjKind } from '../types/object.ts';
import { type Sizes, sizeof } from '../types/sizes.ts';
import { type Type, TypeKind, unalias } from '../types/type.ts';
import { typeString } from '../types/typestring.ts';
import { under } from '../types/under.ts';
import { BuiltinId } from '../types/universe.ts';

type Report = (pos: Pos, code: string, msg: string) => void;

const code = 'TypeTooLarge';
const maxWidth = 2 ** 50;
const maxChanElem = 2 ** 16;
const maxMapPart = 2 ** 31;

export function checkTypeSizes(
  files: readonly File[],
  checked: CheckResult,
  sizes: Sizes,
  report: Report,
): void {
  const { info } = checked;
  const isLarge = (t: Type, limit: number): boolean => {
    const size = sizeof(sizes, t);
    return size < 0 || size >= limit;
  };
  for (const file of files) {
    // Where what is declared outside of functions is reported: at its name.
    let declared: Pos = 0;
    const enter = (n: Node): boolean => {
      declared = placeOf(n, declared);
      if (n.kind === NodeKind.CallExpr) checkPrint(n, checked, report);
      if (n.kind < NodeKind.ArrayType || n.kind > NodeKind.ChanType) return true;
      const pos = declared === 0 ? n.pos : declared;
      const found = info.types[n.id] ?? null;
      const t = found === null ? null : unalias(found);
      if (t?.kind === TypeKind.Array) {
        const elem = sizeof(sizes, t.elem);
        const isTooLarge = elem < 0 || (elem > 0 && t.len > (maxWidth - 1) / elem);
        if (isTooLarge) report(pos, code, tooLarge(t));
      } else if (t?.kind === TypeKind.Chan) {
        if (isLarge(t.elem, maxChanElem)) {
          report(pos, code, 'channel element type too large (>64kB)');
        }
      } else if (t?.kind === TypeKind.Map) {
        if (isLarge(t.elem, maxMapPart)) report(pos, code, 'map element type too large');
        if (isLarge(t.key, maxMapPart)) report(pos, code, 'map key type too large');
      }
      return true;
    };
    walk(file, enter);
  }
}

function placeOf(n: Node, declared: Pos): Pos {
  switch (n.kind) {
    case NodeKind.ConstDecl:
    case NodeKind.VarDecl:
      return n.names[0]!.pos;
    case NodeKind.TypeDecl:
    case NodeKind.FuncDecl:
      return n.name.pos;
    case NodeKind.BlockStmt:
      return 0;
    default:
      return declared;
  }
}

function tooLarge(t: Type): string {
  return `type ${typeString(t, (pkg) => pkg.name)} larger than address space`;
}

function checkPrint(call: CallExpr, { info }: CheckResult, report: Report): void {
  const fun = unparen(call.fun);
  if (fun.kind !== NodeKind.Name) return;
  const obj = info.uses[fun.id] ?? null;
  if (obj?.kind !== ObjKind.Builtin) return;
  const { builtin } = obj;
  if (builtin !== BuiltinId.Print && builtin !== BuiltinId.Println) return;
  for (const arg of call.args) {
    const t = info.types[arg.id] ?? null;
    if (t === null) continue;
    const { kind } = under(t);
    if (kind !== TypeKind.Array && kind !== TypeKind.Struct) continue;
    const type = typeString(t, (pkg) => pkg.name);
    report(call.pos, 'UndefinedOp', `illegal types for operand: ${obj.name}\n\t${type}`);
  }
}
