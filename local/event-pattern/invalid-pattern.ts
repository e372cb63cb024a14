import type { JsonNode } from './json-syntax.ts';

const LONGEST_QUOTE = 500;

/** A pattern that EventBridge refuses. The message says why and where, in AWS's words. */
export class InvalidPatternError extends Error {
  readonly reason: string;

  constructor(reason: string, text: string, at: number) {
    super(`Event pattern is not valid. Reason: ${reason}\n at ${location(text, at)}`);
    this.name = 'InvalidPatternError';
    this.reason = reason;
  }
}

function location(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const more = text.length - LONGEST_QUOTE;
  const quoted = more > 0 ? `"${text.slice(0, LONGEST_QUOTE)}"[truncated ${more} chars]` : `"${text}"`;
  return `[Source: (String)${quoted}; line: ${line}, column: ${column}]`;
}

/** Ends the compilation: says what is wrong, and at which value. */
export type Refuse = (reason: string, node: JsonNode) => never;
