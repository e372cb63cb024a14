import { KinesisClient } from '@aws-sdk/client-kinesis';
import { CLIENT_CONFIG } from './client-config.ts';

let client: KinesisClient | undefined;

/** The Kinesis client that everything in one function instance shares, made at first use. */
export function kinesisClient(): KinesisClient {
  client ??= new KinesisClient(CLIENT_CONFIG);
  return client;
}
