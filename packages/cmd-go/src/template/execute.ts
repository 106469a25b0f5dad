/**
 * Runs a template over data.
 *
 * Messages name the place and the operand, as upstream's do, because they are what the user of a
 * long format has to go by.
 * GOROOT: src/text/template/exec.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { Failure } from '../report/failure.ts';
import { builtins, CallError } from './functions.ts';
import {
  type Command,
  type Node,
  type Operand,
  parseTemplate,
  type Pipe,
  type Template,
  TemplateError,
} from './parse.ts';
import {
  type Callable,
  type Data,
  isList,
  isMap,
  isTrue,
  show,
  Struct,
  typeName,
} from './value.ts';

export type Functions = Readonly<Record<string, Callable>>;

/** A format made ready; the result makes the text for one value. */
export function compileTemplate(format: string, functions: Functions): (data: Data) => string {
  const all: Functions = { ...builtins, ...functions };
  let template: Template;
  try {
    template = parseTemplate(format, new Set([...Object.keys(all), 'and', 'or']));
  } catch (error) {
    if (error instanceof TemplateError) throw new Failure(error.message);
    throw error;
  }
  return (data) => {
    const run = new Execution(template, all);
    try {
      run.walk(template.body, data, [{ name: '$', value: data }]);
    } catch (error) {
      if (error instanceof TemplateError) throw new Failure(error.message);
      throw error;
    }
    return run.out.join('');
  };
}

interface Variable {
  readonly name: string;
  value: Data;
}

type Flow = 'next' | 'break' | 'continue';

class Execution {
  readonly out: string[] = [];
  readonly #template: Template;
  readonly #functions: Functions;

  constructor(template: Template, functions: Functions) {
    this.#template = template;
    this.#functions = functions;
  }

