import { AwsError, type CallContext, type Kernel, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { consumerOperations } from './consumers.ts';
import { getOperations } from './get-records.ts';
import { putOperations } from './put-records.ts';
import { reshardingOperations } from './resharding.ts';
import type { KinesisScope, Operations } from './scope.ts';
import { settingOperations } from './settings.ts';
import { streamOperations } from './streams.ts';

const operations: Operations = {
  ...consumerOperations,
  ...getOperations,
  ...putOperations,
  ...reshardingOperations,
  ...settingOperations,
  ...streamOperations,
};

export interface KinesisOptions {
  /** Whether a shard refuses more than 1,000 records or 1 MiB a second, and more than 5 reads or 2 MiB. @default true */
  readonly throttle?: boolean;
}

/** Amazon Kinesis Data Streams. Signals a stream's ARN when records arrive. */
export class KinesisService implements Service {
  readonly name = 'kinesis';
  readonly #scope: KinesisScope;

  constructor(kernel: Kernel, options: KinesisOptions = {}) {
    this.#scope = { kernel, streams: new Map(), throttle: options.throttle ?? true };
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!run) throw new AwsError('UnknownOperationException', `The local Kinesis has no operation '${operation}'.`);
    return run(input as never, this.#scope, context);
  }

  policyOf(arn: string): readonly Statement[] {
    const stream = this.#scope.streams.get(arn.split('/')[1] ?? '');
    return stream?.arn === arn ? stream.statements : [];
  }
}
