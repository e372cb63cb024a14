/** A filter's operand: a path on the item (`@`) or on the document (`$`), or a literal. */
export type Operand =
  | { readonly kind: 'path'; readonly from: 'item' | 'root'; readonly path: Path }
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'regex'; readonly pattern: RegExp };

/** A filter: what stands between `[?(` and `)]`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Operand; readonly right: Operand };

export type Step =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined; readonly by: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'call'; readonly name: string };

export interface Path {
  /** As written. */
  readonly text: string;
  readonly steps: readonly Step[];
  /** Whether it can select one node at most; an indefinite path yields an array of what it selected. */
  readonly definite: boolean;
}

/** The path in bracket notation, as messages show it: `$['a'][0]`. */
export function bracketed(steps: readonly Step[]): string {
  return `$${steps.map(bracketedStep).join('')}`;
}

function bracketedStep(step: Step): string {
  switch (step.kind) {
    case 'names':
      return `[${step.names.map((name) => `'${name}'`).join(',')}]`;
    case 'indexes':
      return `[${step.indexes.join(',')}]`;
    case 'slice':
      return `[${step.from ?? ''}:${step.to ?? ''}]`;
    case 'wildcard':
      return '[*]';
    case 'descend':
      return '..';
    case 'filter':
      return '[?]';
    case 'call':
      return `.${step.name}()`;
  }
}
