/** Syntax trees of expressions, placeholders not yet resolved: the same text always has the same tree. */

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** Where in an item: an attribute's name (or its `#placeholder`), then names and list positions. */
export interface PathNode {
  readonly node: 'path';
  readonly steps: readonly (string | number)[];
}

export interface ValueNode {
  readonly node: 'value';
  readonly name: string;
}

export interface FunctionNode {
  readonly node: 'function';
  readonly name: string;
  readonly operands: readonly SyntaxNode[];
}

export interface ArithmeticNode {
  readonly node: 'arithmetic';
  readonly operator: '+' | '-';
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface ComparisonNode {
  readonly node: 'comparison';
  readonly operator: Comparator;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

export interface BetweenNode {
  readonly node: 'between';
  readonly operand: SyntaxNode;
  readonly low: SyntaxNode;
  readonly high: SyntaxNode;
}

export interface InNode {
  readonly node: 'in';
  readonly operand: SyntaxNode;
  readonly candidates: readonly SyntaxNode[];
}

export interface LogicNode {
  readonly node: 'and' | 'or';
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

export interface NotNode {
  readonly node: 'not';
  readonly operand: SyntaxNode;
}

export type SyntaxNode = PathNode | ValueNode | FunctionNode | ArithmeticNode | ComparisonNode | BetweenNode | InNode | LogicNode | NotNode;

export type UpdateSection = 'SET' | 'REMOVE' | 'ADD' | 'DELETE';

export interface UpdateActionNode {
  readonly section: UpdateSection;
  readonly path: PathNode;
  /** What SET assigns, or ADD and DELETE take. */
  readonly operand?: SyntaxNode;
}
