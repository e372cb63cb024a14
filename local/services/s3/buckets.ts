import { AwsError, type Kernel } from '../../kernel/index.ts';
import { type Bucket, newBucket } from './bucket.ts';
import { invalidArgument, noSuchBucket } from './errors.ts';

/** The buckets of the account. */
export class Buckets {
  readonly kernel: Kernel;
  readonly #byName = new Map<string, Bucket>();
  #sequencer = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  all(): Bucket[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes a bucket; in us-east-1 one that is there already is as good as made. */
  create(name: string | undefined): Bucket {
    if (!name || !/^(?!xn--)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', { details: { BucketName: name ?? '' } });
    }
    const bucket = this.#byName.get(name) ?? newBucket(name, this.seconds());
    this.#byName.set(name, bucket);
    return bucket;
  }

  get(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  find(name: string | undefined): Bucket {
    if (!name) throw invalidArgument('No bucket was named.', 'Bucket');
    const bucket = this.#byName.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  delete(bucket: Bucket): void {
    if (!bucket.objects.empty) {
      const text = 'The bucket you tried to delete is not empty';
      throw new AwsError('BucketNotEmpty', text, { status: 409, details: { BucketName: bucket.name } });
    }
    this.#byName.delete(bucket.name);
  }

  /** The time as S3 tells it: whole seconds, in epoch milliseconds. */
  seconds(): number {
    return Math.floor(this.kernel.now() / 1000) * 1000;
  }

  newVersionId(): string {
    return this.kernel.uuid().replaceAll('-', '');
  }

  /** A number in hexadecimal that grows with every change, by which events of one key are put in order. */
  nextSequencer(): string {
    this.#sequencer += 1;
    return this.#sequencer.toString(16).toUpperCase().padStart(18, '0');
  }
}
