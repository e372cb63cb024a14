import type { LifecycleRule } from '@aws-sdk/client-s3';
import type { CallContext, Timer } from '../../../kernel/index.ts';
import type { Bucket } from '../bucket.ts';
import type { Buckets } from '../buckets.ts';
import type { ObjectWriter } from '../object-writer.ts';
import { expired, nextMidnight } from './rules.ts';

/** Ends objects by the rules of their bucket, every midnight UTC. */
export class Lifecycle {
  readonly #buckets: Buckets;
  readonly #writer: ObjectWriter;
  readonly #timers = new Map<Bucket, Timer>();

  constructor(buckets: Buckets, writer: ObjectWriter) {
    this.#buckets = buckets;
    this.#writer = writer;
  }

  /** Puts rules in the place of those that a bucket had; none end nothing. */
  set(bucket: Bucket, rules: readonly LifecycleRule[]): void {
    this.#timers.get(bucket)?.cancel();
    this.#timers.delete(bucket);
    if (rules.length > 0) this.#schedule(bucket, rules);
  }

  #schedule(bucket: Bucket, rules: readonly LifecycleRule[]): void {
    const { kernel } = this.#buckets;
    const run = (): void => {
      this.#run(bucket, rules);
      this.#schedule(bucket, rules);
    };
    this.#timers.set(bucket, kernel.schedule(nextMidnight(kernel.now() + 1), run, { daemon: true, label: `lifecycle of ${bucket.name}` }));
  }

  #run(bucket: Bucket, rules: readonly LifecycleRule[]): void {
    const { kernel } = this.#buckets;
    for (const over of expired(bucket, rules, kernel.now())) {
      const context: CallContext = { principal: 's3.amazonaws.com', requestId: kernel.uuid() };
      if (over.what === 'upload') bucket.uploads.delete(over.id);
      else this.#writer.delete(bucket, over.key, over.what === 'version' ? over.versionId : undefined, context, 'LifecycleExpiration');
    }
  }
}
