/**
 * Checks labels and branch statements of one function body, and finds where each branch goes.
 *
 * The parser runs this on every body without syntax errors, so its messages precede those of type
 * checking. Blocks form a stack while the body is walked; a goto whose label has not been seen is
 * kept and handed outwards from block to block until the label is declared in one of them.
 *
 * Spec: "Labeled statements", "Break statements" to "Fallthrough statements".
 * GOROOT: src/cmd/compile/internal/syntax/branches.go (wordings, positions, order).
 */
import {
  type BlockStmt,
  type BranchStmt,
  type ForStmt,
  type LabeledStmt,
  type Node,
  NodeKind,
  type SelectStmt,
  setBranchTarget,
  type Stmt,
  type SwitchStmt,
} from './nodes.ts';
import { type Pos, type PosTable } from './pos.ts';
import { exprString } from './print.ts';
import { Operator, Token } from './token.ts';

interface Label {
  readonly block: Block;
  readonly stmt: LabeledStmt;
  used: boolean;
}

interface Block {
  readonly outer: Block | null;
  readonly start: Pos;
  /** The label of the statement whose body this is. */
  readonly label: LabeledStmt | null;
}

/** What unlabeled branches refer to. */
interface Context {
  readonly breaks: ForStmt | SwitchStmt | SelectStmt | null;
  readonly continues: ForStmt | null;
  /** Index of the switch clause that the statements belong to directly; -1: none. */
  readonly clause: number;
}

/** Reports what is wrong; sets the targets of the branches that are right. */
export function checkBranches(
  body: BlockStmt,
  table: PosTable,
  report: (pos: Pos, msg: string) => void,
): void {
  const checker = new BranchChecker(table, report);
  const top = { breaks: null, continues: null, clause: -1 };
  const unresolved = checker.block(null, top, null, body.pos, body.list);
  for (const branch of unresolved) checker.unresolved(branch);
  checker.reportUnused();
}

class BranchChecker {
  readonly #table: PosTable;
  readonly #report: (pos: Pos, msg: string) => void;
  readonly #labels = new Map<string, Label>();

  constructor(table: PosTable, report: (pos: Pos, msg: string) => void) {
    this.#table = table;
    this.#report = report;
  }

  unresolved(branch: BranchStmt): void {
    const { value: name, pos } = branch.label!;
    const label = this.#labels.get(name);
    if (label === undefined) {
      this.#report(pos, `label ${name} not defined`);
      return;
    }
    label.used = true;
    const start = this.#table.format(label.block.start);
    this.#report(pos, `goto ${name} jumps into block starting at ${start}`);
  }

  reportUnused(): void {
    for (const { used, stmt } of this.#labels.values()) {
      if (used) continue;
      this.#report(stmt.label.pos, `label ${stmt.label.value} defined and not used`);
    }
  }

  /** Checks a statement list that is a block of its own; returns its unresolved gotos. */
  block(
    outer: Block | null,
    context: Context,
    label: LabeledStmt | null,
    start: Pos,
    body: readonly Stmt[],
  ): BranchStmt[] {
    const block: Block = { outer, start, label };
    const frame: Frame = { block, context, gotos: [], bad: [], declared: null };
    let count = body.length;
    while (count > 0 && body[count - 1]!.kind === NodeKind.EmptyStmt) count--;
    for (let i = 0; i < count; i++) this.#statement(frame, body[i]!, i + 1 === count);
    return frame.gotos;
  }

