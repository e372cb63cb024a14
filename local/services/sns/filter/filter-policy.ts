/** A value that a filter policy names as such. */
export type Literal = string | number | boolean | null;

/** One way for a value to match. */
export type Rule =
  | { readonly kind: 'equals'; readonly value: Literal }
  | { readonly kind: 'exists'; readonly wanted: boolean }
  | { readonly kind: 'prefix' | 'suffix' | 'equals-ignore-case'; readonly text: string }
  | { readonly kind: 'anything-but'; readonly values: readonly Literal[] }
  | { readonly kind: 'anything-but-prefix'; readonly text: string }
  | { readonly kind: 'numeric'; readonly tests: readonly NumericTest[] }
  | { readonly kind: 'cidr'; readonly network: bigint; readonly bits: number; readonly size: 32 | 128 };

export interface NumericTest {
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** What a message must have under one key: one of the rules, or an object that matches. */
export type Requirement = { readonly key: string; readonly rules: readonly Rule[] } | { readonly key: string; readonly nested: Filter };

/** A filter policy, read: every requirement and one alternative of every choice must match. */
export interface Filter {
  readonly all: readonly Requirement[];
  readonly choices: readonly (readonly Filter[])[];
}

/** What a filter policy is held against: the attributes of a message or its body. */
export type FilterScope = 'MessageAttributes' | 'MessageBody';
