import { isArray, isObject, type Json } from '../json.ts';
import { passesFilter } from './evaluate-filter.ts';
import { aggregate } from './functions.ts';
import { bracketed, type Path, type Step } from './path.ts';

export type PathResult =
  /** `absent`: nothing is there, and the value stands for it. */
  { readonly found: true; readonly value: Json; readonly absent: boolean } | { readonly found: false; readonly problem: string };

/**
 * What a path selects. A definite path that leads nowhere is not found, save for an array's index past its end, which is null;
 * an indefinite one yields an array, empty when nothing is there (both as AWS does).
 */
export function evaluatePath(path: Path, document: Json): PathResult {
  if (!path.definite) {
    const value = selectMany(path.steps, document);
    return { found: true, value, absent: isArray(value) && value.length === 0 };
  }
  let value: Json = document;
  let absent = false;
  for (const [at, step] of path.steps.entries()) {
    const next = selectOne(step, value);
    if (next === undefined) {
      const here = bracketed(path.steps.slice(0, at + 1));
      const leaf = at === path.steps.length - 1;
      return { found: false, problem: `${leaf ? 'No results for path' : 'Missing property in path'}${leaf ? ':' : ''} ${here}` };
    }
    absent = step.kind === 'indexes' && isArray(value) && value.at(step.indexes[0] ?? 0) === undefined;
    value = next;
  }
  return { found: true, value, absent };
}

function selectOne(step: Step, value: Json): Json | undefined {
  if (step.kind === 'names') {
    const name = step.names[0] ?? '';
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (step.kind === 'indexes') {
    if (!isArray(value)) return undefined;
    return value.at(step.indexes[0] ?? 0) ?? null;
  }
  return step.kind === 'call' ? aggregate(step.name, value) : undefined;
}

function selectMany(steps: readonly Step[], document: Json): Json {
  let nodes: Json[] = [document];
  for (const [at, step] of steps.entries()) {
    if (step.kind === 'call') {
      const result = aggregate(step.name, nodes);
      return result === undefined ? [] : at === steps.length - 1 ? result : selectMany(steps.slice(at + 1), result);
    }
    nodes = nodes.flatMap((node) => selectEach(step, node, document));
  }
  return nodes;
}

function selectEach(step: Step, node: Json, document: Json): Json[] {
  switch (step.kind) {
    case 'names':
      return isObject(node) ? step.names.filter((name) => Object.hasOwn(node, name)).map((name) => node[name] ?? null) : [];
    case 'indexes':
      return isArray(node) ? step.indexes.flatMap((index) => pick(node, index)) : [];
    case 'slice':
      return isArray(node) ? slice(node, step.from, step.to, step.by) : [];
    case 'wildcard':
      return children(node);
    case 'descend':
      return descendants(node);
    case 'filter':
      return isArray(node)
        ? node.filter((item) => passesFilter(step.filter, item, document))
        : isObject(node) && passesFilter(step.filter, node, document)
          ? [node]
          : [];
    case 'call':
      return [];
  }
}

function pick(items: readonly Json[], index: number): Json[] {
  const item = items.at(index);
  return item === undefined ? [] : [item];
}

function slice(items: readonly Json[], from: number | undefined, to: number | undefined, by: number): Json[] {
  return items.slice(from, to).filter((_, at) => at % Math.max(by, 1) === 0);
}

function children(node: Json): Json[] {
  if (isArray(node)) return [...node];
  return isObject(node) ? Object.values(node) : [];
}

function descendants(node: Json): Json[] {
  return [node, ...children(node).flatMap(descendants)];
}
