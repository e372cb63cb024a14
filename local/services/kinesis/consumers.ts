import type {
  Consumer,
  DeregisterStreamConsumerInput,
  DescribeStreamConsumerInput,
  DescribeStreamConsumerOutput,
  ListStreamConsumersInput,
  ListStreamConsumersOutput,
  RegisterStreamConsumerInput,
  RegisterStreamConsumerOutput,
} from '@aws-sdk/client-kinesis';
import { ACCOUNT, AwsError } from '../../kernel/index.ts';
import { findStream, type KinesisScope, type Operations } from './scope.ts';
import type { Stream, StreamConsumer } from './stream.ts';

const MOST_CONSUMERS = 20;

function describe(consumer: StreamConsumer): Consumer {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumer.arn,
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: consumer.createdAt,
  };
}

interface ConsumerReference {
  readonly StreamARN?: string | undefined;
  readonly ConsumerName?: string | undefined;
  readonly ConsumerARN?: string | undefined;
}

function findConsumer(scope: KinesisScope, input: ConsumerReference): { stream: Stream; consumer: StreamConsumer } {
  const stream = findStream(scope, { StreamARN: input.StreamARN ?? input.ConsumerARN });
  const consumer = [...stream.consumers.values()].find(({ name, arn }) => name === input.ConsumerName || arn === input.ConsumerARN);
  if (!consumer) {
    const shown = input.ConsumerName ?? input.ConsumerARN;
    throw new AwsError('ResourceNotFoundException', `Consumer ${shown}, Stream ${stream.name} under account ${ACCOUNT} not found.`);
  }
  return { stream, consumer };
}

function registerStreamConsumer(input: RegisterStreamConsumerInput, scope: KinesisScope): RegisterStreamConsumerOutput {
  const stream = findStream(scope, input);
  const name = input.ConsumerName ?? '';
  if (stream.consumers.has(name)) {
    throw new AwsError('ResourceInUseException', `Consumer ${name} under stream ${stream.name} already exists for account ${ACCOUNT}.`);
  }
  if (stream.consumers.size >= MOST_CONSUMERS) {
    throw new AwsError(
      'LimitExceededException',
      `Stream ${stream.name} under account ${ACCOUNT} has the most consumers it can have, ${MOST_CONSUMERS}.`,
    );
  }
  const now = scope.kernel.now();
  const consumer: StreamConsumer = {
    name,
    arn: `${stream.arn}/consumer/${name}:${Math.floor(now / 1_000)}`,
    createdAt: new Date(now),
    tags: new Map(Object.entries(input.Tags ?? {})),
  };
  stream.consumers.set(name, consumer);
  return { Consumer: describe(consumer) };
}

function deregisterStreamConsumer(input: DeregisterStreamConsumerInput, scope: KinesisScope): object {
  const { stream, consumer } = findConsumer(scope, input);
  stream.consumers.delete(consumer.name);
  return {};
}

function describeStreamConsumer(input: DescribeStreamConsumerInput, scope: KinesisScope): DescribeStreamConsumerOutput {
  const { stream, consumer } = findConsumer(scope, input);
  return {
    ConsumerDescription: {
      ConsumerName: consumer.name,
      ConsumerARN: consumer.arn,
      ConsumerStatus: 'ACTIVE',
      ConsumerCreationTimestamp: consumer.createdAt,
      StreamARN: stream.arn,
    },
  };
}

function listStreamConsumers(input: ListStreamConsumersInput, scope: KinesisScope): ListStreamConsumersOutput {
  const consumers = [...findStream(scope, input).consumers.values()].filter(({ name }) => name > (input.NextToken ?? ''));
  consumers.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = consumers.slice(0, input.MaxResults ?? 100);
  const last = found.at(-1);
  return { Consumers: found.map(describe), ...(last && found.length < consumers.length ? { NextToken: last.name } : {}) };
}

export const consumerOperations = {
  RegisterStreamConsumer: registerStreamConsumer,
  DeregisterStreamConsumer: deregisterStreamConsumer,
  DescribeStreamConsumer: describeStreamConsumer,
  ListStreamConsumers: listStreamConsumers,
} satisfies Operations;
