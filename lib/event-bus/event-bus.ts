import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { type Archive, EventBus as AwsEventBus, CfnArchive, type IEventBus, type IRule, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EventContract } from '../../lambdas/contracts/index.ts';
import { ENVIRONMENT, variable } from '../../lambdas/runtime/context/environment.ts';
import {
  allowBusToEncrypt,
  allowServiceToSend,
  asEventBus,
  constructName,
  createAlarm,
  DeadLetterQueue,
  keyOf,
  setVariables,
  stageDefaults,
  tagConstruct,
} from '../shared/index.ts';
import type { EventBusProps, RouteOptions } from './event-bus-props.ts';
import { EventLog } from './event-log.ts';
import { EVERY_EVENT } from './every-event.ts';
import { routeId, typesOf } from './route-names.ts';
import { ruleMetric } from './rule-metric.ts';
import type { RouteTarget } from './targets.ts';

/** A rule with its target's dead-letter queue. */
export interface Route {
  readonly rule: Rule;
  readonly deadLetterQueue: DeadLetterQueue;
}

/**
 * An event bus: archived for replay, with routes made from contracts, each with a dead-letter queue of its own.
 *
 * Alarms, per route: `NotEmpty` of its dead-letter queue (critical), `Lost` (critical: an event reached neither target nor dead-letter queue).
 * @example
 * const bus = new EventBus(this, 'Bus');
 * bus.route(BookingRequested, toStateMachine(saga.stateMachine));
 * bus.route([BookingConfirmed, BookingRejected], toTopic(bookingTopic));
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules-best-practices.html
 */
export class EventBus extends Construct {
  readonly eventBus: IEventBus;
  /** Every event of the last 30 days, unless the props say otherwise. */
  readonly archive: Archive | undefined;
  readonly eventLog: EventLog | undefined;
  readonly #props: EventBusProps;
  readonly #routes: Route[] = [];

