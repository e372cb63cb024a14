import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloud } from 'millrace/local';
import { synthesizeLocally } from 'millrace/testing';
import { ShopStack } from '../stack.ts';

type Clients = { dynamodb: DynamoDBClient; lambda: LambdaClient; sfn: SFNClient; sqs: SQSClient };

/** Where the stack runs. */
export interface Place extends Clients {
  readonly outputs: Readonly<Record<string, string>>;
  /** Waits until `look` finds something. @throws Error naming `what` when nothing more can be expected */
  find<T>(what: string, look: () => Promise<T | undefined>): Promise<T>;
  stop(): Promise<void>;
}

/** On the local cloud; or, with the environment variable SHOP_OUTPUTS (the file of `cdk deploy --outputs-file`), where it was deployed to. */
export function openPlace(): Promise<Place> {
  const file = process.env.SHOP_OUTPUTS;
  return file === undefined ? localPlace() : deployedPlace(file);
}

async function localPlace(): Promise<Place> {
  const assembly = synthesizeLocally((app) => new ShopStack(app, 'Shop'));
  const cloud = await LocalCloud.fromAssembly(assembly.directory);
  const region = 'us-east-1';
  return {
    outputs: cloud.outputs,
    dynamodb: cloud.client(new DynamoDBClient({ region })),
    lambda: cloud.client(new LambdaClient({ region })),
    sfn: cloud.client(new SFNClient({ region })),
    sqs: cloud.client(new SQSClient({ region })),
    async find(what, look) {
      // Time is virtual: all that follows from what was done takes place now.
      await cloud.settle();
      const found = await look();
      if (found === undefined) throw new Error(`Nothing is left to do, and there is no ${what}.`);
      return found;
    },
    async stop() {
      await cloud.stop();
      assembly.remove();
    },
  };
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

async function deployedPlace(file: string): Promise<Place> {
  const stacks = JSON.parse(readFileSync(file, 'utf8')) as { Shop: Record<string, string> };
  return {
    outputs: stacks.Shop,
    dynamodb: new DynamoDBClient(),
    lambda: new LambdaClient(),
    sfn: new SFNClient(),
    sqs: new SQSClient(),
    async find(what, look) {
      for (const giveUp = Date.now() + PATIENCE_MS; Date.now() < giveUp; await sleep(PAUSE_MS)) {
        const found = await look();
        if (found !== undefined) return found;
      }
      throw new Error(`After ${PATIENCE_MS / 1000} s there is no ${what}.`);
    },
    async stop() {},
  };
}
