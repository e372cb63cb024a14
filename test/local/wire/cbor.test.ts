import { cbor, tag } from '@smithy/core/cbor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/kernel/index.ts';
import { type StubCloud, stubCloud } from './stub-cloud.ts';

/** The older CBOR protocol, which the Kinesis clients of Java speak: JSON 1.1 in CBOR, with times in milliseconds. */
describe('x-amz-cbor-1.1', () => {
  let cloud: StubCloud;

  beforeAll(async () => {
    cloud = await stubCloud(['kinesis']);
  });
  afterAll(() => cloud.stop());

  const ask = async (operation: string, input: object): Promise<{ status: number; type: unknown; body: unknown }> => {
    const { status, headers, body } = await cloud.wire.handle({
      method: 'POST',
      url: '/',
      headers: { host: 'localhost', 'content-type': 'application/x-amz-cbor-1.1', 'x-amz-target': `Kinesis_20131202.${operation}` },
      body: cbor.serialize(input),
    });
    return { status, type: headers['content-type'], body: cbor.deserialize(body) };
  };

  it('carries bytes as bytes and times in milliseconds', async () => {
    const at = new Date('2026-05-06T07:08:09.123Z');
    cloud.answer = () => ({
      Records: [{ Data: new Uint8Array([1, 2, 255]), PartitionKey: 'p', SequenceNumber: '1', ApproximateArrivalTimestamp: at }],
    });
    const answer = await ask('GetShardIterator', {
      StreamName: 's',
      ShardId: 'shardId-0',
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: tag({ tag: 1, value: at.getTime() }),
    });
    expect(cloud.seen[0]?.input).toEqual({ StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'AT_TIMESTAMP', Timestamp: at });
    expect(answer).toEqual({ status: 200, type: 'application/x-amz-cbor-1.1', body: {} });

    expect((await ask('GetRecords', { ShardIterator: 'i', Limit: 5 })).body).toMatchObject({
      Records: [{ Data: Buffer.from([1, 2, 255]), ApproximateArrivalTimestamp: { tag: 1, value: at.getTime() } }],
    });
    await ask('PutRecord', { StreamName: 's', PartitionKey: 'é', Data: new Uint8Array([0, 9]) });
    expect(cloud.seen[2]?.input).toEqual({ StreamName: 's', PartitionKey: 'é', Data: new Uint8Array([0, 9]) });
  });

  it('carries errors', async () => {
    cloud.answer = () => {
      throw new AwsError('ResourceNotFoundException', 'Stream s under account 000000000000 not found.');
    };
    expect(await ask('DescribeStream', { StreamName: 's' })).toEqual({
      status: 400,
      type: 'application/x-amz-cbor-1.1',
      body: { __type: 'ResourceNotFoundException', message: 'Stream s under account 000000000000 not found.' },
    });
  });

  it('refuses what is not CBOR', async () => {
    const { status } = await cloud.wire.handle({
      method: 'POST',
      url: '/',
      headers: { host: 'localhost', 'content-type': 'application/x-amz-cbor-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecord' },
      body: new Uint8Array([0xa2, 0x61]),
    });
    expect(status).toBe(400);
  });
});
