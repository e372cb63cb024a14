import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { Throttle } from './model.ts';
import { TokenBucket } from './token-bucket.ts';

/** What an account has in a Region, unless AWS raises it. */
const ACCOUNT: Throttle = { rateLimit: 10_000, burstLimit: 5_000 };

/** The token buckets of the account, its stages and their methods. */
export class Throttling {
  readonly #buckets = new Map<string, TokenBucket>();

  /** @throws GatewayError `THROTTLED` */
  admit(exchange: Exchange, now: number): void {
    const { api, stage, resource, method } = exchange;
    const name = `${resource?.path}/${method?.httpMethod}`;
    const own = stage.throttles.get(name);
    // A method's own limits replace those of its stage.
    const [key, throttle] = own ? [name, own] : ['*/*', stage.throttles.get('*/*')];
    if (throttle && !this.take(`${api.id}/${stage.name}/${key}`, throttle, now)) throw new GatewayError('THROTTLED');
    if (!this.take('account', ACCOUNT, now)) throw new GatewayError('THROTTLED');
  }

  take(key: string, { rateLimit, burstLimit }: Throttle, now: number): boolean {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(rateLimit, burstLimit, now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(now);
  }
}
