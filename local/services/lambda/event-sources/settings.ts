import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  EventSourcePosition,
  FilterCriteria,
  FunctionResponseType,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/index.ts';

/** What kind of source a mapping reads. */
export type SourceKind = 'sqs' | 'kinesis' | 'dynamodb';

/** How a mapping reads its source and what it does with failures; AWS's defaults filled in. */
export interface MappingSettings {
  readonly kind: SourceKind;
  readonly fifo: boolean;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly filters: readonly string[];
  readonly partialBatchResponses: boolean;
  /** SQS: invocations at once. @default as many as Lambda scales to */
  readonly maximumConcurrency: number | undefined;
  /** Streams: batches of one shard at once. */
  readonly parallelization: number;
  readonly startingPosition: EventSourcePosition;
  readonly startingTime: number | undefined;
  readonly bisect: boolean;
  /** Retries of a batch; -1 is for ever. */
  readonly maximumRetries: number;
  /** Age of records that are still tried, in milliseconds; -1 is any. */
  readonly maximumAgeMs: number;
  readonly onFailure: string | undefined;
  readonly tumblingWindowMs: number;
}

export type MappingInput = Omit<CreateEventSourceMappingRequest, 'FunctionName'>;

const LARGEST_BATCH: Readonly<Record<SourceKind, number>> = { sqs: 10_000, kinesis: 10_000, dynamodb: 10_000 };

/** @throws AwsError `InvalidParameterValueException` in the cases in which AWS refuses a mapping */
export function mappingSettings(input: MappingInput): MappingSettings {
  const kind = sourceKind(input.EventSourceArn);
  const fifo = kind === 'sqs' && (input.EventSourceArn ?? '').endsWith('.fifo');
  const batchSize = input.BatchSize ?? (kind === 'sqs' ? 10 : 100);
  const window = input.MaximumBatchingWindowInSeconds ?? 0;
  if (batchSize < 1 || batchSize > LARGEST_BATCH[kind]) throw invalid(`BatchSize must be between 1 and ${LARGEST_BATCH[kind]}.`);
  if (window < 0 || window > 300) throw invalid('MaximumBatchingWindowInSeconds must be between 0 and 300.');
  if (fifo && window > 0) throw invalid('Batching window is not supported for FIFO queues.');
  if (fifo && batchSize > 10) throw invalid('Batch size for FIFO queues can be at most 10.');
  if (kind === 'sqs' && batchSize > 10 && window < 1) {
    throw invalid('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  const concurrency = input.ScalingConfig?.MaximumConcurrency;
  if (concurrency !== undefined && (concurrency < 2 || concurrency > 2000)) {
    throw invalid('MaximumConcurrency must be between 2 and 2000.');
  }
  if (kind === 'sqs') refuseForQueues(input);
  else if (!input.StartingPosition)
    throw invalid('1 validation error detected: Value null at startingPosition failed to satisfy constraint: Member must not be null.');
  if (kind === 'dynamodb' && input.StartingPosition === 'AT_TIMESTAMP')
    throw invalid('AT_TIMESTAMP is not supported for DynamoDB streams.');
  if (input.StartingPosition === 'AT_TIMESTAMP' && !input.StartingPositionTimestamp)
    throw invalid('StartingPositionTimestamp is required for AT_TIMESTAMP.');
  const parallelization = input.ParallelizationFactor ?? 1;
  if (parallelization < 1 || parallelization > 10) throw invalid('ParallelizationFactor must be between 1 and 10.');
  const tumbling = input.TumblingWindowInSeconds ?? 0;
  if (tumbling < 0 || tumbling > 900) throw invalid('TumblingWindowInSeconds must be between 0 and 900.');
  const retries = input.MaximumRetryAttempts ?? -1;
  if (retries < -1 || retries > 10_000) throw invalid('MaximumRetryAttempts must be between -1 and 10000.');
  const age = input.MaximumRecordAgeInSeconds ?? -1;
  if (age !== -1 && (age < 60 || age > 604_800)) throw invalid('MaximumRecordAgeInSeconds must be -1, or between 60 and 604800.');
  return {
    kind,
    fifo,
    batchSize,
    batchingWindowMs: window * 1000,
    filters: filterPatterns(input.FilterCriteria),
    partialBatchResponses: input.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    maximumConcurrency: concurrency,
    parallelization,
    startingPosition: input.StartingPosition ?? 'LATEST',
    startingTime: input.StartingPositionTimestamp && new Date(input.StartingPositionTimestamp).getTime(),
    bisect: input.BisectBatchOnFunctionError ?? false,
    maximumRetries: retries,
    maximumAgeMs: age === -1 ? -1 : age * 1000,
    onFailure: input.DestinationConfig?.OnFailure?.Destination,
    tumblingWindowMs: tumbling * 1000,
  };
}

function refuseForQueues(input: MappingInput): void {
  const streamsOnly = [
    'ParallelizationFactor',
    'BisectBatchOnFunctionError',
    'MaximumRetryAttempts',
    'MaximumRecordAgeInSeconds',
    'TumblingWindowInSeconds',
    'StartingPosition',
  ] as const;
  const given = streamsOnly.find((name) => input[name] !== undefined);
  if (given) throw invalid(`Unsupported parameter for given event source mapping type: ${given}`);
}

/** The quota of an account that has not asked for more: AWS gives up to 10. */
const MOST_FILTERS = 5;

function filterPatterns(criteria: FilterCriteria | undefined): string[] {
  const patterns = (criteria?.Filters ?? []).map((filter) => filter.Pattern ?? '{}');
  if (patterns.length > MOST_FILTERS) throw invalid(`An event source mapping can have at most ${MOST_FILTERS} filters.`);
  return patterns;
}

function sourceKind(sourceArn: string | undefined): SourceKind {
  const service = sourceArn?.split(':')[2];
  if (service === 'sqs' || service === 'kinesis' || service === 'dynamodb') return service;
  throw invalid(`Unrecognized event source ${sourceArn}: the local cloud reads SQS queues, Kinesis streams and DynamoDB streams.`);
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { details: { Type: 'User' } });
}

/** The settings as the API shows them. */
export function describeSettings(settings: MappingSettings): EventSourceMappingConfiguration {
  const shown: EventSourceMappingConfiguration = {
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.batchingWindowMs / 1000,
    FunctionResponseTypes: settings.partialBatchResponses ? (['ReportBatchItemFailures'] satisfies FunctionResponseType[]) : [],
    ...(settings.filters.length > 0 ? { FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) } } : {}),
  };
  if (settings.kind === 'sqs') {
    return settings.maximumConcurrency === undefined
      ? shown
      : { ...shown, ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency } };
  }
  return {
    ...shown,
    ParallelizationFactor: settings.parallelization,
    StartingPosition: settings.startingPosition,
    BisectBatchOnFunctionError: settings.bisect,
    MaximumRetryAttempts: settings.maximumRetries,
    MaximumRecordAgeInSeconds: settings.maximumAgeMs === -1 ? -1 : settings.maximumAgeMs / 1000,
    TumblingWindowInSeconds: settings.tumblingWindowMs / 1000,
    DestinationConfig: { OnFailure: settings.onFailure === undefined ? {} : { Destination: settings.onFailure } },
    ...(settings.startingTime === undefined ? {} : { StartingPositionTimestamp: new Date(settings.startingTime) }),
  };
}