  constructor(scope: Construct, id: string, props: EventBusProps = {}) {
    super(scope, id);
    tagConstruct(this, 'EventBus');
    this.#props = props;
    this.eventBus = asEventBus(props.eventBus ?? this.#makeBus(props));
    this.archive = props.archive === false || props.eventBus ? undefined : this.#makeArchive(props.archive ?? Duration.days(30));
    this.eventLog = props.logEverything ? this.#makeLog(props.logEverything) : undefined;
  }

  /**
   * Sends events of these types to a target: with a rule of its own, a dead-letter queue of its own, and every attempt that EventBridge makes.
   *
   * @param contracts one event type or several; all versions of them
   * @param target made with `toQueue`, `toTopic`, `toStream`, `toFunction`, `toStateMachine` or `toBus`
   */
  route(contracts: EventContract | readonly EventContract[], target: RouteTarget, options: RouteOptions = {}): Route {
    const events = 'type' in contracts ? [contracts] : contracts;
    const [first] = events;
    if (!first) throw new Error(`${this.node.path}: a route needs at least one event type.`);
    const scope = this.#routeScope(target, options.id ?? routeId(events, target.id));
    const deadLetterQueue = new DeadLetterQueue(scope, 'DeadLetters', {
      ...this.#props,
      holds: `events (${typesOf(events)}) that could not be delivered to ${target.id}`,
      writer: 'events.amazonaws.com',
    });
    const sources = [...new Set(events.flatMap(({ source }) => (source === undefined ? [] : [source])))];
    const rule = new Rule(scope, 'Rule', {
      eventBus: this.eventBus,
      description: `${typesOf(events)} to ${target.id}`.slice(0, 512),
      eventPattern: {
        detailType: [...new Set(events.map(({ type }) => type))],
        // A source narrows the rule only where every contract names one.
        ...(sources.length > 0 && events.every(({ source }) => source !== undefined) ? { source: sources } : {}),
        ...(options.filter === undefined ? {} : { detail: { data: { ...options.filter } } }),
      },
      targets: [
        target.bind({
          deadLetterQueue: deadLetterQueue.queue,
          retryAttempts: options.retryAttempts ?? 185,
          maxEventAge: options.maxEventAge ?? Duration.hours(24),
        }),
      ],
    });
    this.#alarmOnLoss(scope, rule);
    const route: Route = { rule, deadLetterQueue };
    this.#routes.push(route);
    return route;
  }

  /** What {@link EventBus.route} has made so far. */
  get routes(): readonly Route[] {
    return this.#routes;
  }

  /**
   * Lets a function put events on the bus, and tells it which bus that is. Prefer an `Outbox`: what is put here directly is lost or doubled
   * when the function fails beside it.
   */
  grantPut(
    fn: IFunction,
    options: { /** Tells buses apart that one function puts to. @default its only bus */ readonly name?: string } = {},
  ): void {
    fn.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.eventBus.eventBusArn] }));
    setVariables(fn, this.node.path, { [variable(ENVIRONMENT.bus, options.name)]: this.eventBus.eventBusName });
  }

  /** Deliveries to the target of a route, failed ones too. */
  metricInvocations(rule: IRule, options: MetricOptions = {}): Metric {
    return ruleMetric(this.eventBus, rule, 'Invocations', options);
  }

  /** Deliveries that failed for good. What the dead-letter queue of the route took of them is counted by `metricSentToDeadLetters`. */
  metricFailedInvocations(rule: IRule, options: MetricOptions = {}): Metric {
    return ruleMetric(this.eventBus, rule, 'FailedInvocations', options);
  }

  /** Events that the target of a route did not take, and its dead-letter queue did. */
  metricSentToDeadLetters(rule: IRule, options: MetricOptions = {}): Metric {
    return ruleMetric(this.eventBus, rule, 'InvocationsSentToDlq', options);
  }

  #makeBus(props: EventBusProps): AwsEventBus {
    const { encryptionKey: key } = props;
    const eventBusName = props.busName ?? busNameOf(this);
    if (!key) return new AwsEventBus(this, 'Bus', { eventBusName });
    const arn = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBusName });
    allowBusToEncrypt(key, arn);
    return new AwsEventBus(this, 'Bus', { eventBusName, kmsKey: key, deadLetterQueue: this.#undecryptable(arn).queue });
  }

  /** Under a customer-managed key a bus can lose access to its own events; then they go here, still encrypted. */
  #undecryptable(busArn: string): DeadLetterQueue {
    const deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters', {
      ...this.#props,
      holds: 'events that the bus could not decrypt with its key',
      writer: 'events.amazonaws.com',
    });
    allowServiceToSend(deadLetterQueue.queue, 'events.amazonaws.com', busArn);
    return deadLetterQueue;
  }

  #makeArchive(retention: Duration): Archive {
    const archive = this.eventBus.archive('Archive', {
      description: `Every event of ${this.node.path}`,
      eventPattern: EVERY_EVENT,
      retention,
    });
    archive.applyRemovalPolicy(stageDefaults(this).removalPolicy);
    const { encryptionKey: key } = this.#props;
    const { defaultChild } = archive.node;
    // The CDK's own property for it would name the bus in the policy of the key that the bus needs first.
    if (key && defaultChild instanceof CfnArchive) defaultChild.kmsKeyIdentifier = key.keyArn;
    return archive;
  }

  #makeLog(options: Exclude<EventBusProps['logEverything'], undefined | false>): EventLog {
    const deadLetterQueue = new DeadLetterQueue(this, 'LogDeadLetters', {
      ...this.#props,
      holds: 'events that could not be logged',
      writer: 'events.amazonaws.com',
      severity: 'warning',
    });
    return new EventLog(this, 'EventLog', {
      eventBus: this.eventBus,
      deadLetterQueue: deadLetterQueue.queue,
      retention: options === true ? undefined : options.retention,
      ...keyOf(this.#props),
    });
  }

  /** Beside the bus; of a target in another stack, in that stack, whose permissions name the rule while the rule names the target. */
  #routeScope(target: RouteTarget, id: string): Construct {
    const there = Stack.of(target.resource);
    const [scope, name] = there === Stack.of(this) ? [this, id] : [there, `${this.node.id}${id}`];
    if (scope.node.tryFindChild(name)) {
      throw new Error(
        `${this.node.path}: there is a route ${id} already. Leave one out, or give this one an id of its own: route(…, { id }).`,
      );
    }
    return new Construct(scope, name);
  }

  #alarmOnLoss(scope: Construct, rule: IRule): void {
    createAlarm(
      scope,
      'Lost',
      {
        severity: 'critical',
        metric: ruleMetric(this.eventBus, rule, 'InvocationsFailedToBeSentToDlq', {}),
        threshold: 1,
        description: `An event of ${scope.node.path} reached neither its target nor its dead-letter queue. Look at the permissions of both; replay it from the archive.`,
      },
      this.#props,
    );
  }
}

/** A bus must be given a name. It begins with the stack's, so that two copies of a stack in one account have a bus each. */
function busNameOf(bus: Construct): string {
  const readable = constructName(bus).replace(/[^A-Za-z0-9._-]+/g, '-');
  return readable.length <= 200 ? readable : `${readable.slice(0, 160)}-${bus.node.addr.slice(0, 16)}`;
}
