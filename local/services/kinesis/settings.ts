import type {
  AddTagsToStreamInput,
  DecreaseStreamRetentionPeriodInput,
  DeleteResourcePolicyInput,
  DescribeLimitsOutput,
  DisableEnhancedMonitoringInput,
  EnableEnhancedMonitoringInput,
  EnhancedMonitoringOutput,
  GetResourcePolicyInput,
  GetResourcePolicyOutput,
  IncreaseStreamRetentionPeriodInput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  ListTagsForStreamInput,
  ListTagsForStreamOutput,
  MetricsName,
  PutResourcePolicyInput,
  RemoveTagsFromStreamInput,
  StartStreamEncryptionInput,
  StopStreamEncryptionInput,
  TagResourceInput,
  UntagResourceInput,
  UpdateMaxRecordSizeInput,
} from '@aws-sdk/client-kinesis';
import { parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { constraintError, invalidArgument } from './errors.ts';
import { findStream, type KinesisScope, type Operations } from './scope.ts';
import { expire, openShards, type Stream } from './stream.ts';

const SHORTEST_HOURS = 24;
const LONGEST_HOURS = 8_760;

function setRetention(stream: Stream, hours: number | undefined, grow: boolean, now: number): object {
  const wanted = hours ?? 0;
  if (wanted < SHORTEST_HOURS)
    throw invalidArgument(
      `Minimum allowed retention period is ${SHORTEST_HOURS} hours. Requested retention period (${wanted} hours) is too short.`,
    );
  if (wanted > LONGEST_HOURS)
    throw invalidArgument(
      `Maximum allowed retention period is ${LONGEST_HOURS} hours. Requested retention period (${wanted} hours) is too long.`,
    );
  if (grow ? wanted < stream.retentionHours : wanted > stream.retentionHours) {
    throw invalidArgument(
      `Requested retention period (${wanted} hours) for stream ${stream.name} can not be ${grow ? 'shorter' : 'longer'} than existing retention period ` +
        `(${stream.retentionHours} hours). Use ${grow ? 'DecreaseRetentionPeriod' : 'IncreaseRetentionPeriod'} API.`,
    );
  }
  expire(stream, now);
  stream.retentionHours = wanted;
  expire(stream, now);
  return {};
}

const increase = (input: IncreaseStreamRetentionPeriodInput, scope: KinesisScope): object =>
  setRetention(findStream(scope, input), input.RetentionPeriodHours, true, scope.kernel.now());

const decrease = (input: DecreaseStreamRetentionPeriodInput, scope: KinesisScope): object =>
  setRetention(findStream(scope, input), input.RetentionPeriodHours, false, scope.kernel.now());

function updateMaxRecordSize(input: UpdateMaxRecordSizeInput, scope: KinesisScope): object {
  const size = input.MaxRecordSizeInKiB ?? 0;
  if (size < 1_024) throw constraintError(size, 'maxRecordSizeInKiB', 'have value greater than or equal to 1024');
  if (size > 10_240) throw constraintError(size, 'maxRecordSizeInKiB', 'have value less than or equal to 10240');
  findStream(scope, input).maxRecordKiB = size;
  return {};
}

function startEncryption(input: StartStreamEncryptionInput, scope: KinesisScope): object {
  findStream(scope, input).encryptionKey = input.KeyId;
  return {};
}

function stopEncryption(input: StopStreamEncryptionInput, scope: KinesisScope): object {
  findStream(scope, input).encryptionKey = undefined;
  return {};
}

function setMetrics(stream: Stream, wanted: MetricsName[]): EnhancedMonitoringOutput {
  const before = stream.metrics;
  stream.metrics = wanted;
  return { StreamName: stream.name, StreamARN: stream.arn, CurrentShardLevelMetrics: before, DesiredShardLevelMetrics: wanted };
}

function enableMonitoring(input: EnableEnhancedMonitoringInput, scope: KinesisScope): EnhancedMonitoringOutput {
  const stream = findStream(scope, input);
  return setMetrics(stream, [...new Set([...stream.metrics, ...(input.ShardLevelMetrics ?? [])])]);
}

function disableMonitoring(input: DisableEnhancedMonitoringInput, scope: KinesisScope): EnhancedMonitoringOutput {
  const stream = findStream(scope, input);
  const off = input.ShardLevelMetrics ?? [];
  return setMetrics(stream, off.includes('ALL') ? [] : stream.metrics.filter((metric) => !off.includes(metric)));
}

/** Tags of a stream, or of a consumer where the ARN is one's. */
function tagsOf(scope: KinesisScope, arn: string | undefined): Map<string, string> {
  const stream = findStream(scope, { StreamARN: arn });
  return [...stream.consumers.values()].find((consumer) => consumer.arn === arn)?.tags ?? stream.tags;
}

function addTags(tags: Map<string, string>, added: Readonly<Record<string, string>> | undefined): object {
  for (const [key, value] of Object.entries(added ?? {})) tags.set(key, value);
  return {};
}

function removeTags(tags: Map<string, string>, keys: readonly string[] | undefined): object {
  for (const key of keys ?? []) tags.delete(key);
  return {};
}

const listTags = (tags: ReadonlyMap<string, string>) => [...tags].map(([Key, Value]) => ({ Key, Value }));

function putPolicy(input: PutResourcePolicyInput, scope: KinesisScope): object {
  const parsed = parsePolicy(input.Policy);
  if (!parsed.ok) throw invalidArgument(`The policy is not valid: ${parsed.problem}.`);
  setPolicy(findStream(scope, { StreamARN: input.ResourceARN }), input.Policy, parsed.statements);
  return {};
}

function deletePolicy(input: DeleteResourcePolicyInput, scope: KinesisScope): object {
  setPolicy(findStream(scope, { StreamARN: input.ResourceARN }), undefined, []);
  return {};
}

function setPolicy(stream: Stream, policy: string | undefined, statements: readonly Statement[]): void {
  stream.policy = policy;
  stream.statements = statements;
}

const getPolicy = (input: GetResourcePolicyInput, scope: KinesisScope): GetResourcePolicyOutput => ({
  Policy: findStream(scope, { StreamARN: input.ResourceARN }).policy ?? '{}',
});

const describeLimits = (_: object, { streams }: KinesisScope): DescribeLimitsOutput => ({
  ShardLimit: 500,
  OpenShardCount: [...streams.values()].reduce((sum, stream) => sum + openShards(stream).length, 0),
  OnDemandStreamCount: [...streams.values()].filter(({ mode }) => mode === 'ON_DEMAND').length,
  OnDemandStreamCountLimit: 50,
});

export const settingOperations = {
  IncreaseStreamRetentionPeriod: increase,
  DecreaseStreamRetentionPeriod: decrease,
  UpdateMaxRecordSize: updateMaxRecordSize,
  StartStreamEncryption: startEncryption,
  StopStreamEncryption: stopEncryption,
  EnableEnhancedMonitoring: enableMonitoring,
  DisableEnhancedMonitoring: disableMonitoring,
  AddTagsToStream: (input: AddTagsToStreamInput, scope: KinesisScope) => addTags(findStream(scope, input).tags, input.Tags),
  RemoveTagsFromStream: (input: RemoveTagsFromStreamInput, scope: KinesisScope) => removeTags(findStream(scope, input).tags, input.TagKeys),
  ListTagsForStream: (input: ListTagsForStreamInput, scope: KinesisScope): ListTagsForStreamOutput => ({
    Tags: listTags(findStream(scope, input).tags),
    HasMoreTags: false,
  }),
  TagResource: (input: TagResourceInput, scope: KinesisScope) => addTags(tagsOf(scope, input.ResourceARN), input.Tags),
  UntagResource: (input: UntagResourceInput, scope: KinesisScope) => removeTags(tagsOf(scope, input.ResourceARN), input.TagKeys),
  ListTagsForResource: (input: ListTagsForResourceInput, scope: KinesisScope): ListTagsForResourceOutput => ({
    Tags: listTags(tagsOf(scope, input.ResourceARN)),
  }),
  PutResourcePolicy: putPolicy,
  DeleteResourcePolicy: deletePolicy,
  GetResourcePolicy: getPolicy,
  DescribeLimits: describeLimits,
} satisfies Operations;
