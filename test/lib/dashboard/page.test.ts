import { readFileSync } from 'node:fs';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import * as lib from '../../../lib/index.ts';
import { EventBus, EventStream, HandlerFunction, InboxTable, SagaStarter, severityOf } from '../../../lib/index.ts';
import { build, CONSTRUCTS } from '../readiness/systems.ts';

const page = readFileSync(new URL('../../../docs/observability.md', import.meta.url), 'utf8');
const rows = new Set(
  [...page.matchAll(/^\| (\w+) \| `(\w+)` \| (critical|warning) \|/gm)].map(([, owner, id, severity]) => `${owner} ${id} ${severity}`),
);

const KINDS = Object.entries(lib).filter(([, value]) => typeof value === 'function' && /^class/.test(String(value)));

/** The construct that an alarm belongs to: the nearest of this kit's around it. */
function ownerOf(alarm: IConstruct): string {
  for (let node = alarm.node.scope; node; node = node.node.scope) {
    const kind = KINDS.find(([name, value]) => node?.constructor === value && name !== 'GradualAlias')?.[0];
    if (kind) return kind;
  }
  return alarm.node.scope?.node.id.endsWith('SideEffects') ? InboxTable.name : 'nobody';
}

describe('the page about observability', () => {
  const alarms = Object.keys(CONSTRUCTS).flatMap((system) => {
    const { app, stack } = build(system);
    app.synth();
    return stack.node.findAll().filter((node) => node instanceof Alarm);
  });
  const made = new Set(alarms.map((alarm) => `${ownerOf(alarm)} ${alarm.node.id} ${severityOf(alarm)}`));

  it('lists every alarm with its severity', () => {
    // The dead letters of the sweeper are a warning, as the page says in words.
    expect([...made].filter((alarm) => !rows.has(alarm) && alarm !== 'DeadLetterQueue NotEmpty warning')).toEqual([]);
    for (const { name } of [EventBus, EventStream, HandlerFunction, InboxTable, SagaStarter])
      expect(
        [...made].some((alarm) => alarm.startsWith(`${name} `)),
        name,
      ).toBe(true);
  });

  it('lists no alarm that is not made', () => {
    expect([...rows].filter((alarm) => !made.has(alarm))).toEqual([]);
  });
});
