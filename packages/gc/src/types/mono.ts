/**
 * Finds instantiations without end.
 *
 * A graph has a vertex for each type parameter, and for each type declared inside a generic function;
 * an edge leads from what a type argument mentions to the parameter that it is given for, with weight
 * 0 if the argument is just that, 1 if it is something built around it. A cycle of positive weight
 * means that static instantiation would not end. Heaviest paths are found as Bellman and Ford find
 * shortest ones; a path as long as there are vertices contains a cycle.
 *
 * Instantiation cycles do not cross packages.
 * GOROOT: src/cmd/compile/internal/types2/mono.go (wordings).
 */
import { InternalError } from '@go-ts/base';
import type { Expr } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { startPos } from '../syntax/positions.ts';
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { isAliasName, ObjKind, type TypeNameObj, type VarObj } from './object.ts';
import type { Scope } from './scope.ts';
import { type NamedType, type Type, TypeKind, type TypeParamType, unalias } from './type.ts';
import { typeSetOf } from './typeset.ts';
import { typeString } from './typestring.ts';

interface Vertex {
  readonly obj: TypeNameObj;
  /** Of the heaviest known path to it, and that path's length and last edge. */
  weight: number;
  length: number;
  last: number;
}

interface Edge {
  readonly to: number;
  readonly from: number;
  readonly weight: number;
  readonly pos: Pos;
  readonly type: Type;
}

export class MonoGraph {
  readonly vertices: Vertex[] = [];
  readonly edges: Edge[] = [];
  /** A method's receiver type parameters stand for those of the type. */
  readonly canon = new Map<TypeParamType, TypeParamType>();
  readonly index = new Map<TypeNameObj, number>();
}

export function recordCanon(check: Checker, p: TypeParamType, canon: TypeParamType): void {
  check.mono.canon.set(p, canon);
}

/** Records that `tparams` were instantiated with `targs`, written at `exprs` as far as they were. */
export function recordMono(
  check: Checker,
  pos: Pos,
  tparams: readonly TypeParamType[],
  targs: readonly Type[],
  exprs: readonly Expr[],
): void {
  for (let i = 0; i < tparams.length; i++) {
    const at = i < exprs.length ? startPos(exprs[i]!) : pos;
    if (tparams[i]!.obj.pkg === check.pkg) assign(check, at, tparams[i]!, targs[i]!);
  }
}

function assign(check: Checker, pos: Pos, tpar: TypeParamType, targ: Type): void {
  const graph = check.mono;
  const flow = (from: number, t: Type): void => {
    const to = paramVertex(graph, tpar);
    graph.edges.push({ to, from, weight: t === targ ? 0 : 1, pos, type: targ });
  };
  const visitVars = (vars: readonly VarObj[]): void => {
    for (const v of vars) visit(v.type!);
  };
  const visit = (t0: Type): void => {
    const t = unalias(t0);
    switch (t.kind) {
      case TypeKind.TypeParam:
        flow(paramVertex(graph, t), t);
        break;
      case TypeKind.Named: {
        const from = localVertex(check, t.origin);
        if (from >= 0) flow(from, t);
        for (const a of t.targs) visit(a);
        break;
      }
      case TypeKind.Array:
      case TypeKind.Slice:
      case TypeKind.Pointer:
      case TypeKind.Chan:
        visit(t.elem);
        break;
      case TypeKind.Map:
        visit(t.key);
        visit(t.elem);
        break;
      case TypeKind.Interface:
        for (const m of typeSetOf(t).methods) visit(m.type!);
        break;
      case TypeKind.Signature:
        visitVars(t.params.vars);
        visitVars(t.results.vars);
        break;
      case TypeKind.Struct:
        visitVars(t.fields);
        break;
      case TypeKind.Tuple:
        visitVars(t.vars);
        break;
      case TypeKind.Basic:
      case TypeKind.Union:
      case TypeKind.Alias:
        break;
    }
  };
  visit(targ);
}

function newVertex(graph: MonoGraph, obj: TypeNameObj): number {
  graph.vertices.push({ obj, weight: 0, length: 0, last: 0 });
  return graph.vertices.length - 1;
}

function paramVertex(graph: MonoGraph, tpar: TypeParamType): number {
  const { obj } = graph.canon.get(tpar) ?? tpar;
  let i = graph.index.get(obj);
  if (i === undefined) {
    i = newVertex(graph, obj);
    graph.index.set(obj, i);
  }
  return i;
}

/** The vertex of a type declared where there are type parameters, which it depends on; else -1. */
function localVertex(check: Checker, named: NamedType): number {
  const graph = check.mono;
  const { obj } = named;
  const root = check.pkg.scope;
  if (obj.pkg !== check.pkg || obj.parent === root) return -1;
  const known = graph.index.get(obj);
  if (known !== undefined) return known;
  let vertex = -1;
  for (let s: Scope | null = obj.parent; s !== null && s !== root; s = s.parent) {
    for (const elem of s.objects()) {
      if (elem.kind !== ObjKind.TypeName || isAliasName(elem) || elem.pos >= obj.pos) continue;
      const tpar = elem.type;
      if (tpar === null || tpar.kind !== TypeKind.TypeParam) continue;
      if (vertex < 0) vertex = newVertex(graph, obj);
      const from = paramVertex(graph, tpar);
      graph.edges.push({ to: vertex, from, weight: 1, pos: obj.pos, type: tpar });
    }
  }
  graph.index.set(obj, vertex);
  return vertex;
}

/** Reports a cycle, if there is one. */
export function monomorph(check: Checker): void {
  const { vertices, edges } = check.mono;
  for (let again = true; again;) {
    again = false;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!;
      const from = vertices[edge.from]!;
      const to = vertices[edge.to]!;
      const weight = from.weight + edge.weight;
      if (weight <= to.weight) continue;
      to.last = i;
      to.length = from.length + 1;
      if (to.length === vertices.length) {
        reportLoop(check, edge.to);
        return;
      }
      to.weight = weight;
      again = true;
    }
  }
}

function reportLoop(check: Checker, end: number): void {
  const { vertices, edges } = check.mono;
  // Walk back until a vertex comes again: from there on it is the cycle.
  const path: number[] = [];
  let v = end;
  while (!path.includes(v)) {
    path.push(v);
    v = edges[vertices[v]!.last]!.from;
  }
  const cycle = path.slice(path.indexOf(v));
  const err = new ErrorBuilder(check, 'InvalidInstanceCycle');
  err.add(vertices[v]!.obj.pos, 'instantiation cycle:');
  for (const u of cycle) {
    const edge = edges[vertices[u]!.last]!;
    const { obj } = vertices[edge.to]!;
    const what = typeString(edge.type, (pkg) => (pkg === check.pkg ? '' : pkg.path));
    if (obj.type === null) throw new InternalError(`type name ${obj.name} has no type`);
    const how =
      obj.type.kind === TypeKind.TypeParam ? 'instantiated as' : 'implicitly parameterized by';
    err.add(edge.pos, `${obj.name} ${how} ${what}`);
  }
  err.report();
}
