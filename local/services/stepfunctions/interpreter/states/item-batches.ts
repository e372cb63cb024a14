import type { MapState } from '../../asl/definition.ts';
import { type Json, type JsonObject, Payload } from '../../json.ts';
import type { Flow } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { numberIn } from '../numbers.ts';
import { bindings, evaluateField, fillIn, languageOf, sight } from '../query.ts';
import type { Run } from '../run.ts';
import type { Items } from './map-items.ts';

/** `ItemBatcher`: puts items together as inputs of one child each: `{ BatchInput, Items: […] }`. */
export function* batched(
  run: Run,
  lane: Lane,
  state: MapState,
  items: Items,
  input: Payload,
  inputs: readonly Payload[],
): Flow<readonly Payload[]> {
  const batcher = state.ItemBatcher;
  if (!batcher) return inputs;
  const most = { value: batcher.MaxItemsPerBatch, path: batcher.MaxItemsPerBatchPath, kind: 'integer' } as const;
  const bytes = { value: batcher.MaxInputBytesPerBatch, path: batcher.MaxInputBytesPerBatchPath, kind: 'integer' } as const;
  const maxItems =
    (yield* numberIn(run, lane, state, { name: 'ItemBatcher/MaxItemsPerBatch', ...most }, input)) || Number.POSITIVE_INFINITY;
  const maxBytes =
    (yield* numberIn(run, lane, state, { name: 'ItemBatcher/MaxInputBytesPerBatch', ...bytes }, input)) || Number.POSITIVE_INFINITY;
  const shared = yield* batchInput(run, lane, state, items, batcher.BatchInput);
  const batches: Json[][] = [];
  let size = 0;
  for (const item of inputs) {
    const length = Buffer.byteLength(item.text);
    const open = batches.at(-1);
    if (open && open.length < maxItems && size + length <= maxBytes) {
      open.push(item.value);
      size += length;
    } else {
      batches.push([item.value]);
      size = length;
    }
  }
  return batches.map((batch) => Payload.of({ ...shared, Items: batch }));
}

function* batchInput(run: Run, lane: Lane, state: MapState, items: Items, template: Json | undefined): Flow<JsonObject> {
  if (template === undefined) return {};
  if (languageOf(state, lane) !== 'JSONata') return { BatchInput: fillIn(lane, template, sight(run, lane, items.input.value)) };
  const scope = (): ReturnType<typeof bindings> => bindings(run, lane, { input: items.input.value });
  return { BatchInput: yield* evaluateField(lane, template, 'ItemBatcher/BatchInput', scope) };
}
