/** A step of a path: a field, an element, or every element. */
type Step = { readonly name: string } | { readonly index: number } | { readonly all: true };

/** A JSON path of the kind targets use: `$.detail.items[0].name`, `$.detail['a b']`, `$.detail.items[*].id`. */
export type JsonPath = readonly Step[];

const STEP = /\.([^.[\]*'"\s]+)|\[(\d+)\]|\[\*\]|\.\*|\['([^']*)'\]|\["([^"]*)"\]/y;

/** @returns undefined for text that is not such a path */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  for (let at = 1; at < text.length; ) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (!found) return undefined;
    at = STEP.lastIndex;
    const name = found[1] ?? found[3] ?? found[4];
    if (name !== undefined) steps.push({ name });
    else if (found[2] !== undefined) steps.push({ index: Number(found[2]) });
    else steps.push({ all: true });
  }
  return steps;
}

/** What the path leads to; undefined when nothing is there. Paths with `[*]` give a list of all they find. */
export function followPath(path: JsonPath, root: unknown): unknown {
  let found: unknown[] = [root];
  for (const step of path) found = found.flatMap((value) => follow(step, value));
  return path.some((step) => 'all' in step) ? (found.length === 0 ? undefined : found) : found[0];
}

function follow(step: Step, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('all' in step) return Object.values(value);
  if ('index' in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
  return !Array.isArray(value) && Object.hasOwn(value, step.name) ? [(value as Record<string, unknown>)[step.name]] : [];
}
