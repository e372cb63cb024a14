import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { asFailure } from '../outbox/aws-failure.ts';
import { findParked, removeParked } from '../parking/store.ts';
import { executionName } from './execution-name.ts';

/** Where a parked saga lies and runs. */
export interface SagaPlace {
  readonly client: DynamoDBDocumentClient;
  readonly sfn: SFNClient;
  readonly parkingTable: string;
  readonly stateMachineArn: string;
}

export type ResumeResult = { readonly ok: true; readonly executionArn: string } | { readonly ok: false; readonly reason: 'not-found' };

/**
 * Goes on with a parked saga where it stopped, as a new execution under the same idempotency keys.
 *
 * @param sagaName name of the saga, as in its keys
 * @param sagaId id of the saga: the subject it was started for
 * @throws whatever Step Functions refuses the start with
 */
export async function resumeSaga(place: SagaPlace, sagaName: string, sagaId: string): Promise<ResumeResult> {
  const owner = `saga#${sagaName}`;
  const parked = await findParked(place.client, place.parkingTable, owner, sagaId);
  if (!parked) return { ok: false, reason: 'not-found' };
  // Named after when it was parked: resuming it twice starts it once, and what is parked anew gets another name.
  const name = executionName(`${sagaId}-resumed-${parked.parkedAt}`);
  const executionArn = await start(place, name, parked.payload);
  await removeParked(place.client, place.parkingTable, parked);
  return { ok: true, executionArn };
}

async function start({ sfn, stateMachineArn }: SagaPlace, name: string, input: string): Promise<string> {
  try {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return executionArn ?? '';
  } catch (error) {
    if (asFailure(error).name !== 'ExecutionAlreadyExists') throw error;
    return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}
