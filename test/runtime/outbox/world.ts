import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { defineEvent, type Envelope } from '../../../lambdas/contracts/index.ts';
import { outbox } from '../../../lambdas/runtime/outbox/index.ts';
import { publishTo } from '../../../lambdas/runtime/outbox/relay/bus.ts';
import type { RelayEdge } from '../../../lambdas/runtime/outbox/relay/index.ts';
import { AwsError, Kernel, type Service, type ServiceCall } from '../../../local/kernel/index.ts';
import { connect } from '../../../local/sdk/index.ts';
import { DynamoDb } from '../../../local/services/dynamodb/index.ts';

export const TABLE = 'aggregates';
export const SHARDS = 4;
export const correlation = { correlationid: 'flow-1' };

export const Counted = defineEvent('test.counted', {
  version: 1,
  subject: ({ id }) => id,
  data: z.object({ id: z.string(), n: z.int(), blob: z.optional(z.string()) }),
});

export interface Counter {
  readonly n: number;
  readonly blob?: string;
}

/** What happens to one call: nothing special, refused before it takes effect, or its answer lost after it did. */
export type Fate = 'well' | 'refused' | 'lost' | 'throttled' | 'contended' | 'crash before' | 'crash after';

export interface PutEntry {
  readonly entry: PutEventsRequestEntry;
  readonly event: Envelope<string, { id: string; n: number }>;
}

/** The event bus as the relay sees it: takes entries, or says why not. */
class TestBus implements Service {
  readonly name = 'events';
  /** Everything that the bus took, in order. */
  readonly taken: PutEntry[] = [];
  readonly requests: PutEventsRequestEntry[][] = [];
  /** The error code for an entry; undefined takes it. */
  refuse: (entry: PutEntry) => string | undefined = () => undefined;

  invoke(_operation: string, input: object): object {
    const entries = (input as { Entries: PutEventsRequestEntry[] }).Entries;
    this.requests.push(entries);
    const answers = entries.map((entry) => {
      const put: PutEntry = { entry, event: JSON.parse(entry.Detail ?? '') };
      const code = this.refuse(put);
      if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'as the test wants' };
      this.taken.push(put);
      return { EventId: `taken-${this.taken.length}` };
    });
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  }

  /** Sequences of a subject, in the order in which they were taken first. */
  firstTaken(subject: string): number[] {
    const seen = new Set<number>();
    for (const { event } of this.taken) if (event.subject === subject) seen.add(Number(event.sequence));
    return [...seen];
  }
}

interface Pending {
  readonly actor: Actor;
  readonly call: ServiceCall;
  readonly resolve: (output: object) => void;
  readonly reject: (error: unknown) => void;
}

/** Somebody who makes calls: a writer, the relay, the sweeper. It may crash, and then is never heard of again. */
export class Actor {
  readonly doc: DynamoDBDocumentClient;
  readonly events: EventBridgeClient;
  crashed = false;
  /** Decides what happens to its calls. */
  fate: (call: ServiceCall) => Fate = () => 'well';
  readonly calls: ServiceCall[] = [];

  constructor(world: World) {
    const port = {
      call: (call: ServiceCall) => world.enqueue(this, call),
      sleep: () => Promise.resolve(),
      random: () => 0,
    };
    const client = connect(new DynamoDBClient({ region: 'us-east-1' }), port);
    this.doc = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    this.events = connect(new EventBridgeClient({ region: 'us-east-1' }), port);
  }

  counters(prefix?: string) {
    return outbox<Counter>({ source: 'test', client: this.doc, ...(prefix === undefined ? {} : { prefix }) });
  }

  edge(overrides: Partial<RelayEdge> = {}): RelayEdge {
    const silent = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
    return {
      table: { client: this.doc, table: TABLE, key: 'pk' },
      publish: publishTo('bus', this.events),
      log: silent,
      remainingMs: () => 60_000,
      measure: () => {},
      ...overrides,
    };
  }
}

/** DynamoDB and a bus, whose calls are answered one at a time, in the order that `pick` chooses. */
export class World {
  readonly kernel = new Kernel();
  readonly bus = new TestBus();
  pick: (waiting: number) => number = () => 0;
  readonly #waiting: Pending[] = [];

