import { nextOccurrence } from '../../schedule-expression/index.ts';
import { BusEvent, eventHead } from './bus-event.ts';
import { dispatch } from './dispatch.ts';
import type { EventsScope } from './scope.ts';
import type { Rule } from './state.ts';

/** Sets the rule's clock, or stops it when the rule has no schedule or is disabled. A rate counts from now. */
export function scheduleRule(rule: Rule, scope: EventsScope): void {
  rule.timer?.cancel();
  rule.timer = undefined;
  const { schedule } = rule;
  if (!schedule || rule.state === 'DISABLED') return;
  const now = scope.kernel.now();
  const first = schedule.kind === 'rate' ? now + schedule.every : now;
  const wait = (after: number): void => {
    const at = nextOccurrence(schedule, after, { first });
    if (at === undefined) return;
    const run = (): void => {
      const event = new BusEvent(eventHead(scope.kernel.uuid(), 'aws.events', 'Scheduled Event', at, [rule.arn]), '{}', scope.kernel.now());
      dispatch(event, rule, scope);
      wait(at);
    };
    rule.timer = scope.kernel.schedule(at, run, { daemon: true, label: `events: schedule of ${rule.name}` });
  };
  wait(now);
}
