import { readFileSync } from 'node:fs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type Metric as CdkMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import * as lib from '../../../lib/index.ts';
import {
  Api,
  Consumer,
  Dashboard,
  EventBus,
  EventStream,
  FanOut,
  HandlerFunction,
  InboxTable,
  Outbox,
  Projection,
  Saga,
  SagaStarter,
  severityOf,
} from '../../../lib/index.ts';
import { textOf } from '../readiness/permissions.ts';
import { type Built, build, CONSTRUCTS, FAST, fn } from '../readiness/systems.ts';
import { at, list, resources, type Template, templateOf } from '../readiness/template.ts';

interface Widget {
  readonly type: 'metric' | 'text' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

/** The widgets of a template's dashboard, references as `<Id>`. */
function widgetsOf(template: Template): readonly Widget[] {
  const [dashboard] = resources(template, 'AWS::CloudWatch::Dashboard');
  return JSON.parse(textOf(dashboard?.get('DashboardBody'))).widgets;
}

const labelsOf = (widget: Widget): string[] => list(widget.properties.metrics).map((line) => String(at(list(line).at(-1), 'label')));

/** Titles of graphs with their section. */
function sections(widgets: readonly Widget[]): Record<string, Widget[]> {
  const found: Record<string, Widget[]> = {};
  let section = '';
  for (const widget of widgets) {
    if (widget.type === 'text') section = widget.properties.markdown?.match(/^## ([^:]+)/)?.[1] ?? '';
    else found[section] = [...(found[section] ?? []), widget];
  }
  return found;
}

describe('the dashboard of GlobalAir', () => {
  const { app, stack }: Built = build('GlobalAir');
  const template = templateOf(app, stack);
  const widgets = widgetsOf(template);
  const all = stack.node.findAll();
  const bySection = sections(widgets);
  const pathOf = (construct: { readonly node: { readonly path: string } }) => construct.node.path.slice(stack.node.path.length + 1);
  const labels = (section: string) => (bySection[section] ?? []).flatMap(labelsOf);

  it('begins with alarms and what the system is for, then flow, lag, age, errors, cost', () => {
    expect(Object.keys(bySection)).toEqual(['', 'What it is for', 'Flow', 'Lag', 'Age', 'Errors', 'Cost']);
    expect(bySection['What it is for']?.map(({ properties }) => properties.title)).toEqual(['Bookings', 'Seats sold']);
  });

  it('shows every alarm, those that wake somebody first', () => {
    const groups = (bySection[''] ?? []).map(({ properties }) => properties.alarms ?? []);
    const ids = (severity: string) => all.filter((node) => node instanceof Alarm && severityOf(node) === severity).length;
    expect(groups.map(({ length }) => length)).toEqual([ids('critical'), ids('warning')]);
    expect(groups.flat().length).toBe(resources(template, 'AWS::CloudWatch::Alarm').length);
  });

  it.each([
    ['flow', 'Flow', [Api, Outbox, EventBus, FanOut, Consumer, EventStream, Projection, Saga]],
    ['lag', 'Lag', [Api, Outbox, Consumer, EventStream, Projection, Saga]],
    ['what waits', 'Age', [Outbox, Consumer, Projection, Saga]],
    ['errors', 'Errors', [Api, Outbox, EventBus, FanOut, EventStream, Saga, LambdaFunction]],
    ['cost', 'Cost', [Api, EventStream, LambdaFunction, Table]],
  ] as const)('shows %s of every construct', (_, section, kinds) => {
    const shown = labels(section);
    const parts = all.filter((node) => kinds.some((kind) => node instanceof kind));
    expect(parts.length).toBeGreaterThan(kinds.length - 1);
    expect(parts.map(pathOf).filter((path) => !shown.some((label) => label === path || label.startsWith(`${path} `)))).toEqual([]);
  });

  it('shows every queue: how many messages wait, or are dead', () => {
    const queues = JSON.stringify((bySection.Age ?? []).map(({ properties }) => properties.metrics));
    expect(
      resources(template, 'AWS::SQS::Queue')
        .filter(({ id }) => !queues.includes(`<${id}.QueueName>`))
        .map(({ id }) => id),
    ).toEqual([]);
  });

  it('has no two lines of one name in a graph, and nothing on top of anything else', () => {
    for (const widget of widgets.filter(({ type }) => type === 'metric')) {
      const names = labelsOf(widget).filter((label) => label !== 'undefined');
      expect(new Set(names).size, widget.properties.title).toBe(names.length);
    }
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)}:${y + Math.floor(cell / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBeLessThanOrEqual(24);
  });
});

describe('a dashboard', () => {
  const stackWith = (make: (stack: Stack) => void) => {
    const app = new App({ context: FAST, analyticsReporting: false });
    const stack = new Stack(app, 'Shop');
    make(stack);
    return widgetsOf(templateOf(app, stack));
  };

  it('shows what is made after it, too', () => {
    const widgets = stackWith((stack) => {
      new Dashboard(stack, 'Dashboard');
      new Consumer(stack, 'Mail', { handler: fn(stack, 'Send') });
    });
    expect(widgets.flatMap(labelsOf)).toContain('Mail');
  });

  it('of a stack with nothing in it is empty', () => {
    expect(stackWith((stack) => new Dashboard(stack, 'Dashboard')).filter(({ type }) => type !== 'text')).toEqual([]);
  });

  it('shows the parts of its own stack only', () => {
    const app = new App({ context: FAST, analyticsReporting: false });
    const [shop, other] = [new Stack(app, 'Shop'), new Stack(app, 'Other')];
    new Dashboard(shop, 'Dashboard');
    new Consumer(other, 'Mail', { handler: fn(other, 'Send') });
    expect(widgetsOf(templateOf(app, shop)).flatMap(labelsOf)).toEqual([]);
  });

  it('takes what the system is for, and how far back and how finely to look', () => {
    const app = new App({ context: FAST, analyticsReporting: false });
    const stack = new Stack(app, 'Shop');
    const send = fn(stack, 'Send');
    const sold: CdkMetric = send.metricMeasured('Sold', {}, { shop: 'main' });
    new Dashboard(stack, 'Dashboard', { business: { Sales: [sold] }, interval: Duration.days(1), period: Duration.minutes(5) });
    const template = templateOf(app, stack);
    const graphs = widgetsOf(template).filter(({ type }) => type === 'metric');
    expect(graphs[0]?.properties).toMatchObject({
      title: 'Sales',
      metrics: [['Millrace', 'Sold', 'service', 'Shop/Send', 'shop', 'main', expect.anything()]],
    });
    expect(
      graphs.slice(1).every(({ properties }) => list(properties.metrics).every((line) => at(list(line).at(-1), 'period') !== 60)),
    ).toBe(true);
    expect(textOf(resources(template, 'AWS::CloudWatch::Dashboard')[0]?.get('DashboardBody'))).toContain('"start":"-P1D"');
  });
});

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
    const { stack } = build(system);
    return stack.node.findAll().filter((node) => node instanceof Alarm);
  });
  const made = new Set(
    alarms
      // It is the user's own.
      .filter(({ node }) => node.path !== 'Shop/Slow')
      .map((alarm) => `${ownerOf(alarm)} ${alarm.node.id} ${severityOf(alarm)}`),
  );

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
