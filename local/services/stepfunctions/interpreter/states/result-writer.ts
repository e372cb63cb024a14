import type { MapState } from '../../asl/definition.ts';
import { type Json, Payload } from '../../json.ts';
import { ERRORS } from '../failure.ts';
import type { Flow, Outcome } from '../flow.ts';
import type { Lane } from '../lane.ts';
import type { Run } from '../run.ts';
import { callStorage, storageParameters } from './storage.ts';

/** A distributed Map's output: its children's outputs, or, with a `ResultWriter`, where in S3 they were written. */
export function* writeResults(
  run: Run,
  lane: Lane,
  state: MapState,
  input: Payload,
  arn: string,
  inputs: readonly Payload[],
  outcomes: readonly (Outcome | undefined)[],
): Flow<Payload> {
  const writer = state.ResultWriter;
  if (!writer?.Resource) return Payload.array(outcomes.flatMap((outcome) => (outcome?.ok ? [outcome.output] : [])));
  const { Bucket: bucket, Prefix: prefix } = yield* storageParameters(run, lane, state, writer, 'ResultWriter', input);
  const folder = `${prefix === undefined ? '' : `${prefix.replace(/\/$/, '')}/`}${arn.slice(arn.lastIndexOf(':') + 1)}`;
  const put = (key: string, body: Json): Flow<unknown> =>
    callStorage(run, 'putObject', { Bucket: bucket ?? '', Key: key, Body: JSON.stringify(body) }, ERRORS.resultWriter);
  const files: Record<string, Json> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const [status, records] of Object.entries(recordsOf(inputs, outcomes))) {
    if (records.length === 0) continue;
    const key = `${folder}/${status}_0.json`;
    yield* put(key, records);
    files[status] = [{ Key: key, Size: Buffer.byteLength(JSON.stringify(records)) }];
  }
  const key = `${folder}/manifest.json`;
  yield* put(key, { DestinationBucket: bucket ?? '', MapRunArn: arn, ResultFiles: files });
  return Payload.of({ MapRunArn: arn, ResultWriterDetails: { Bucket: bucket ?? '', Key: key } });
}

function recordsOf(
  inputs: readonly Payload[],
  outcomes: readonly (Outcome | undefined)[],
): Readonly<Record<'SUCCEEDED' | 'FAILED', Json[]>> {
  const records: { readonly SUCCEEDED: Json[]; readonly FAILED: Json[] } = { SUCCEEDED: [], FAILED: [] };
  for (const [index, outcome] of outcomes.entries()) {
    const input = inputs[index]?.text ?? '{}';
    if (outcome?.ok) records.SUCCEEDED.push({ Input: input, Output: outcome.output.text, Status: 'SUCCEEDED' });
    else if (outcome) records.FAILED.push({ Input: input, Error: outcome.error ?? null, Cause: outcome.cause ?? null, Status: 'FAILED' });
  }
  return records;
}