  walk(nodes: readonly Node[], dot: Data, variables: Variable[]): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot, variables);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #node(node: Node, dot: Data, variables: Variable[]): Flow {
    switch (node.kind) {
      case 'text':
        this.out.push(node.text);
        return 'next';
      case 'action': {
        const value = this.#pipe(node.pipe, dot, variables);
        if (node.pipe.variables.length === 0) this.out.push(show(value));
        return 'next';
      }
      case 'template': {
        const body = this.#template.defined.get(node.name);
        if (body === undefined) {
          throw new TemplateError(`template: main: template ${quoteString(node.name)} not defined`);
        }
        const value = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot, variables);
        this.walk(body, value, [{ name: '$', value }]);
        return 'next';
      }
      case 'if':
      case 'with': {
        const mark = variables.length;
        const value = this.#pipe(node.pipe, dot, variables);
        const branch = isTrue(value) ? node.body : node.other;
        const inner = isTrue(value) && node.kind === 'with' ? value : dot;
        const flow = this.walk(branch, inner, variables);
        variables.length = mark;
        return flow;
      }
      case 'range':
        this.#range(node, dot, variables);
        return 'next';
      default:
        return node.kind;
    }
  }

  #range(
    node: Extract<Node, { pipe: Pipe; body: unknown }>,
    dot: Data,
    variables: Variable[],
  ): void {
    const mark = variables.length;
    const { pipe, body, other } = node;
    const value = this.#pipe({ ...pipe, variables: [] }, dot, variables);
    const pairs = this.#elements(value, pipe);
    for (const [key, element] of pairs) {
      variables.length = mark;
      const [first, second] = pipe.variables;
      const values = second === undefined ? [element] : [key, element];
      [first, second].forEach((name, i) => {
        if (name !== undefined) this.#declare(pipe, name, values[i], variables);
      });
      if (this.walk(body, element, variables) === 'break') break;
    }
    variables.length = mark;
    if (pairs.length === 0) this.walk(other, dot, variables);
  }

  #elements(value: Data, pipe: Pipe): (readonly [Data, Data])[] {
    if (isList(value)) return value.map((element, i) => [i, element] as const);
    if (typeof value === 'number') {
      return Array.from({ length: Math.max(0, value) }, (_, i) => [i, i] as const);
    }
    if (value === undefined) return [];
    if (isMap(value)) {
      return Object.keys(value)
        .sort()
        .map((key) => [key, value[key]] as const);
    }
    throw this.#fail(pipe, pipe.text, `range can't iterate over ${show(value)}`);
  }

  #declare(pipe: Pipe, name: string, value: Data, variables: Variable[]): void {
    const old = pipe.assigns ? variables.findLast((one) => one.name === name) : undefined;
    if (old === undefined) variables.push({ name, value });
    else old.value = value;
  }

  #fail(pipe: Pipe, at: string, why: string): TemplateError {
    const col = pipe.col + Math.max(0, pipe.text.indexOf(at));
    return new TemplateError(
      `template: main:${pipe.line}:${col}: executing "main" at <${at}>: ${why}`,
    );
  }

  #pipe(pipe: Pipe, dot: Data, variables: Variable[]): Data {
    const scope = { pipe, dot, variables };
    let value: Data;
    pipe.commands.forEach((command, i) => {
      value = this.#command(command, i === 0 ? [] : [value], scope);
    });
    for (const name of pipe.variables) this.#declare(pipe, name, value, variables);
    return value;
  }

  /** `piped` is the value of the command before, the last argument of this one. */
  #command(command: Command, piped: readonly Data[], scope: Scope): Data {
    const [first, ...rest] = command;
    const { pipe } = scope;
    if (first!.kind === 'function') {
      const { name } = first as { name: string };
      if (name === 'and' || name === 'or') return this.#shortcut(name, rest, piped, scope);
      const args = [...rest.map((operand) => this.#operand(operand, scope)), ...piped];
      try {
        return this.#functions[name]!(args);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        const at = [name, ...rest.map(written)].join(' ');
        throw this.#fail(pipe, at, `error calling ${name}: ${error.message}`);
      }
    }
    const value = this.#operand(first!, scope);
    if (rest.length > 0 || piped.length > 0) {
      const at = written(first!);
      throw this.#fail(pipe, at, `can't give argument to non-function ${at}`);
    }
    return value;
  }

  #shortcut(
    name: 'and' | 'or',
    operands: readonly Operand[],
    piped: readonly Data[],
    scope: Scope,
  ): Data {
    let value: Data;
    for (const operand of operands) {
      value = this.#operand(operand, scope);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, scope: Scope): Data {
    switch (operand.kind) {
      case 'dot':
        return scope.dot;
      case 'nil':
        return undefined;
      case 'literal':
        return operand.value;
      case 'variable':
        return scope.variables.findLast(({ name }) => name === operand.name)?.value;
      case 'pipe':
        return this.#pipe(operand.pipe, scope.dot, scope.variables);
      case 'function':
        return this.#command([operand], [], scope);
      default:
        return this.#field(operand, scope);
    }
  }

  #field(operand: Extract<Operand, { kind: 'field' }>, scope: Scope): Data {
    const of = this.#operand(operand.of, scope);
    const { name } = operand;
    if (of instanceof Struct) {
      if (Object.hasOwn(of.fields, name)) return of.fields[name];
      if (of.text !== undefined && (name === 'String' || name === 'Error')) return of.text;
    } else if (isMap(of)) {
      return of[name] ?? '<no value>';
    }
    const at = written(operand);
    if (of === undefined) {
      const type = 'interface {}';
      throw this.#fail(scope.pipe, at, `nil pointer evaluating ${type}.${name}`);
    }
    throw this.#fail(scope.pipe, at, `can't evaluate field ${name} in type ${typeName(of)}`);
  }
}

interface Scope {
  readonly pipe: Pipe;
  readonly dot: Data;
  readonly variables: Variable[];
}

/** The operand as messages show it. */
function written(operand: Operand): string {
  switch (operand.kind) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'literal':
      return typeof operand.value === 'string'
        ? JSON.stringify(operand.value)
        : String(operand.value);
    case 'function':
    case 'variable':
      return operand.name;
    case 'pipe':
      return `(${operand.pipe.text})`;
    default: {
      const of = written(operand.of);
      return `${of === '.' ? '' : of}.${operand.name}`;
    }
  }
}
