import { Parser } from './parser.ts';
import type { PathNode } from './syntax.ts';

/** Reads a projection expression: a list of document paths. */
export function parseProjection(text: string): readonly PathNode[] {
  const parser = new Parser('ProjectionExpression', text);
  const paths = [parser.path()];
  while (parser.accept(',')) paths.push(parser.path());
  parser.end();
  return paths;
}
