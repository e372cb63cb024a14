import type { PutEventsRequestEntry, PutEventsResponse, PutRuleRequest, PutRuleResponse, Target } from '@aws-sdk/client-eventbridge';
import { AwsError, Kernel, type KernelOptions } from '../../../local/kernel/index.ts';
import { type EventsOptions, EventsService } from '../../../local/services/events/index.ts';
import { StubService } from './stub-service.ts';

export const START = Date.UTC(2026, 0, 1);
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** EventBridge on virtual time, between stubs of the services that it delivers to. */
export class TestEvents {
  readonly kernel: Kernel;
  readonly service: EventsService;
  readonly sqs: StubService;
  readonly sns: StubService;
  readonly lambda: StubService;
  readonly states: StubService;
  readonly kinesis: StubService;

  constructor(options: EventsOptions & KernelOptions = {}) {
    this.kernel = new Kernel({ startAt: START, ...options });
    this.service = new EventsService(this.kernel, options);
    this.kernel.register(this.service);
    this.sqs = new StubService('sqs', this.kernel);
    this.sns = new StubService('sns', this.kernel);
    this.lambda = new StubService('lambda', this.kernel);
    this.states = new StubService('states', this.kernel);
    this.kinesis = new StubService('kinesis', this.kernel);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the caller names the output's type, as the SDK's commands do
  call<Output = any>(operation: string, input: object = {}): Output {
    return this.kernel.invoke({ service: 'events', operation, input }) as Output;
  }

  errorOf(operation: string, input: object = {}): AwsError {
    try {
      this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    throw new Error(`${operation} did not fail`);
  }

  /** Makes a rule with its targets (Ids are given); returns its ARN. */
  rule(rule: Partial<PutRuleRequest> & { pattern?: object }, ...targets: Partial<Target>[]): string {
    const { pattern, ...input } = rule;
    const Name = input.Name ?? 'rule';
    const eventPattern = pattern ? { EventPattern: JSON.stringify(pattern) } : {};
    const { RuleArn = '' } = this.call<PutRuleResponse>('PutRule', { Name, ...eventPattern, ...input });
    const Targets = targets.map((target, index) => ({ Id: `target-${index}`, Arn: queueArn('jobs'), ...target }));
    if (targets.length > 0) this.call('PutTargets', { Rule: Name, EventBusName: input.EventBusName, Targets });
    return RuleArn;
  }

  put(...entries: PutEventsRequestEntry[]): PutEventsResponse {
    return this.call('PutEvents', { Entries: entries });
  }

  /** One event of this detail; returns its id. */
  event(detail: unknown, entry: PutEventsRequestEntry = {}): string {
    const { Entries } = this.put({ Source: 'shop', DetailType: 'Order', Detail: JSON.stringify(detail), ...entry });
    return Entries?.[0]?.EventId ?? '';
  }
}