  #statement(frame: Frame, statement: Stmt, last: boolean): void {
    let stmt = statement;
    let label: LabeledStmt | null = null;
    while (stmt.kind === NodeKind.LabeledStmt) {
      if (stmt.label.value !== '_') {
        this.#declare(frame, stmt);
        label = stmt;
      }
      stmt = stmt.stmt;
    }
    const { context } = frame;
    const nested: Context = { breaks: context.breaks, continues: context.continues, clause: -1 };
    switch (stmt.kind) {
      case NodeKind.DeclStmt: {
        const variable = stmt.decls.find((d) => d.kind === NodeKind.VarDecl);
        if (variable) declareVariable(frame, variable.pos, variable.names[0]!);
        break;
      }
      case NodeKind.AssignStmt:
        if (stmt.op === Operator.Def) declareVariable(frame, stmt.pos, stmt.lhs);
        break;
      case NodeKind.BranchStmt:
        if (stmt.label === null) this.#plainBranch(context, stmt, last);
        else this.#labeledBranch(frame, stmt);
        break;
      case NodeKind.BlockStmt:
        this.#inner(frame, nested, label, stmt.pos, stmt.list);
        break;
      case NodeKind.IfStmt:
        this.#ifChain(frame, nested, label, stmt);
        break;
      case NodeKind.ForStmt: {
        const loop = { breaks: stmt, continues: stmt, clause: -1 };
        this.#inner(frame, loop, label, stmt.body.pos, stmt.body.list);
        break;
      }
      case NodeKind.SwitchStmt:
        for (const [clause, c] of stmt.clauses.entries()) {
          const inside = { breaks: stmt, continues: context.continues, clause };
          this.#inner(frame, inside, label, c.pos, c.body);
        }
        break;
      case NodeKind.SelectStmt:
        for (const c of stmt.clauses) {
          const inside = { breaks: stmt, continues: context.continues, clause: -1 };
          this.#inner(frame, inside, label, c.pos, c.body);
        }
        break;
      default:
    }
  }

  #inner(
    frame: Frame,
    context: Context,
    label: LabeledStmt | null,
    start: Pos,
    body: readonly Stmt[],
  ): void {
    frame.gotos.push(...this.block(frame.block, context, label, start, body));
  }

  /**
   * An if statement. Each else opens a block around what follows it, so a chain nests as deep as it
   * is long; only blocks and not calls nest here.
   */
  #ifChain(
    frame: Frame,
    context: Context,
    label: LabeledStmt | null,
    first: Extract<Stmt, { kind: typeof NodeKind.IfStmt }>,
  ): void {
    let outer = frame.block;
    let stmt = first;
    let own = label;
    for (;;) {
      const { body, else: rest } = stmt;
      frame.gotos.push(...this.block(outer, context, own, body.pos, body.list));
      if (rest === null) return;
      outer = { outer, start: rest.pos, label: own };
      own = null;
      if (rest.kind === NodeKind.BlockStmt) {
        frame.gotos.push(...this.block(outer, context, null, rest.pos, rest.list));
        return;
      }
      stmt = rest;
    }
  }

  #declare(frame: Frame, stmt: LabeledStmt): void {
    const { value: name, pos } = stmt.label;
    let label = this.#labels.get(name);
    if (label === undefined) {
      label = { block: frame.block, stmt, used: false };
      this.#labels.set(name, label);
    } else {
      const where = this.#table.format(label.stmt.label.pos);
      this.#report(pos, `label ${name} already defined at ${where}`);
    }
    const waiting: BranchStmt[] = [];
    for (const branch of frame.gotos) {
      if (branch.label!.value !== name) {
        waiting.push(branch);
        continue;
      }
      setBranchTarget(branch, stmt);
      label.used = true;
      if (frame.declared !== null && frame.bad.includes(branch)) {
        const variable = exprString(frame.declared.name);
        const where = this.#table.format(frame.declared.pos);
        this.#report(
          branch.label!.pos,
          `goto ${name} jumps over declaration of ${variable} at ${where}`,
        );
      }
    }
    frame.gotos = waiting;
  }

  #plainBranch(context: Context, stmt: BranchStmt, last: boolean): void {
    const { breaks, continues } = context;
    if (stmt.tok === Token.Break) {
      if (breaks !== null) setBranchTarget(stmt, breaks);
      else this.#report(stmt.pos, 'break is not in a loop, switch, or select');
    } else if (stmt.tok === Token.Continue) {
      if (continues !== null) setBranchTarget(stmt, continues);
      else this.#report(stmt.pos, 'continue is not in a loop');
    } else {
      const wrong = fallthroughError(context, last);
      if (wrong !== '') this.#report(stmt.pos, wrong);
    }
  }

  #labeledBranch(frame: Frame, stmt: BranchStmt): void {
    const { value: name, pos } = stmt.label!;
    const label = this.#labels.get(name);
    if (label !== undefined) label.used = true;
    if (stmt.tok === Token.Goto) {
      if (label !== undefined && encloses(frame.block, (b) => b === label.block)) {
        setBranchTarget(stmt, label.stmt);
      } else frame.gotos.push(stmt);
      return;
    }
    const verb = stmt.tok === Token.Break ? 'break' : 'continue';
    if (label === undefined) {
      this.#report(pos, `${verb} label not defined: ${name}`);
      return;
    }
    const target = encloses(frame.block, (b) => b.label === label.stmt) ? label.stmt.stmt : null;
    const isLoop = target?.kind === NodeKind.ForStmt;
    const isSwitch = target?.kind === NodeKind.SwitchStmt || target?.kind === NodeKind.SelectStmt;
    if (isLoop || (isSwitch && stmt.tok === Token.Break)) setBranchTarget(stmt, target);
    else this.#report(pos, `invalid ${verb} label ${name}`);
  }
}

/** State of one block while its statements are checked. */
interface Frame {
  readonly block: Block;
  readonly context: Context;
  /** Forward gotos whose label has not been seen. */
  gotos: BranchStmt[];
  /** Those of them that stand before the last variable declaration. */
  bad: BranchStmt[];
  declared: { readonly pos: Pos; readonly name: Node } | null;
}

function declareVariable(frame: Frame, pos: Pos, name: Node): void {
  frame.declared = { pos, name };
  frame.bad = [...frame.gotos];
}

function encloses(from: Block, wanted: (block: Block) => boolean): boolean {
  for (let b: Block | null = from; b !== null; b = b.outer) if (wanted(b)) return true;
  return false;
}

function fallthroughError(context: Context, last: boolean): string {
  const { breaks, clause } = context;
  if (breaks?.kind === NodeKind.SwitchStmt) {
    if (breaks.tag?.kind === NodeKind.TypeSwitchGuard) return 'cannot fallthrough in type switch';
    if (clause >= 0 && last) {
      const final = clause + 1 === breaks.clauses.length;
      return final ? 'cannot fallthrough final case in switch' : '';
    }
  }
  return 'fallthrough statement out of place';
}
