import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answerOf, requestInit } from './http.ts';
import type { Answer, World } from './world.ts';

/** A GlobalAir that answers over HTTP. Plain data: it is handed to another process. */
export interface Deployment {
  /** Name of the target, or `wire`: what the endpoint lacks is found under it. */
  readonly target: string;
  /** The AWS endpoint: `http://127.0.0.1:4566`. @default AWS itself */
  readonly endpoint?: string;
  /** Profile with the credentials. @default with an endpoint, made-up credentials; else what the SDK finds */
  readonly profile?: string;
  readonly region: string;
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Whether functions may be killed while they work: then the API is asked again when it answers 5xx, as its clients are to do.
   * @default false
   */
  readonly unreliable?: boolean;
  /** How long a state may take to come, in seconds. @default 240: a small machine needs a while for a rush of bookings */
  readonly patience?: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** A deployed GlobalAir, seen over HTTP only. */
export function endpointWorld(deployment: Deployment): World {
  const { target, endpoint, profile, region, unreliable = false, patience = 240 } = deployment;
  const made = endpoint !== undefined && profile === undefined;
  const config = {
    region,
    maxAttempts: 5,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(made ? { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } } : {}),
    ...(profile === undefined ? {} : { profile }),
  };
  const outputs = endpoint === undefined ? deployment.outputs : throughEndpoint(deployment.outputs, endpoint);
  const until = <T>(what: string, probe: () => Promise<T | undefined>): Promise<T> => poll(what, probe, patience);
  const api = apiBase(outputs.ApiUrl, endpoint);
  return {
    target,
    outputs,
    aws: {
      dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
      events: new EventBridgeClient(config),
      kinesis: new KinesisClient(config),
      sfn: new SFNClient(config),
      sqs: new SQSClient(config),
    },
    async request(method, path, sent = {}) {
      const ask = async (): Promise<Answer> => answerOf(await fetch(`${api}${path}`, requestInit(method, sent)));
      if (!unreliable) return ask();
      return until(`an answer to ${method} ${path}`, async () => {
        const answer = await ask();
        return answer.status >= 500 ? undefined : answer;
      });
    },
    eventually: until,
  };
}

/**
 * The base URL of a REST API, as the endpoint serves it: an API's own host name resolves on AWS only.
 *
 * @param url the stack's output: `https://ID.execute-api.REGION.amazonaws.com/STAGE/`
 * @see https://docs.localstack.cloud/aws/services/apigateway/
 */
export function apiBase(url: string | undefined, endpoint: string | undefined): string {
  // Not every engine's is a valid URL: LocalStack's may have the host `ID.execute-api.127.0.0.1`.
  const { id, path } = /^https?:\/\/(?<id>[\w-]+)\.execute-api\.[^/]+(?<path>\/[^/]+)\/?$/.exec(url ?? '')?.groups ?? {};
  if (url === undefined || id === undefined || path === undefined) {
    throw new Error(`The stack's output ApiUrl is ${JSON.stringify(url)}; it must be the URL of a stage of a REST API.`);
  }
  return endpoint === undefined ? url.replace(/\/$/, '') : `${endpoint}/_aws/execute-api/${id}${path}`;
}

/** The outputs, with queue URLs that lead to the endpoint: engines name themselves as they like. */
export function throughEndpoint(outputs: Readonly<Record<string, string>>, endpoint: string): Record<string, string> {
  const { origin } = new URL(endpoint);
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const path = URL.canParse(value) ? new URL(value).pathname : '';
      return [key, /^\/\d{12}\/[\w.-]+$/.test(path) ? origin + path : value];
    }),
  );
}

/** Asks until something is answered, at first quickly. */
async function poll<T>(what: string, probe: () => Promise<T | undefined>, patience: number): Promise<T> {
  const deadline = Date.now() + patience * 1_000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`It did not come to this within ${patience} s: ${what}.`);
    await sleep(pause);
  }
}
