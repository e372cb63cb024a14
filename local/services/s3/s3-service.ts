import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import { Buckets } from './buckets.ts';
import { Lifecycle } from './lifecycle/lifecycle.ts';
import { type LostEvent, Notifier } from './notifications/notifier.ts';
import { ObjectWriter } from './object-writer.ts';
import { bucketOperations } from './operations/bucket-operations.ts';
import { lifecycleOperations } from './operations/lifecycle-operations.ts';
import { listOperations } from './operations/list-operations.ts';
import { multipartOperations } from './operations/multipart-operations.ts';
import { objectOperations } from './operations/object-operations.ts';
import type { Operations } from './operations/operation.ts';
import { settingOperations } from './operations/setting-operations.ts';
import { taggingOperations } from './operations/tagging-operations.ts';

/** Amazon S3: objects with versions, conditions, ranges and tags; uploads in parts; lifecycle rules; event notifications; bucket policies. */
export class S3Service implements Service {
  readonly name = 's3';
  readonly #buckets: Buckets;
  readonly #notifier: Notifier;
  readonly #operations: Operations;

  constructor(kernel: Kernel) {
    const buckets = new Buckets(kernel);
    this.#buckets = buckets;
    this.#notifier = new Notifier(kernel);
    const writer = new ObjectWriter(buckets, this.#notifier);
    this.#operations = {
      ...settingOperations(buckets),
      ...bucketOperations(buckets, this.#notifier),
      ...lifecycleOperations(buckets, new Lifecycle(buckets, writer)),
      ...objectOperations(buckets, writer),
      ...listOperations(buckets),
      ...taggingOperations(buckets, writer),
      ...multipartOperations(buckets, writer),
    };
  }

  /** Events that a destination refused for good: the latest thousand, oldest first. */
  get lost(): readonly LostEvent[] {
    return this.#notifier.lost;
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `Amazon S3 has no operation ${operation} here.`, { status: 501 });
    return run(input as never, context);
  }

  /** The policy of the bucket that an ARN is of, or lies in. */
  policyOf(arn: string): readonly Statement[] {
    return this.#buckets.get(arn.replace(/^arn:aws:s3:::/, '').replace(/\/.*$/s, ''))?.policy ?? [];
  }

  pending(): PendingWork[] {
    return this.#notifier.pending();
  }
}
