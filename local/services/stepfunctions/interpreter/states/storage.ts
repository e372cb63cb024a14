import type { MapState } from '../../asl/definition.ts';
import { parseResource } from '../../integrations/resource.ts';
import { type Json, type JsonObject, Payload } from '../../json.ts';
import { StateFailure } from '../failure.ts';
import { callTask, type Flow } from '../flow.ts';
import type { Lane } from '../lane.ts';
import { bindings, evaluateField, fillIn, languageOf, sight } from '../query.ts';
import type { Run } from '../run.ts';

/** A call of S3 that a distributed Map makes for itself, in the name of the execution's role. @throws StateFailure named `error` */
export function* callStorage(run: Run, action: string, parameters: JsonObject, error: string): Flow<JsonObject> {
  const resource = parseResource(`arn:aws:states:::aws-sdk:s3:${action}`);
  if (!resource.ok) throw new Error(resource.problem);
  const answer = yield* callTask({
    resource: resource.resource,
    parameters: Payload.of(parameters),
    roleArn: run.identity.roleArn,
    token: undefined,
    timeoutMs: undefined,
    heartbeatMs: undefined,
  });
  if (answer.kind === 'succeeded') return answer.output.value as JsonObject;
  throw new StateFailure(error, answer.kind === 'failed' ? answer.cause : `S3 ${action} did not answer`);
}

/** `Parameters` or `Arguments` of a reader or writer. */
export function* storageParameters(
  run: Run,
  lane: Lane,
  state: MapState,
  owner: { readonly Parameters?: Json; readonly Arguments?: Json },
  field: string,
  input: Payload,
): Flow<Readonly<Record<string, string>>> {
  const value =
    languageOf(state, lane) === 'JSONata'
      ? yield* evaluateField(lane, owner.Arguments ?? {}, `${field}/Arguments`, () => bindings(run, lane, { input: input.value }))
      : fillIn(lane, owner.Parameters ?? {}, sight(run, lane, input.value));
  return value as Readonly<Record<string, string>>;
}
