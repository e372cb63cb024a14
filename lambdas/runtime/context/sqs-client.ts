import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_CONFIG } from './client-config.ts';

let client: SQSClient | undefined;

/** The SQS client that everything in one function instance shares, made at first use. */
export function sqsClient(): SQSClient {
  client ??= new SQSClient(CLIENT_CONFIG);
  return client;
}
