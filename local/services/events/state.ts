import type { Connection as ConnectionSummary, CreateConnectionAuthRequestParameters, Tag, Target } from '@aws-sdk/client-eventbridge';
import type { Pattern } from '../../event-pattern/index.ts';
import type { Timer } from '../../kernel/index.ts';
import type { Statement } from '../../kernel/policy/index.ts';
import type { ScheduleExpression } from '../../schedule-expression/index.ts';
import type { EventStore } from './event-store.ts';
import type { RuleIndex } from './rule-index.ts';
import type { InputTemplate } from './target-input.ts';

export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  modifiedAt: Date;
  description: string | undefined;
  kmsKeyIdentifier: string | undefined;
  deadLetterArn: string | undefined;
  statements: readonly Statement[];
  readonly rules: Map<string, Rule>;
  readonly index: RuleIndex;
  readonly archives: Map<string, Archive>;
  tags: Map<string, string>;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  /** Counts up with every rule made: the order in which rules that match are served. */
  readonly order: number;
  eventPattern: string | undefined;
  pattern: Pattern | undefined;
  scheduleExpression: string | undefined;
  schedule: ScheduleExpression | undefined;
  timer: Timer | undefined;
  state: 'ENABLED' | 'DISABLED';
  description: string | undefined;
  roleArn: string | undefined;
  readonly targets: Map<string, RuleTarget>;
  tags: Map<string, string>;
}

/** A target, with what is worked out once for all its deliveries. */
export interface RuleTarget {
  readonly target: Target & { readonly Id: string; readonly Arn: string };
  readonly input: InputTemplate;
}

export interface Archive {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly busArn: string;
  readonly createdAt: Date;
  description: string | undefined;
  eventPattern: string | undefined;
  pattern: Pattern | undefined;
  /** 0 keeps events for ever. */
  retentionDays: number;
  kmsKeyIdentifier: string | undefined;
  readonly events: EventStore;
}

export type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';

export interface Replay {
  readonly name: string;
  readonly arn: string;
  readonly archiveArn: string;
  readonly description: string | undefined;
  readonly destination: { readonly Arn: string; readonly FilterArns?: string[] };
  readonly from: Date;
  readonly to: Date;
  readonly startedAt: Date;
  state: ReplayState;
  endedAt: Date | undefined;
  lastReplayed: Date | undefined;
}

export interface Connection extends ConnectionSummary {
  readonly Name: string;
  readonly ConnectionArn: string;
  readonly description: string | undefined;
  readonly authParameters: CreateConnectionAuthRequestParameters | undefined;
}

export interface ApiDestination {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly connectionArn: string;
  readonly endpoint: string;
  readonly method: string;
  readonly rateLimit: number | undefined;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

/** Everything EventBridge holds. */
export interface EventsState {
  readonly buses: Map<string, Bus>;
  readonly archives: Map<string, Archive>;
  readonly replays: Map<string, Replay>;
  readonly connections: Map<string, Connection>;
  readonly destinations: Map<string, ApiDestination>;
  /** How many rules were ever made. */
  ruleCount: number;
}

export function tagMap(tags: readonly Tag[] | undefined): Map<string, string> {
  return new Map((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
