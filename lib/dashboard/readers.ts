import { Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { Api } from '../api/index.ts';
import { Consumer, QueueSource } from '../consumer/index.ts';
import { EventBus } from '../event-bus/index.ts';
import { EventStream } from '../event-stream/index.ts';
import { FanOut } from '../fan-out/index.ts';
import { Outbox } from '../outbox/index.ts';
import { Projection } from '../projection/index.ts';
import { Saga } from '../saga/index.ts';
import { DeadLetterQueue } from '../shared/index.ts';
import type { Section, Signal } from './signals.ts';

/** A metric with the graph it belongs in; `suffix` tells lines of one construct in one graph apart. */
type Line = readonly [section: Section, title: string, metric: Metric, suffix?: string];

/** Options of metrics: a sum, or a maximum, of each period. */
interface Over {
  readonly each: MetricOptions;
  readonly sum: MetricOptions;
  readonly most: MetricOptions;
}

interface Reader {
  reads(construct: IConstruct): readonly Line[];
}

// biome-ignore lint/complexity/noBannedTypes: it is compared by `instanceof` only
type Class<Kind> = Function & { readonly prototype: Kind };

function reader<Kind>(kind: Class<Kind>, lines: (construct: Kind) => readonly Line[]): Reader {
  return { reads: (construct) => (construct instanceof kind ? lines(construct as Kind) : []) };
}

/** What each kind of construct shows of itself. */
function readers({ each, sum, most }: Over): readonly Reader[] {
  return [
    reader(Api, (api) => [
      ['flow', 'API: requests', api.restApi.metricCount(sum)],
      ['lag', 'API: latency, slowest hundredth (ms)', api.metricLatency(each)],
      ['errors', 'API: answers that are errors', api.restApi.metricServerError(sum), '5xx'],
      ['errors', 'API: answers that are errors', api.restApi.metricClientError(sum), '4xx'],
      ['cost', 'API: requests', api.restApi.metricCount(sum)],
    ]),
    reader(Outbox, (outbox) => [
      ['flow', 'Outbox: events published', outbox.metricPublished(each)],
      ['lag', 'Outbox: from commit to publication, slowest hundredth (ms)', outbox.metricPublishDelay(each)],
      ['lag', 'How far the reader of a stream is behind (ms)', outbox.relay.metric('IteratorAge', most)],
      ['age', 'Outbox: oldest event that waits (s)', outbox.metricOutboxAge(each)],
      ['age', 'Set aside', outbox.metricParkedSubjects(each), 'subjects'],
      ['errors', 'Outbox: entries that the bus did not take', outbox.metricFailed(each)],
    ]),
    reader(EventBus, (bus) =>
      bus.routes.flatMap(({ rule }): Line[] => {
        const name = rule.node.scope?.node.id ?? rule.node.id;
        return [
          ['flow', 'Bus: events delivered, by route', bus.metricInvocations(rule, sum), name],
          ['errors', 'Deliveries that failed', bus.metricSentToDeadLetters(rule, sum), name],
        ];
      }),
    ),
    reader(FanOut, ({ topic }) => [
      ['flow', 'Topic: messages in and out', topic.metricNumberOfMessagesPublished(sum), 'in'],
      ['flow', 'Topic: messages in and out', topic.metricNumberOfNotificationsDelivered(sum), 'out'],
      ['errors', 'Deliveries that failed', topic.metricNumberOfNotificationsFailed(sum)],
    ]),
    reader(Consumer, (consumer) => [
      ['flow', 'Consumer: events handled', consumer.metricHandled(each)],
      ['flow', 'Consumer: duplicates left out', consumer.metricDuplicates(each)],
      ['lag', 'Consumer: from event to effect, longest (ms)', consumer.metricLag(each)],
      ['age', 'Set aside', consumer.metricParked(each)],
    ]),
    reader(QueueSource, ({ queue }) => [
      ['age', 'Queue: oldest message (s)', queue.metricApproximateAgeOfOldestMessage(most)],
      ['age', 'Queue: messages that wait', queue.metricApproximateNumberOfMessagesVisible(most)],
      ['cost', 'Queue: messages received', queue.metricNumberOfMessagesReceived(sum)],
    ]),
    reader(EventStream, (stream) => [
      ['flow', 'Stream: records in', stream.stream.metricIncomingRecords(sum)],
      ...stream.consumers.map(({ handler, consumerName }): Line => {
        const name = consumerName.split('/').at(-1) ?? consumerName;
        return ['lag', 'How far the reader of a stream is behind (ms)', handler.metric('IteratorAge', most), name];
      }),
      ['errors', 'Stream: writes throttled', stream.stream.metricWriteProvisionedThroughputExceeded(sum)],
      ['cost', 'Stream: bytes in', stream.stream.metricIncomingBytes(sum)],
    ]),
    reader(Projection, (projection) => [
      ['flow', 'Projection: events reflected', projection.metric('Handled', each)],
      ['lag', 'Projection: from event to row, longest (ms)', projection.metricLag(each)],
      ['age', 'Set aside', projection.metricParked(each)],
      ['age', 'Projection: events without the one before them', projection.metricGaps(each)],
      ['cost', 'Projection: write units', projection.metricWriteUnits(each)],
    ]),
    reader(Saga, (saga) => [
      ['flow', 'Saga: started and ended', saga.stateMachine.metricStarted(sum), 'started'],
      ['flow', 'Saga: started and ended', saga.metricSucceeded(sum), 'ended'],
      ['lag', 'Saga: from start to end, longest (ms)', saga.metricDuration(most)],
      ['age', 'Set aside', saga.metricParked(sum)],
      ['errors', 'Saga: ended in the middle', saga.stateMachine.metricTimedOut(sum), 'out of time'],
      ['errors', 'Saga: ended in the middle', saga.stateMachine.metricAborted(sum), 'stopped'],
    ]),
    reader(DeadLetterQueue, ({ queue }) => [['age', 'Dead letters', queue.metricApproximateNumberOfMessagesVisible(most)]]),
    reader(LambdaFunction, (fn) => [
      ['errors', 'Functions: invocations that failed', fn.metricErrors(sum)],
      ['errors', 'Functions: throttled', fn.metricThrottles(sum)],
      ['cost', 'Functions: invocations', fn.metricInvocations(sum)],
      ['cost', 'Functions: time (ms)', fn.metricDuration(sum)],
    ]),
    reader(Table, (table) => [
      ['cost', 'Tables: read units', table.metricConsumedReadCapacityUnits(sum)],
      ['cost', 'Tables: write units', table.metricConsumedWriteCapacityUnits(sum)],
    ]),
  ];
}

/** Everything that the constructs inside a stack show of themselves, in the order in which they were made. */
export function signalsOf(stack: Stack, each: MetricOptions): Signal[] {
  const all = readers({ each, sum: { statistic: 'Sum', ...each }, most: { statistic: 'Maximum', ...each } });
  return stack.node
    .findAll()
    .filter((construct) => Stack.of(construct) === stack)
    .flatMap((construct) =>
      all.flatMap(({ reads }) =>
        reads(construct).map(([section, title, metric, suffix]) => {
          const name = construct.node.path.slice(stack.node.path.length + 1);
          return { section, title, metric, label: suffix === undefined ? name : `${name} ${suffix}` };
        }),
      ),
    );
}
