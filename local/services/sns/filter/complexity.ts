import type { Filter } from './filter-policy.ts';

/** The combinations of values in a filter: per key its values times its depth, multiplied; alternatives added up. */
export function combinationsOf(filter: Filter, depth = 1): number {
  let product = 1;
  for (const requirement of filter.all) {
    product *= 'rules' in requirement ? requirement.rules.length * depth : combinationsOf(requirement.nested, depth + 1);
  }
  for (const alternatives of filter.choices) {
    product *= alternatives.reduce((sum, alternative) => sum + combinationsOf(alternative, depth), 0);
  }
  return product;
}

/** The most keys that one combination of alternatives has. */
export function keysOf(filter: Filter): number {
  let keys = 0;
  for (const requirement of filter.all) keys += 'rules' in requirement ? 1 : keysOf(requirement.nested);
  for (const alternatives of filter.choices) keys += Math.max(...alternatives.map(keysOf));
  return keys;
}
