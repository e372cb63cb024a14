import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { Throttle } from './model.ts';
import { header } from './request.ts';
import type { Throttling } from './throttling.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly enabled: boolean;
}

export interface Quota {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
}

export interface UsagePlan {
  readonly id: string;
  /** `apiId/stage`. */
  readonly stages: ReadonlySet<string>;
  readonly throttle: Throttle | undefined;
  readonly quota: Quota | undefined;
  readonly keys: Set<string>;
}

/** API keys and the plans that say how much each may ask. */
export class ApiKeys {
  readonly keys = new Map<string, ApiKey>();
  readonly plans = new Map<string, UsagePlan>();
  readonly #used = new Map<string, number>();
  readonly #throttling: Throttling;

  constructor(throttling: Throttling) {
    this.#throttling = throttling;
  }

  /** Checks the key of a request. @throws GatewayError `INVALID_API_KEY`, `THROTTLED`, `QUOTA_EXCEEDED` */
  check(exchange: Exchange, now: number): void {
    const { api, stage, request } = exchange;
    const fromAuthorizer = exchange.authorizer?.usageIdentifierKey;
    const value = api.apiKeySource === 'HEADER' ? header(request.headers, 'x-api-key') : fromAuthorizer;
    const key = [...this.keys.values()].find((each) => each.value === value && each.enabled);
    const plan = key && [...this.plans.values()].find((each) => each.keys.has(key.id) && each.stages.has(`${api.id}/${stage.name}`));
    if (!key || !plan) throw new GatewayError('INVALID_API_KEY');
    exchange.apiKey = { id: key.id, value: key.value };
    if (plan.throttle && !this.#throttling.take(`${plan.id}/${key.id}`, plan.throttle, now)) throw new GatewayError('THROTTLED');
    if (plan.quota) this.#count(`${plan.id}/${key.id}`, plan.quota, now);
  }

  #count(name: string, quota: Quota, now: number): void {
    const counter = `${name}/${periodOf(now, quota.period)}`;
    const used = (this.#used.get(counter) ?? 0) + 1;
    if (used > quota.limit) throw new GatewayError('QUOTA_EXCEEDED');
    this.#used.set(counter, used);
  }
}

function periodOf(now: number, period: Quota['period']): string {
  const day = Math.floor(now / 86_400_000);
  if (period === 'DAY') return `day ${day}`;
  // Weeks begin on Sunday; the epoch began on a Thursday.
  if (period === 'WEEK') return `week ${Math.floor((day + 4) / 7)}`;
  return new Date(now).toISOString().slice(0, 7);
}
