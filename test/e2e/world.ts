import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: scenarios look into bodies of many shapes
  readonly body: any;
}

export interface Sent {
  /** JSON unless it is a string. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Clients {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly events: EventBridgeClient;
  readonly kinesis: KinesisClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
}

/** A deployed GlobalAir, wherever it runs. Scenarios see nothing but this: the API, the AWS services, and what the stack's outputs name. */
export interface World {
  /** `local`, `wire`, `localstack`, `ministack`, `aws`. */
  readonly target: string;
  /** Stack outputs: table names, queue URLs, the stream, the bus. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly aws: Clients;
  /** Sends a request to the API; `path` comes after the stage: `/bookings`. */
  request(method: string, path: string, sent?: Sent): Promise<Answer>;
  /**
   * Waits for a state, never for a time: asks until the probe answers something.
   * @throws Error naming `what` when it does not come
   */
  eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T>;
}
