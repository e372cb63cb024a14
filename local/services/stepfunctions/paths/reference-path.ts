import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import type { Path } from './path.ts';

/** Puts `result` into `input` where a reference path (`ResultPath`) points; undefined when the input is not of that shape. */
export function placeAt(path: Path, input: Json, result: Json): Json | undefined {
  return place(path, 0, input, result);
}

function place(path: Path, at: number, node: Json | undefined, result: Json): Json | undefined {
  const step = path.steps[at];
  if (step === undefined) return result;
  if (step.kind === 'names') {
    const name = step.names[0] ?? '';
    if (node !== undefined && !isObject(node)) return undefined;
    const object: JsonObject = node ?? {};
    const inner = place(path, at + 1, Object.hasOwn(object, name) ? object[name] : undefined, result);
    return inner === undefined ? undefined : { ...object, [name]: inner };
  }
  if (step.kind !== 'indexes' || !isArray(node)) return undefined;
  const index = step.indexes[0] ?? 0;
  if (index < 0 || index >= node.length) return undefined;
  const inner = place(path, at + 1, node[index], result);
  return inner === undefined ? undefined : node.with(index, inner);
}
