import { AwsError, type CallContext, type Kernel, type PendingWork, type Service } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import type { HttpPort } from './api-destination-request.ts';
import { apiDestinationOperations } from './api-destinations.ts';
import { archiveOperations } from './archives.ts';
import { busOperations, DEFAULT_BUS, makeBus } from './buses.ts';
import { connectionOperations } from './connections.ts';
import { permissionOperations } from './permissions.ts';
import { putEventsOperations } from './put-events.ts';
import { replayOperations } from './replays.ts';
import { targetOperations } from './rule-targets.ts';
import { ruleOperations } from './rules.ts';
import type { EventsScope, Operations } from './scope.ts';
import { tagOperations } from './tags.ts';
import { patternOperations } from './test-event-pattern.ts';
import { Undelivered } from './undelivered.ts';

const operations: Operations = {
  ...apiDestinationOperations,
  ...archiveOperations,
  ...busOperations,
  ...connectionOperations,
  ...patternOperations,
  ...permissionOperations,
  ...putEventsOperations,
  ...replayOperations,
  ...ruleOperations,
  ...tagOperations,
  ...targetOperations,
};

export interface EventsOptions {
  /** Reaches the endpoints of API destinations. @default none: deliveries to them fail */
  readonly http?: HttpPort;
}

/** Amazon EventBridge: event buses, rules, archives and replays. */
export class EventsService implements Service {
  readonly name = 'events';
  readonly #scope: EventsScope;

  constructor(kernel: Kernel, options: EventsOptions = {}) {
    this.#scope = {
      kernel,
      state: {
        buses: new Map([[DEFAULT_BUS, makeBus(DEFAULT_BUS, kernel.now())]]),
        archives: new Map(),
        replays: new Map(),
        connections: new Map(),
        destinations: new Map(),
        ruleCount: 0,
      },
      http: options.http,
      undelivered: new Undelivered(),
      inFlight: new Map(),
      logs: new Map(),
    };
  }

  policyOf(busArn: string): readonly Statement[] {
    const bus = this.#scope.state.buses.get(busArn.replace(/^.*event-bus\//, ''));
    return bus?.arn === busArn ? bus.statements : [];
  }

  invoke(operation: string, input: object, context: CallContext): object {
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!run) throw new AwsError('UnknownOperationException', `The local EventBridge has no operation '${operation}'.`);
    return run(input as never, this.#scope, context);
  }

  pending(): PendingWork[] {
    const { inFlight, state } = this.#scope;
    const replays = [...state.replays.values()].filter(({ endedAt }) => endedAt === undefined);
    return [
      ...[...inFlight].map(([resource, count]) => ({ resource, what: 'events on their way', count })),
      ...replays.map(({ arn }) => ({ resource: arn, what: 'replay running', count: 1 })),
    ];
  }

  /** Events that were dropped: for a bus that does not exist, or by a target without a dead-letter queue. */
  get undelivered(): Undelivered {
    return this.#scope.undelivered;
  }

  /** What rules wrote to a log group, the last 10,000 lines. */
  logLines(group: string): readonly string[] {
    return this.#scope.logs.get(group) ?? [];
  }
}
