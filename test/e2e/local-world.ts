import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LocalCloud, type LocalCloudOptions } from 'millrace/local';
import { globalAirAssembly } from './assembly.ts';
import { answerOf, requestInit } from './http.ts';
import type { World } from './world.ts';

export interface LocalWorld extends World {
  readonly cloud: LocalCloud;
}

/** GlobalAir in process, on virtual time. */
export async function localWorld(options: LocalCloudOptions = {}): Promise<LocalWorld> {
  const cloud = await LocalCloud.fromAssembly(globalAirAssembly(), options);
  return {
    target: 'local',
    cloud,
    outputs: cloud.outputs,
    aws: {
      dynamodb: DynamoDBDocumentClient.from(cloud.client(new DynamoDBClient({}))),
      events: cloud.client(new EventBridgeClient({})),
      kinesis: cloud.client(new KinesisClient({})),
      sfn: cloud.client(new SFNClient({})),
      sqs: cloud.client(new SQSClient({})),
    },
    request: async (method, path, sent = {}) => answerOf(await cloud.fetch(`/v1${path}`, requestInit(method, sent))),
    async eventually(what, probe) {
      // Time that a person would wait on AWS for the slowest of states: retries with backoff, a sweeper's turn.
      for (const seconds of [0, 1, 2, 5, 10, 30, 60, 300, 900, 3600]) {
        await cloud.advance({ seconds });
        const found = await probe();
        if (found !== undefined) return found;
      }
      throw new Error(`It did not come to this: ${what}. Pending: ${JSON.stringify(cloud.pending())}`);
    },
  };
}
