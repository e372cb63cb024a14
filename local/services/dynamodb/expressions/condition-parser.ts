import { checkFunction } from './functions.ts';
import { Parser } from './parser.ts';
import type { Comparator, ExpressionKind, SyntaxNode } from './syntax.ts';

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const MAX_IN = 100;

/** Reads a condition, filter or key condition. What depends on names and values is checked when it is bound. */
export function parseCondition(kind: ExpressionKind, text: string): SyntaxNode {
  const parser = new ConditionParser(kind, text);
  const condition = parser.disjunction();
  parser.condition(condition);
  parser.end();
  return condition;
}

/**
 * In `(…` a condition and an operand begin alike, so one rule reads both, and {@link condition} and {@link operand} say which of
 * them has to stand where.
 */
class ConditionParser extends Parser {
  override isKeyword(word: string): boolean {
    return KEYWORDS.has(word);
  }

  disjunction(): SyntaxNode {
    let left = this.#conjunction();
    while (this.looksAt('OR')) {
      this.condition(left);
      this.take();
      this.countOperator();
      left = { node: 'or', left, right: this.condition(this.#conjunction()) };
    }
    return left;
  }

  #conjunction(): SyntaxNode {
    let left = this.#negation();
    while (this.looksAt('AND')) {
      this.condition(left);
      this.take();
      this.countOperator();
      left = { node: 'and', left, right: this.condition(this.#negation()) };
    }
    return left;
  }

  #negation(): SyntaxNode {
    if (!this.accept('NOT')) return this.#comparison();
    this.countOperator();
    return { node: 'not', operand: this.condition(this.#negation()) };
  }

  #comparison(): SyntaxNode {
    const left = this.#primary();
    if (!canBeOperand(left)) return left;
    if (this.token.kind === 'symbol' && COMPARATORS.has(this.token.text)) {
      this.#operand(left);
      this.countOperator();
      return { node: 'comparison', operator: this.take().text as Comparator, left, right: this.#nextOperand() };
    }
    if (this.accept('BETWEEN')) {
      this.#operand(left);
      this.countOperator();
      const low = this.#nextOperand();
      this.expect('AND');
      return { node: 'between', operand: left, low, high: this.#nextOperand() };
    }
    if (this.accept('IN')) {
      this.#operand(left);
      this.countOperator();
      const candidates = this.list(() => this.#nextOperand());
      if (candidates.length > MAX_IN) {
        this.note(`Too many operands for operator or function; operator or function: IN, number of operands: ${candidates.length}`);
      }
      return { node: 'in', operand: left, candidates };
    }
    return left;
  }

  #primary(): SyntaxNode {
    if (this.looksAt('(')) return this.group(() => this.disjunction());
    if (this.token.kind === 'value') return { node: 'value', name: this.take().text };
    if (this.token.kind === 'identifier' && this.following.text === '(' && !this.isKeyword(this.token.text.toUpperCase())) {
      const name = this.take().text;
      this.countOperator();
      return { node: 'function', name, operands: this.list(() => this.#nextOperand()) };
    }
    return this.path();
  }

  #nextOperand(): SyntaxNode {
    return this.#operand(this.#primary());
  }

  #operand(node: SyntaxNode): SyntaxNode {
    if (!canBeOperand(node)) throw this.syntaxError();
    checkFunction(this, node, 'operand');
    return node;
  }

  condition(node: SyntaxNode): SyntaxNode {
    if (node.node === 'path' || node.node === 'value') throw this.syntaxError();
    checkFunction(this, node, 'condition');
    return node;
  }
}

function canBeOperand(node: SyntaxNode): boolean {
  return node.node === 'path' || node.node === 'value' || node.node === 'function';
}
