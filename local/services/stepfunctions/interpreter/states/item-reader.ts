import type { MapState } from '../../asl/definition.ts';
import { isArray, isObject, type Json, type JsonObject, type Payload, parseJson } from '../../json.ts';
import { ERRORS, StateFailure } from '../failure.ts';
import type { Flow } from '../flow.ts';
import type { Lane } from '../lane.ts';
import type { Run } from '../run.ts';
import { parseCsv } from './csv.ts';
import type { Items } from './map-items.ts';
import { callStorage, storageParameters } from './storage.ts';

/** `ItemReader`: items from a JSON, JSON Lines or CSV object of S3, or the listing of a bucket. */
export function* readItems(run: Run, lane: Lane, state: MapState, input: Payload): Flow<Items> {
  const reader = state.ItemReader;
  if (!reader) throw new Error('The Map state has no ItemReader.');
  const parameters = yield* storageParameters(run, lane, state, reader, 'ItemReader', input);
  const config: JsonObject = reader.ReaderConfig ?? {};
  const list = reader.Resource.endsWith(':s3:listObjectsV2')
    ? yield* listing(run, parameters)
    : parseItems(config, text(yield* callStorage(run, 'getObject', parameters, ERRORS.itemReader)));
  const most = config.MaxItems;
  return { list: typeof most === 'number' && most > 0 ? list.slice(0, most) : list, input };
}

function* listing(run: Run, parameters: JsonObject): Flow<readonly Json[]> {
  const found: Json[] = [];
  let token: Json | undefined;
  do {
    const page: JsonObject = yield* callStorage(
      run,
      'listObjectsV2',
      { ...parameters, ...(token === undefined ? {} : { ContinuationToken: token }) },
      ERRORS.itemReader,
    );
    const contents = page.Contents;
    if (isArray(contents)) found.push(...contents);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}

function text(object: JsonObject): string {
  const body = object.Body;
  if (typeof body === 'string') return body;
  return JSON.stringify(body ?? null);
}

function parseItems(config: JsonObject, body: string): readonly Json[] {
  const type = config.InputType ?? 'JSON';
  if (type === 'CSV') return parseCsv(body, config);
  if (type === 'JSONL')
    return body
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseItem);
  if (type !== 'JSON') throw new StateFailure(ERRORS.itemReader, `The local cloud does not read items of type ${JSON.stringify(type)}.`);
  const value = parseItem(body);
  if (isArray(value)) return value;
  if (isObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  throw new StateFailure(ERRORS.itemReader, 'Attempting to map over non-iterable node.');
}

function parseItem(line: string): Json {
  const parsed = parseJson(line);
  if (parsed.ok) return parsed.value;
  throw new StateFailure(ERRORS.itemReader, `The object is not valid JSON: ${parsed.problem}`);
}
