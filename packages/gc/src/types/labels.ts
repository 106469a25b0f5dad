/**
 * Labels and the statements that refer to them.
 *
 * The compiler's parser checks these itself (syntax/branches.ts) and asks for this to be left out;
 * it is here for those who use the checker as a library.
 *
 * Spec: "Labeled statements", "Break statements", "Continue statements", "Goto statements".
 * GOROOT: src/cmd/compile/internal/types2/labels.go (wordings).
 */
import {
  type BlockStmt,
  type BranchStmt,
  type CaseClause,
  type CommClause,
  type LabeledStmt,
  NodeKind,
  type Stmt,
} from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { Operator, Token } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { newLabel, ObjKind } from './object.ts';
import { recordDef, recordUse } from './recording.ts';
import { Scope } from './scope.ts';

export function labels(check: Checker, body: BlockStmt): void {
  const all = new Scope(null);
  const pending = new Block(check, all, null, null).branches(body.list);
  for (const jump of pending) {
    const name = jump.label!.value;
    const label = all.lookup(name);
    if (label === null) {
      check.error(jump.label!, 'UndeclaredLabel', `label ${name} not declared`);
    } else {
      check.error(jump.label!, 'JumpIntoBlock', `goto ${name} jumps into block`);
      label.used = true;
    }
  }
  for (const label of all.objects()) {
    if (label.kind !== ObjKind.Label || label.used) continue;
    check.softError(label.pos, 'UnusedLabel', `label ${label.name} declared and not used`);
  }
}

/** A list of statements, and the labels declared in it so far. */
class Block {
  readonly check: Checker;
  readonly all: Scope;
  readonly parent: Block | null;
  /** The labeled statement that this belongs to. */
  readonly lstmt: LabeledStmt | null;
  readonly labels = new Map<string, LabeledStmt>();
  /** Gotos whose label has not been found yet. */
  pending: BranchStmt[] = [];
  /** Those of them that were there when a variable was declared last, and where. */
  over: BranchStmt[] = [];
  varPos: Pos = 0;

  constructor(check: Checker, all: Scope, parent: Block | null, lstmt: LabeledStmt | null) {
    this.check = check;
    this.all = all;
    this.parent = parent;
    this.lstmt = lstmt;
  }

  /** Goes through the statements; returns the gotos that lead out, forward. */
  branches(list: readonly Stmt[]): BranchStmt[] {
    for (const s of list) this.#stmt(null, s);
    return this.pending;
  }

  #declaresVar(pos: Pos): void {
    this.varPos = pos;
    this.over = this.pending.slice();
  }

  #nested(parent: Block, lstmt: LabeledStmt | null, list: readonly Stmt[]): void {
    const inner = new Block(this.check, this.all, parent, lstmt);
    this.pending.push(...inner.branches(list));
  }

  #stmt(lstmt: LabeledStmt | null, s: Stmt): void {
    switch (s.kind) {
      case NodeKind.DeclStmt:
        for (const d of s.decls) if (d.kind === NodeKind.VarDecl) this.#declaresVar(d.pos);
        break;
      case NodeKind.AssignStmt:
        if (s.op === Operator.Def) this.#declaresVar(s.pos);
        break;
      case NodeKind.LabeledStmt:
        this.#stmt(s.label.value === '_' ? lstmt : this.#label(s), s.stmt);
        break;
      case NodeKind.BranchStmt:
        if (s.label !== null) this.#branch(s);
        break;
      case NodeKind.BlockStmt:
        this.#nested(this, lstmt, s.list);
        break;
      case NodeKind.IfStmt:
        for (let at: Stmt | null = s; at !== null;) {
          if (at.kind !== NodeKind.IfStmt) {
            this.#stmt(lstmt, at);
            break;
          }
          this.#stmt(lstmt, at.body);
          at = at.else;
        }
        break;
      case NodeKind.SwitchStmt:
      case NodeKind.SelectStmt: {
        const block = new Block(this.check, this.all, this, lstmt);
        const clauses: readonly (CaseClause | CommClause)[] = s.clauses;
        for (const c of clauses) this.#nested(block, null, c.body);
        break;
      }
      case NodeKind.ForStmt:
        this.#stmt(lstmt, s.body);
        break;
      default:
    }
  }

  #label(s: LabeledStmt): LabeledStmt {
    const { check } = this;
    const { value, pos } = s.label;
    const label = newLabel(pos, check.pkg, value);
    const other = this.all.insert(label);
    if (other === null) {
      this.labels.set(value, s);
      recordDef(check, s.label, label);
    } else {
      const err = new ErrorBuilder(check, 'DuplicateLabel');
      err.add(pos, `label ${value} already declared`);
      err.addAltDecl(other);
      err.report();
    }
    this.pending = this.pending.filter((jump) => {
      if (jump.label!.value !== value) return true;
      label.used = true;
      recordUse(check, jump.label!, label);
      if (this.varPos !== 0 && this.over.includes(jump)) {
        const line = check.positions.position(this.varPos).line;
        check.softError(
          jump.label!,
          'JumpOverDecl',
          `goto ${value} jumps over variable declaration at line ${line}`,
        );
      }
      return false;
    });
    return s;
  }

  #branch(s: BranchStmt): void {
    const { check } = this;
    const label = s.label!;
    const name = label.value;
    switch (s.tok) {
      case Token.Break: {
        const kind = this.#enclosing(name)?.stmt.kind;
        if (
          kind !== NodeKind.SwitchStmt &&
          kind !== NodeKind.SelectStmt &&
          kind !== NodeKind.ForStmt
        ) {
          check.error(label, 'MisplacedLabel', `invalid break label ${name}`);
          return;
        }
        break;
      }
      case Token.Continue:
        if (this.#enclosing(name)?.stmt.kind !== NodeKind.ForStmt) {
          check.error(label, 'MisplacedLabel', `invalid continue label ${name}`);
          return;
        }
        break;
      case Token.Goto:
        if (!this.#declared(name)) {
          this.pending.push(s);
          return;
        }
        break;
      default:
        check.error(s, 'InvalidSyntaxTree', `branch statement: fallthrough ${name}`);
        return;
    }
    const obj = this.all.lookup(name);
    if (obj === null) return;
    obj.used = true;
    recordUse(check, label, obj);
  }

  /** Whether a label is declared in this block or one around it. */
  #declared(name: string): boolean {
    return this.labels.has(name) || (this.parent !== null && this.parent.#declared(name));
  }

  /** The labeled statement of that name that this is inside of. */
  #enclosing(name: string): LabeledStmt | null {
    const { lstmt, parent } = this;
    if (lstmt !== null && lstmt.label.value === name) return lstmt;
    return parent === null ? null : parent.#enclosing(name);
  }
}
