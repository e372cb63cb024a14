import type { Parser } from './parser.ts';
import type { FunctionNode, SyntaxNode } from './syntax.ts';

/** Functions of expressions: how many operands each takes, and where it may stand. */
interface FunctionRule {
  readonly operands: number;
  readonly use: 'condition' | 'operand' | 'update';
  /** Its first operand has to be a document path. */
  readonly path?: boolean;
}

const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  attribute_exists: { operands: 1, use: 'condition', path: true },
  attribute_not_exists: { operands: 1, use: 'condition', path: true },
  attribute_type: { operands: 2, use: 'condition' },
  begins_with: { operands: 2, use: 'condition' },
  contains: { operands: 2, use: 'condition' },
  size: { operands: 1, use: 'operand' },
  if_not_exists: { operands: 2, use: 'update', path: true },
  list_append: { operands: 2, use: 'update' },
};

/** Notes a function that does not exist, may not stand there, or has the wrong operands. */
export function checkFunction(parser: Parser, node: SyntaxNode, use: FunctionRule['use']): void {
  const problem = node.node === 'function' ? problemOf(node, use) : undefined;
  if (problem) parser.note(problem);
}

function problemOf({ name, operands }: FunctionNode, use: FunctionRule['use']): string | undefined {
  const rule = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!rule) return `Invalid function name; function: ${name}`;
  if (use === 'update' && rule.use !== 'update') return `The function is not allowed in an update expression; function: ${name}`;
  if (use !== 'update' && rule.use === 'update') return `The function is not allowed in a condition expression; function: ${name}`;
  if (rule.use !== use) return `The function is not allowed to be used this way in an expression; function: ${name}`;
  if (operands.length !== rule.operands) {
    return `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`;
  }
  if (!rule.path || operands[0]?.node === 'path') return undefined;
  return `Operator or function requires a document path; operator or function: ${name}`;
}
