import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { GetQueueAttributesResult } from '@aws-sdk/client-sqs';
import { queueUrl } from '../../../delivery/index.ts';
import { AwsError, arn, type PendingWork } from '../../../kernel/index.ts';
import type { ResolvedFunction } from '../functions.ts';
import { QueuePoller } from './queue-poller.ts';
import { describeSettings, invalid, type MappingInput, type MappingSettings, mappingSettings } from './settings.ts';
import type { Mapping, Poller, PollerHost } from './source.ts';
import { StreamPoller } from './stream-poller.ts';

interface MappingRecord {
  readonly mapping: Mapping;
  poller: Poller;
  input: MappingInput;
  enabled: boolean;
  lastModified: number;
}

/** The event source mappings of the account. */
export class EventSourceMappings {
  readonly #host: PollerHost;
  readonly #records = new Map<string, MappingRecord>();

  constructor(host: PollerHost) {
    this.#host = host;
  }

  /** @throws AwsError `InvalidParameterValueException`, `ResourceConflictException` */
  create(resolved: ResolvedFunction, input: MappingInput): EventSourceMappingConfiguration {
    const { kernel } = this.#host;
    const settings = mappingSettings(input);
    const sourceArn = input.EventSourceArn ?? '';
    const same = [...this.#records.values()].find(({ mapping }) => mapping.sourceArn === sourceArn && mapping.functionArn === resolved.arn);
    if (same) {
      const message = `An event source mapping with event source arn (" ${sourceArn} ") and function (" ${resolved.record.name} ") already exists. Please update or delete the existing mapping with UUID ${same.mapping.uuid}`;
      throw new AwsError('ResourceConflictException', message, { status: 409, details: { Type: 'User' } });
    }
    const uuid = kernel.uuid();
    const mapping: Mapping = {
      uuid,
      arn: arn('lambda', `event-source-mapping:${uuid}`),
      sourceArn,
      functionArn: resolved.arn,
      settings,
      lastResult: 'No records processed',
    };
    if (settings.kind === 'sqs') this.#checkQueue(resolved, sourceArn);
    const record: MappingRecord = {
      mapping,
      poller: this.#poller(mapping),
      input,
      enabled: input.Enabled ?? true,
      lastModified: kernel.now(),
    };
    this.#records.set(uuid, record);
    if (record.enabled) record.poller.start();
    return this.#describe(record);
  }

  /** Enabling goes on where disabling stopped: what a stream has forgotten meanwhile is lost. */
  update(uuid: string | undefined, changes: MappingInput & { readonly functionArn?: string }): EventSourceMappingConfiguration {
    const record = this.#record(uuid);
    const given = Object.fromEntries(Object.entries(changes).filter(([name, value]) => value !== undefined && name !== 'UUID'));
    const input = { ...record.input, ...given };
    const settings = mappingSettings(input);
    const enabled = input.Enabled ?? record.enabled;
    const changed = !sameSettings(settings, record.mapping.settings);
    if (record.enabled && (!enabled || changed)) record.poller.stop();
    record.input = input;
    record.mapping.settings = settings;
    if (changed && settings.kind === 'sqs') record.poller = this.#poller(record.mapping);
    record.enabled = enabled;
    record.lastModified = this.#host.kernel.now();
    if (enabled) record.poller.start();
    return this.#describe(record);
  }

  remove(uuid: string | undefined): EventSourceMappingConfiguration {
    const record = this.#record(uuid);
    record.poller.stop();
    this.#records.delete(record.mapping.uuid);
    return { ...this.#describe(record), State: 'Deleting' };
  }

  get(uuid: string | undefined): EventSourceMappingConfiguration {
    return this.#describe(this.#record(uuid));
  }

  list(functionArn: string | undefined, sourceArn: string | undefined): EventSourceMappingConfiguration[] {
    return [...this.#records.values()]
      .filter(({ mapping }) => functionArn === undefined || mapping.functionArn === functionArn)
      .filter(({ mapping }) => sourceArn === undefined || mapping.sourceArn === sourceArn)
      .map((record) => this.#describe(record));
  }

  pending(): PendingWork[] {
    return [...this.#records.values()].flatMap((record) => record.poller.pending());
  }

  #poller(mapping: Mapping): Poller {
    return mapping.settings.kind === 'sqs' ? new QueuePoller(this.#host, mapping) : new StreamPoller(this.#host, mapping);
  }

  /** AWS refuses a queue that would give a message out again while its function still runs. */
  #checkQueue({ record }: ResolvedFunction, sourceArn: string): void {
    let visibility: number;
    try {
      const input = { QueueUrl: queueUrl(sourceArn), AttributeNames: ['VisibilityTimeout'] };
      const output = this.#host.kernel.invoke({ service: 'sqs', operation: 'GetQueueAttributes', input }) as GetQueueAttributesResult;
      visibility = Number(output.Attributes?.VisibilityTimeout ?? 30);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalid(`Error occurred while ReceiveMessage. SQS Error Code: ${error.queryCode}. SQS Error Message: ${error.message}`);
    }
    const timeout = record.latest.timeoutSeconds;
    if (visibility < timeout)
      throw invalid(`Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`);
  }

  #record(uuid: string | undefined): MappingRecord {
    const record = this.#records.get(uuid ?? '');
    if (record) return record;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      status: 404,
      details: { Type: 'User' },
    });
  }

  #describe({ mapping, enabled, lastModified }: MappingRecord): EventSourceMappingConfiguration {
    return {
      UUID: mapping.uuid,
      EventSourceMappingArn: mapping.arn,
      EventSourceArn: mapping.sourceArn,
      FunctionArn: mapping.functionArn,
      State: enabled ? 'Enabled' : 'Disabled',
      StateTransitionReason: 'USER_INITIATED',
      LastModified: new Date(lastModified),
      LastProcessingResult: mapping.lastResult,
      ...describeSettings(mapping.settings),
    };
  }
}

function sameSettings(a: MappingSettings, b: MappingSettings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
