import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { ContractError, causedBy, type Envelope, parseEnvelope } from '../../contracts/index.ts';
import { unwrap } from '../consumer/body.ts';
import { type Delivery, deliveryOf } from '../consumer/delivery.ts';
import { patience } from '../consumer/patience.ts';
import {
  documentClient,
  ENVIRONMENT,
  integerVariable,
  type Log,
  log,
  measure,
  requireVariable,
  sfnClient,
  sqsClient,
} from '../context/index.ts';
import { transact } from '../inbox/transact.ts';
import { asFailure } from '../outbox/aws-failure.ts';
import { unreadableIdOf } from '../parking/parked.ts';
import { parkWrites } from '../parking/store.ts';
import { executionName } from './execution-name.ts';
import type { SagaInput } from './invocation.ts';

const HINT = 'The Saga construct sets it on its starter.';

type Started = 'Started' | 'Duplicates' | 'Parked' | 'Failed';

/**
 * Makes the handler that starts a saga for each event, named after the event's subject: the same event twice, or two events of one subject,
 * start it once. EventBridge's own target cannot name executions.
 */
export function sagaStarter(): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return async (batch, context) => {
    const lines = log({ requestId: context.awsRequestId });
    const outcomes = await Promise.all(
      batch.Records.map(async (record) => {
        const delivery = deliveryOf(record);
        return { delivery, outcome: await startOne(delivery, lines) };
      }),
    );
    const counts: Record<string, number> = {};
    for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    measure({ stateMachine: nameOf(requireVariable(ENVIRONMENT.stateMachine, HINT)) }, counts);
    return {
      batchItemFailures: outcomes
        .filter(({ outcome }) => outcome === 'Failed')
        .map(({ delivery }) => ({ itemIdentifier: delivery.messageId })),
    };
  };
}

async function startOne(delivery: Delivery, lines: Log): Promise<Started> {
  let event: Envelope;
  try {
    event = parseEnvelope(unwrap(delivery.body));
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return setAside(delivery, error.message, lines);
  }
  const { correlationid, causationid, traceparent } = causedBy(event);
  const input: SagaInput = {
    sagaId: event.subject,
    data: event.data,
    correlationid,
    ...(causationid === undefined ? {} : { causationid }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  try {
    await sfnClient().send(
      new StartExecutionCommand({
        stateMachineArn: requireVariable(ENVIRONMENT.stateMachine, HINT),
        name: executionName(event.subject),
        input: JSON.stringify(input),
        ...(process.env._X_AMZN_TRACE_ID ? { traceHeader: process.env._X_AMZN_TRACE_ID } : {}),
      }),
    );
    lines.info('Started a saga', { sagaId: event.subject, correlationId: event.correlationid });
    return 'Started';
  } catch (error) {
    if (asFailure(error).name === 'ExecutionAlreadyExists') return 'Duplicates';
    lines.error('Could not start a saga', { sagaId: event.subject, error: error as Error });
    await later(delivery, lines);
    return 'Failed';
  }
}

async function setAside(delivery: Delivery, detail: string, lines: Log): Promise<Started> {
  try {
    const entry = {
      owner: `saga-start#${nameOf(requireVariable(ENVIRONMENT.stateMachine, HINT))}`,
      id: unreadableIdOf(delivery.messageId),
      reason: 'unreadable' as const,
      detail,
      payload: delivery.body,
      parkedAt: Date.now(),
      origin: delivery.messageId,
    };
    await transact(documentClient(), parkWrites(requireVariable(ENVIRONMENT.parkingTable, HINT), entry));
    lines.warn('Parked a message that is no event', { messageId: delivery.messageId, detail });
    return 'Parked';
  } catch (error) {
    lines.error('Could not park a message', { messageId: delivery.messageId, error: error as Error });
    return 'Failed';
  }
}

/** Lets a message come again after a growing delay; the queue's own dead-letter queue takes it when that does not help. */
async function later(delivery: Delivery, lines: Log): Promise<void> {
  const QueueUrl = process.env[ENVIRONMENT.queueUrl];
  const next = patience(delivery.receives, integerVariable(ENVIRONMENT.maxReceives, 10), Math.random());
  if (!QueueUrl || next.kind === 'park') return;
  try {
    const VisibilityTimeout = next.afterSeconds;
    await sqsClient().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: delivery.receiptHandle, VisibilityTimeout }));
  } catch (error) {
    lines.warn('Could not set a visibility timeout', { error: error as Error });
  }
}

const nameOf = (arn: string): string => arn.split(':').at(-1) ?? arn;
