/**
 * Labels and the branches to them, in a function body whose parser did not check them.
 *
 * The compiler's parser does (syntax/branches.ts), with other words; this is for who uses the checker
 * alone. Unlabeled branches have been checked with the statements. Here, too, forward gotos wait, and
 * pass from a block to the one around it, until their label is declared.
 *
 * Spec: "Labeled statements", "Break statements", "Continue statements", "Goto statements".
 * GOROOT: src/cmd/compile/internal/types2/labels.go.
 */
import {
  type BlockStmt,
  type BranchStmt,
  type IfStmt,
  type LabeledStmt,
  NodeKind,
  type Stmt,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { Operator, Token } from '../syntax/token.ts';
import { type Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { type LabelObj, newLabel } from './object.ts';
import { recordDef, recordUse } from './recording.ts';

interface Block {
  readonly outer: Block | null;
  /** The labeled statement whose body this is. */
  readonly stmt: LabeledStmt | null;
  /** Labels declared in this very block, by name. */
  readonly labels: Map<string, LabeledStmt>;
}

/** A block while its statements are looked at. */
interface Frame {
  readonly block: Block;
  /** Gotos whose label has not been declared yet. */
  gotos: BranchStmt[];
  /** Those of them that stand before the last variable declaration. */
  early: BranchStmt[];
  /** Where that is. */
  declared: Pos;
}

export function labels(check: Checker, body: BlockStmt): void {
  const checker = new LabelChecker(check);
  for (const branch of checker.block(null, null, body.list)) checker.unresolved(branch);
  checker.reportUnused();
}

class LabelChecker {
  readonly #check: Checker;
  readonly #all = new Map<string, LabelObj>();

  constructor(check: Checker) {
    this.#check = check;
  }

  unresolved(branch: BranchStmt): void {
    const label = branch.label!;
    const obj = this.#all.get(label.value);
    if (obj === undefined) {
      this.#check.error(label, 'UndeclaredLabel', `label ${label.value} not declared`);
      return;
    }
    obj.used = true; // one error is enough
    this.#check.error(label, 'JumpIntoBlock', `goto ${label.value} jumps into block`);
  }

  reportUnused(): void {
    for (const obj of this.#all.values()) {
      if (obj.used) continue;
      this.#check.softError(obj.pos, 'UnusedLabel', `label ${obj.name} declared and not used`);
    }
  }

  /** Looks at a block; returns its gotos whose label must be declared around it. */
  block(outer: Block | null, stmt: LabeledStmt | null, list: readonly Stmt[]): BranchStmt[] {
    const block: Block = { outer, stmt, labels: new Map() };
    const frame: Frame = { block, gotos: [], early: [], declared: 0 };
    for (const s of list) this.#stmt(frame, null, s);
    return frame.gotos;
  }

  #stmt(frame: Frame, outerLabel: LabeledStmt | null, statement: Stmt): void {
    let s = statement;
    let label = outerLabel;
    while (s.kind === NodeKind.LabeledStmt) {
      if (s.label.value !== '_') {
        this.#declare(frame, s);
        label = s;
      }
      s = s.stmt;
    }
    switch (s.kind) {
      case NodeKind.DeclStmt:
        for (const d of s.decls) if (d.kind === NodeKind.VarDecl) declareVariable(frame, d.pos);
        break;
      case NodeKind.AssignStmt:
        if (s.op === Operator.Def) declareVariable(frame, s.pos);
        break;
      case NodeKind.BranchStmt:
        if (s.label !== null) this.#branch(frame, s);
        break;
      case NodeKind.BlockStmt:
        this.#inner(frame, frame.block, label, s.list);
        break;
      case NodeKind.IfStmt: {
        // A loop: chains of else branches may be long.
        let branch: IfStmt | BlockStmt | null = s;
        while (branch?.kind === NodeKind.IfStmt) {
          this.#inner(frame, frame.block, label, branch.body.list);
          branch = branch.else;
        }
        if (branch !== null) this.#inner(frame, frame.block, label, branch.list);
        break;
      }
      case NodeKind.ForStmt:
        this.#inner(frame, frame.block, label, s.body.list);
        break;
      case NodeKind.SwitchStmt:
      case NodeKind.SelectStmt: {
        const block: Block = { outer: frame.block, stmt: label, labels: new Map() };
        for (const clause of s.clauses) this.#inner(frame, block, null, clause.body);
        break;
      }
      default:
    }
  }

  #inner(frame: Frame, outer: Block, stmt: LabeledStmt | null, list: readonly Stmt[]): void {
    for (const branch of this.block(outer, stmt, list)) frame.gotos.push(branch);
  }

  #declare(frame: Frame, s: LabeledStmt): void {
    const check = this.#check;
    const { value: name, pos } = s.label;
    const obj = newLabel(pos, check.pkg, name);
    const earlier = this.#all.get(name);
    if (earlier === undefined) {
      this.#all.set(name, obj);
      frame.block.labels.set(name, s);
      recordDef(check, s.label, obj);
    } else {
      const err = new ErrorBuilder(check, 'DuplicateLabel');
      err.add(pos, `label ${name} already declared`).addAltDecl(earlier).report();
    }
    const waiting: BranchStmt[] = [];
    for (const branch of frame.gotos) {
      if (branch.label!.value !== name) {
        waiting.push(branch);
        continue;
      }
      obj.used = true;
      recordUse(check, branch.label!, obj);
      if (!frame.early.includes(branch)) continue;
      const line = check.positions.line(frame.declared);
      const msg = `goto ${name} jumps over variable declaration at line ${line}`;
      check.softError(branch.label!, 'JumpOverDecl', msg);
    }
    frame.gotos = waiting;
  }

  #branch(frame: Frame, s: BranchStmt): void {
    const label = s.label!;
    const name = label.value;
    if (s.tok === Token.Goto) {
      if (!isDeclaredAround(frame.block, name)) {
        frame.gotos.push(s);
        return;
      }
    } else {
      const target = enclosing(frame.block, name)?.stmt.kind;
      const isSwitch = target === NodeKind.SwitchStmt || target === NodeKind.SelectStmt;
      const isBreak = s.tok === Token.Break;
      if (target !== NodeKind.ForStmt && !(isBreak && isSwitch)) {
        const verb = isBreak ? 'break' : 'continue';
        this.#check.error(label, 'MisplacedLabel', `invalid ${verb} label ${name}`);
        return;
      }
    }
    const obj = this.#all.get(name)!;
    obj.used = true;
    recordUse(this.#check, label, obj);
  }
}

function declareVariable(frame: Frame, pos: Pos): void {
  frame.declared = pos;
  frame.early = [...frame.gotos];
}

function isDeclaredAround(block: Block, name: string): boolean {
  for (let b: Block | null = block; b !== null; b = b.outer) if (b.labels.has(name)) return true;
  return false;
}

/** The innermost labeled statement of that name whose body contains the block. */
function enclosing(block: Block, name: string): LabeledStmt | null {
  for (let b: Block | null = block; b !== null; b = b.outer) {
    if (b.stmt !== null && b.stmt.label.value === name) return b.stmt;
  }
  return null;
}
