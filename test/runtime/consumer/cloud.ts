import { AsyncLocalStorage } from 'node:async_hooks';
import { GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { documentClient } from '../../../lambdas/runtime/index.ts';
import { AwsError, Kernel, type Random, type ServiceCall, seededRandom } from '../../../local/kernel/index.ts';
import { connect, type SdkPort } from '../../../local/sdk/index.ts';
import { DynamoDb } from '../../../local/services/dynamodb/index.ts';

/** What may go wrong with one call of a service. */
export type Fault =
  /** The function dies before the call, or right after it took effect. */
  | 'crash-before'
  | 'crash-after'
  | 'conflict'
  | 'throttle'
  /** The answer is lost, and the SDK makes the call again. */
  | 'repeat';

/** Decides about the fault of each call. */
export type Faults = (call: ServiceCall, count: number) => Fault | undefined;

/**
 * DynamoDB in this process, under the runtime's own client, with faults: calls of functions that run at once interleave at random, and a
 * function that dies never hears from its call again.
 */
export class TestCloud {
  readonly kernel: Kernel;
  readonly random: Random;
  faults: Faults = () => undefined;
  calls: ServiceCall[] = [];

  constructor(seed = 1) {
    this.kernel = new Kernel({ seed, startAt: Date.now() });
    this.random = seededRandom(seed);
    const dynamodb = new DynamoDb(this.kernel);
    this.kernel.register(dynamodb);
    this.kernel.register(dynamodb.streams);
    current = this;
  }

  table(TableName: string, keys: readonly ('pk' | 'sk')[] = ['pk']): void {
    this.kernel.invoke({
      service: 'dynamodb',
      operation: 'CreateTable',
      input: {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      },
    });
  }

  /** Runs a function; 'crashed' when a fault killed it. */
  async run<T>(invoke: () => Promise<T>): Promise<T | 'crashed'> {
    return new Promise((resolve, reject) => {
      const life: Life = { dead: false, die: () => resolve('crashed') };
      lives.run(life, () => invoke().then(resolve, reject));
    });
  }

  async call(call: ServiceCall): Promise<object> {
    const life = lives.getStore();
    for (let turns = Math.floor(this.random.next() * 3); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
    if (life?.dead) return new Promise(() => {});
    this.calls.push(call);
    const fault = this.faults(call, this.calls.length);
    if (fault === 'crash-before') return die(life);
    if (fault === 'throttle') throw new AwsError('ThrottlingException', 'Rate exceeded');
    if (fault === 'conflict') {
      if (call.operation === 'TransactWriteItems') {
        const { TransactItems } = call.input as { TransactItems: unknown[] };
        throw new AwsError('TransactionCanceledException', 'Transaction cancelled', {
          details: { CancellationReasons: TransactItems.map((_, index) => ({ Code: index === 0 ? 'TransactionConflict' : 'None' })) },
        });
      }
      if (call.operation !== 'PutItem' && call.operation !== 'UpdateItem') return this.kernel.invoke(call);
      throw new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
    }
    if (fault === 'repeat') await this.kernel.invoke(call);
    const answer = await this.kernel.invoke(call);
    return fault === 'crash-after' ? die(life) : answer;
  }

  /** Makes a call as nobody's function: no faults. */
  async item(TableName: string, Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
    return this.quietly(async () => (await documentClient().send(new GetCommand({ TableName, Key }))).Item);
  }

  async items(TableName: string): Promise<Record<string, unknown>[]> {
    return this.quietly(async () => {
      const items: Record<string, unknown>[] = [];
      for await (const { Items = [] } of paginateScan({ client: documentClient() }, { TableName })) items.push(...Items);
      return items;
    });
  }

  async quietly<T>(work: () => Promise<T>): Promise<T> {
    const { faults } = this;
    this.faults = () => undefined;
    try {
      return await work();
    } finally {
      this.faults = faults;
    }
  }
}

/** One run of a function. */
interface Life {
  dead: boolean;
  die(): void;
}

const lives = new AsyncLocalStorage<Life>();

function die(life: Life | undefined): Promise<never> {
  if (life) {
    life.dead = true;
    life.die();
  }
  return new Promise(() => {});
}

let current: TestCloud | undefined;

const port: SdkPort = {
  call: (call) => {
    if (!current) throw new Error('no cloud');
    return current.call(call);
  },
  sleep: () => Promise.resolve(),
  random: () => 0.5,
};
connect(documentClient() as never, port);

export const lambdaContext = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 } as unknown as Context;