  constructor() {
    const dynamodb = new DynamoDb(this.kernel);
    this.kernel.register(dynamodb);
    this.kernel.register(dynamodb.streams);
    this.kernel.register(this.bus);
    this.ask('CreateTable', {
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'pendingShard', AttributeType: 'S' },
        { AttributeName: 'pendingSince', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'pending',
          KeySchema: [
            { AttributeName: 'pendingShard', KeyType: 'HASH' },
            { AttributeName: 'pendingSince', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
  }

  ask<Output extends object>(operation: string, input: object, service: 'dynamodb' | 'dynamodbstreams' = 'dynamodb'): Output {
    return this.kernel.invoke({ service, operation, input }) as Output;
  }

  item(id: string): Record<string, never> | undefined {
    return this.ask<{ Item?: Record<string, never> }>('GetItem', { TableName: TABLE, Key: { pk: { S: id } }, ConsistentRead: true }).Item;
  }

  pendingOf(id: string): Envelope<string, { n: number }>[] {
    const pending = this.item(id)?.pending as { L: { S: string }[] } | undefined;
    return (pending?.L ?? []).map(({ S }) => JSON.parse(S));
  }

  /** All records of the stream, in order. */
  records(): DynamoDBRecord[] {
    const { Table } = this.ask<{ Table: { LatestStreamArn: string } }>('DescribeTable', { TableName: TABLE });
    const { StreamDescription } = this.ask<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn: Table.LatestStreamArn },
      'dynamodbstreams',
    );
    return StreamDescription.Shards.flatMap(({ ShardId }) => {
      const { ShardIterator } = this.ask<{ ShardIterator: string }>(
        'GetShardIterator',
        { StreamArn: Table.LatestStreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' },
        'dynamodbstreams',
      );
      return this.ask<{ Records: DynamoDBRecord[] }>('GetRecords', { ShardIterator }, 'dynamodbstreams').Records;
    });
  }

  /** The records that the relay's filter lets through. */
  relayed(): DynamoDBRecord[] {
    return this.records().filter(({ dynamodb }) => {
      const shard = dynamodb?.NewImage?.pendingShard?.S;
      return shard !== undefined && shard !== 'parked';
    });
  }

  enqueue(actor: Actor, call: ServiceCall): Promise<object> {
    actor.calls.push(call);
    // The dead make no calls, and hear no answers.
    if (actor.crashed) return new Promise(() => {});
    return new Promise((resolve, reject) => this.#waiting.push({ actor, call, resolve, reject }));
  }

  /** Runs work until all of it is done or its actors have crashed, answering calls as `pick` says. */
  async run(...work: readonly { readonly actor: Actor; readonly work: Promise<unknown> }[]): Promise<void> {
    let open = work.length;
    const failures: unknown[] = [];
    const finished = new Set<Actor>();
    for (const { actor, work: promise } of work) {
      promise
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          open -= 1;
          finished.add(actor);
        });
    }
    while (open > work.filter(({ actor }) => actor.crashed && !finished.has(actor)).length) {
      await new Promise((resolve) => setImmediate(resolve));
      const at = this.#waiting.length === 0 ? -1 : this.pick(this.#waiting.length) % this.#waiting.length;
      const [pending] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (pending) this.#answer(pending);
      else await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Runs one piece of work and gives its result. */
  async result<Result>(actor: Actor, work: Promise<Result>): Promise<Result> {
    await this.run({ actor, work });
    return work;
  }

  #answer({ actor, call, resolve, reject }: Pending): void {
    if (actor.crashed) return;
    const fate = actor.fate(call);
    const fault = new AwsError('InternalServerError', 'Internal server error', { fault: 'server' });
    if (fate === 'refused') reject(fault);
    else if (fate === 'throttled') reject(new AwsError('ProvisionedThroughputExceededException', 'Too fast'));
    else if (fate === 'contended') reject(contention(call));
    else if (fate === 'crash before') actor.crashed = true;
    else {
      const answer = this.#effect(call);
      if (fate === 'crash after') actor.crashed = true;
      else if (fate === 'lost') reject(fault);
      else if ('output' in answer) resolve(answer.output);
      else reject(answer.error);
    }
  }

  #effect(call: ServiceCall): { readonly output: object } | { readonly error: unknown } {
    try {
      return { output: this.kernel.invoke(call) };
    } catch (error) {
      return { error };
    }
  }
}

function contention(call: ServiceCall): AwsError {
  if (call.operation !== 'TransactWriteItems') return new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
  const { TransactItems } = call.input as { TransactItems: unknown[] };
  return new AwsError('TransactionCanceledException', 'Transaction cancelled', {
    details: { CancellationReasons: TransactItems.map((_, at) => ({ Code: at === 0 ? 'TransactionConflict' : 'None' })) },
  });
}
