import { parseCondition } from './condition-parser.ts';
import { parseProjection } from './projection-parser.ts';
import type { ExpressionKind, PathNode, SyntaxNode, UpdateActionNode } from './syntax.ts';
import { parseUpdate } from './update-parser.ts';

/** Programs use few expressions and use them often; generated texts (`IN` lists) must not pile up. */
const CAPACITY = 2_000;

function cached<Tree>(parse: (text: string) => Tree): (text: string) => Tree {
  const trees = new Map<string, Tree>();
  return (text) => {
    const known = trees.get(text);
    if (known) return known;
    const tree = parse(text);
    if (trees.size >= CAPACITY) trees.clear();
    trees.set(text, tree);
    return tree;
  };
}

type ConditionKind = Exclude<ExpressionKind, 'ProjectionExpression' | 'UpdateExpression'>;
const conditions: Readonly<Record<ConditionKind, (text: string) => SyntaxNode>> = {
  ConditionExpression: cached((text) => parseCondition('ConditionExpression', text)),
  FilterExpression: cached((text) => parseCondition('FilterExpression', text)),
  KeyConditionExpression: cached((text) => parseCondition('KeyConditionExpression', text)),
};

export function conditionTree(kind: ConditionKind, text: string): SyntaxNode {
  return conditions[kind](text);
}

export const updateTree: (text: string) => readonly UpdateActionNode[] = cached(parseUpdate);
export const projectionTree: (text: string) => readonly PathNode[] = cached(parseProjection);
