import { SNSClient } from '@aws-sdk/client-sns';
import { CLIENT_CONFIG } from './client-config.ts';

let client: SNSClient | undefined;

/** The SNS client that everything in one function instance shares, made at first use. */
export function snsClient(): SNSClient {
  client ??= new SNSClient(CLIENT_CONFIG);
  return client;
}
