import type { CreateEventSourceMappingRequest, EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Kernel } from '../../../local/kernel/index.ts';
import { DynamoDb } from '../../../local/services/dynamodb/index.ts';
import { KinesisService } from '../../../local/services/kinesis/index.ts';
import type { LambdaService } from '../../../local/services/lambda/index.ts';
import { SqsService } from '../../../local/services/sqs/index.ts';
import { type Cloud, lambdaCloud } from './support.ts';

/** A cloud with the services that event source mappings read. */
export function sourceCloud(options: Parameters<typeof lambdaCloud>[0] = {}): Cloud {
  const cloud = lambdaCloud(options);
  cloud.kernel.register(new SqsService(cloud.kernel));
  cloud.kernel.register(new KinesisService(cloud.kernel));
  const dynamodb = new DynamoDb(cloud.kernel);
  cloud.kernel.register(dynamodb);
  cloud.kernel.register(dynamodb.streams);
  return cloud;
}

/** A handler that logs each batch as JSON: `{at, ids, …}`. `fail` is the body of a function of the event that may throw or return an answer. */
export function recorder(body: string, id = 'record.dynamodb.Keys.id.S'): string {
  return `
    const idOf = (record) => record.body ?? (record.kinesis ? Buffer.from(record.kinesis.data, 'base64').toString() : ${id});
    export const handler = async (event) => {
      const ids = event.Records.map(idOf);
      console.log(JSON.stringify({ at: Date.now(), ids }));
      ${body}
    };`;
}

export interface Seen {
  readonly at: number;
  readonly ids: string[];
}

/** The batches that a {@link recorder} saw, in order. */
export function seen(lambda: LambdaService, name: string): Seen[] {
  return lambda.logs
    .lines(name)
    .filter((line) => line.level === 'INFO')
    .map((line) => JSON.parse(line.message) as Seen);
}

export function map(kernel: Kernel, input: CreateEventSourceMappingRequest): EventSourceMappingConfiguration {
  return kernel.invoke({ service: 'lambda', operation: 'CreateEventSourceMapping', input }) as EventSourceMappingConfiguration;
}

export const queueUrlOf = (name: string): string => `http://127.0.0.1:4566/000000000000/${name}`;
export const queueArnOf = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
export const streamArnOf = (name: string): string => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
