import { checkFunction } from './functions.ts';
import { Parser } from './parser.ts';
import type { SyntaxNode, UpdateActionNode, UpdateSection } from './syntax.ts';

const SECTIONS: readonly UpdateSection[] = ['SET', 'REMOVE', 'ADD', 'DELETE'];

/** Reads an update expression: its actions in the order in which they are written. */
export function parseUpdate(text: string): readonly UpdateActionNode[] {
  return new UpdateParser('UpdateExpression', text).update();
}

class UpdateParser extends Parser {
  override isKeyword(word: string): boolean {
    return (SECTIONS as readonly string[]).includes(word);
  }

  update(): readonly UpdateActionNode[] {
    const actions: UpdateActionNode[] = [];
    const seen = new Set<UpdateSection>();
    do {
      const section = SECTIONS.find((name) => this.looksAt(name));
      if (!section) throw this.syntaxError();
      if (seen.has(section)) this.note(`The "${section}" section can only be used once in an update expression;`);
      seen.add(section);
      this.take();
      do actions.push(this.#action(section));
      while (this.accept(','));
    } while (this.token.kind !== 'end');
    this.end();
    return actions;
  }

  #action(section: UpdateSection): UpdateActionNode {
    const path = this.path();
    this.countOperator();
    if (section === 'REMOVE') return { section, path };
    if (section === 'SET') {
      this.expect('=');
      return { section, path, operand: this.#assigned() };
    }
    if (this.token.kind !== 'value') throw this.syntaxError();
    return { section, path, operand: { node: 'value', name: this.take().text } };
  }

  /** What SET assigns: an operand, or a sum or difference of two. */
  #assigned(): SyntaxNode {
    const left = this.#operand(true);
    const operator = this.looksAt('+') ? '+' : this.looksAt('-') ? '-' : undefined;
    if (!operator || left.node === 'arithmetic') return left;
    this.take();
    this.countOperator();
    const right = this.#operand(false);
    this.#refuseListAppend([left, right]);
    return { node: 'arithmetic', operator, left, right };
  }

  /** `list_append` gives the whole of what SET assigns, never a part of it. */
  #refuseListAppend(operands: readonly SyntaxNode[]): void {
    if (operands.some((operand) => operand.node === 'function' && operand.name === 'list_append')) {
      this.note('The function is not allowed to be used this way in an expression; function: list_append');
    }
  }

  #operand(maySum: boolean): SyntaxNode {
    if (this.looksAt('(')) return this.group(() => (maySum ? this.#assigned() : this.#operand(false)));
    if (this.token.kind === 'value') return { node: 'value', name: this.take().text };
    if (this.token.kind === 'identifier' && this.following.text === '(') return this.#function();
    return this.path();
  }

  #function(): SyntaxNode {
    const name = this.take().text;
    this.countOperator();
    const operands = this.list(() => this.#operand(false));
    const node: SyntaxNode = { node: 'function', name, operands };
    checkFunction(this, node, 'update');
    this.#refuseListAppend(operands);
    return node;
  }
}
