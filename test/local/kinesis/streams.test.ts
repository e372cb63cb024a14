import { describe, expect, it } from 'vitest';
import { shardId, TestKinesis } from './test-kinesis.ts';

describe('streams', () => {
  it('are described', () => {
    const kinesis = new TestKinesis();
    const arn = kinesis.stream(2);
    expect(arn).toBe('arn:aws:kinesis:us-east-1:000000000000:stream/s');
    const { StreamDescription } = kinesis.call('DescribeStream', { StreamARN: arn });
    expect(StreamDescription).toMatchObject({
      StreamName: 's',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      RetentionPeriodHours: 24,
      HasMoreShards: false,
      EncryptionType: 'NONE',
      Shards: [{ ShardId: shardId(0) }, { ShardId: shardId(1) }],
    });
    expect(StreamDescription.Shards[0].SequenceNumberRange.StartingSequenceNumber).toMatch(/^\d{56}$/);
    expect(kinesis.errorOf('CreateStream', { StreamName: 's', ShardCount: 1 }).code).toBe('ResourceInUseException');
    expect(kinesis.errorOf('CreateStream', { StreamName: 'a b', ShardCount: 1 }).code).toBe('ValidationException');
    expect(kinesis.errorOf('CreateStream', { StreamName: 'x', ShardCount: 0 }).code).toBe('ValidationException');
    expect(kinesis.errorOf('Nonsense').code).toBe('UnknownOperationException');
    kinesis.call('DeleteStream', { StreamName: 's' });
    expect(kinesis.call('ListStreams', {}).StreamNames).toEqual([]);
  });

  it('begin with four shards on demand', () => {
    const kinesis = new TestKinesis();
    kinesis.call('CreateStream', { StreamName: 's', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    expect(kinesis.shards()).toHaveLength(4);
  });

  it('keep tags, encryption, metrics and consumers', () => {
    const kinesis = new TestKinesis();
    const StreamARN = kinesis.stream();
    const StreamName = 's';
    kinesis.call('AddTagsToStream', { StreamName, Tags: { a: '1', b: '2' } });
    kinesis.call('RemoveTagsFromStream', { StreamName, TagKeys: ['a'] });
    expect(kinesis.call('ListTagsForStream', { StreamName })).toEqual({ Tags: [{ Key: 'b', Value: '2' }], HasMoreTags: false });
    kinesis.call('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' });
    expect(kinesis.put('k')).toMatchObject({ EncryptionType: 'KMS' });
    kinesis.call('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: ['IncomingBytes'] });
    const { Consumer } = kinesis.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' });
    expect(kinesis.errorOf('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }).code).toBe('ResourceInUseException');
    expect(kinesis.call('DescribeStreamConsumer', { ConsumerARN: Consumer.ConsumerARN }).ConsumerDescription).toMatchObject({
      StreamARN,
      ConsumerName: 'c',
    });
    expect(kinesis.call('DescribeStreamSummary', { StreamName }).StreamDescriptionSummary).toMatchObject({
      EncryptionType: 'KMS',
      KeyId: 'alias/aws/kinesis',
      ConsumerCount: 1,
      OpenShardCount: 1,
      EnhancedMonitoring: [{ ShardLevelMetrics: ['IncomingBytes'] }],
    });
    expect(kinesis.errorOf('DeleteStream', { StreamName }).code).toBe('ResourceInUseException');
    kinesis.call('DeregisterStreamConsumer', { ConsumerARN: Consumer.ConsumerARN });
    expect(kinesis.call('ListStreamConsumers', { StreamARN }).Consumers).toEqual([]);
  });
});

describe('resharding', () => {
  it('splits and merges shards, and leads readers from the old to the new', () => {
    const kinesis = new TestKinesis();
    kinesis.stream();
    kinesis.put('k', 'before');
    const half = String(1n << 127n);
    kinesis.call('SplitShard', { StreamName: 's', ShardToSplit: shardId(0), NewStartingHashKey: half });
    const placed = kinesis.put('k', 'after').ShardId;
    const old = kinesis.get(kinesis.iterator(shardId(0)));
    expect(old.NextShardIterator).toBeUndefined();
    expect(old.ChildShards).toMatchObject([
      { ShardId: shardId(1), ParentShards: [shardId(0)], HashKeyRange: { StartingHashKey: '0' } },
      { ShardId: shardId(2), ParentShards: [shardId(0)], HashKeyRange: { StartingHashKey: half } },
    ]);
    expect(kinesis.read(placed).map(({ data }) => data)).toEqual(['after']);
    kinesis.call('MergeShards', { StreamName: 's', ShardToMerge: shardId(1), AdjacentShardToMerge: shardId(2) });
    expect(kinesis.shards({ ShardFilter: { Type: 'AT_LATEST' } })).toMatchObject([
      { ShardId: shardId(3), ParentShardId: shardId(1), AdjacentParentShardId: shardId(2) },
    ]);
    expect(kinesis.shards()[0].SequenceNumberRange.EndingSequenceNumber).toMatch(/^\d{56}$/);
    expect(kinesis.errorOf('SplitShard', { StreamName: 's', ShardToSplit: shardId(1), NewStartingHashKey: '5' }).message).toContain(
      'not open',
    );
  });

  it('refuses cuts outside the shard, and shards that do not touch', () => {
    const kinesis = new TestKinesis();
    kinesis.stream(3);
    const split = { StreamName: 's', ShardToSplit: shardId(0), NewStartingHashKey: String((1n << 128n) - 1n) };
    expect(kinesis.errorOf('SplitShard', split).code).toBe('InvalidArgumentException');
    const merge = { StreamName: 's', ShardToMerge: shardId(0), AdjacentShardToMerge: shardId(2) };
    expect(kinesis.errorOf('MergeShards', merge).message).toContain('not an adjacent pair');
    const scale = { StreamName: 's', TargetShardCount: 7, ScalingType: 'UNIFORM_SCALING' };
    expect(kinesis.errorOf('UpdateShardCount', scale).code).toBe('LimitExceededException');
  });

  it('lists shards page by page', () => {
    const kinesis = new TestKinesis();
    kinesis.stream(3);
    const first = kinesis.call('ListShards', { StreamName: 's', MaxResults: 2 });
    const second = kinesis.call('ListShards', { NextToken: first.NextToken, MaxResults: 2 });
    expect([first.Shards.length, second.Shards.length, second.NextToken]).toEqual([2, 1, undefined]);
    expect(kinesis.shards({ ExclusiveStartShardId: shardId(1) })).toHaveLength(1);
  });
});
