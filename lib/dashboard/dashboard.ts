import { Aspects, Duration, type IAspect, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard as AwsDashboard,
  GraphWidget,
  type IWidget,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { ALARM_PERIOD, type Severity, severityOf } from '../shared/index.ts';
import { signalsOf } from './readers.ts';
import { SECTIONS, type Section, type Signal } from './signals.ts';

export interface DashboardProps {
  /** What the system is for, first of all: graphs by title. @default none */
  readonly business?: Readonly<Record<string, readonly Metric[]>>;
  /** How far back it looks at first. @default 3 hours */
  readonly interval?: Duration;
  /** Of each point. @default 1 minute */
  readonly period?: Duration;
  /** @default made by CloudFormation, so that two copies of a stack do not collide */
  readonly dashboardName?: string;
}

/** CloudWatch's grid. */
const WIDTH = 24;
const GRAPH = { width: 6, height: 6 } as const;

/**
 * One view of a stack, drawn from the constructs that are in it when it is synthesized: its alarms, what it is for, and then flow, lag, age,
 * errors and cost of each part.
 *
 * @example
 * new Dashboard(this, 'Dashboard', { business: { Bookings: [analytics.metric('BookingsConfirmed')] } });
 */
export class Dashboard extends Construct {
  readonly dashboard: AwsDashboard;

  constructor(scope: Construct, id: string, props: DashboardProps = {}) {
    super(scope, id);
    this.dashboard = new AwsDashboard(this, 'Dashboard', {
      defaultInterval: props.interval ?? Duration.hours(3),
      ...(props.dashboardName === undefined ? {} : { dashboardName: props.dashboardName }),
    });
    Aspects.of(this).add(new Draw(this.dashboard, props));
  }
}

/** Draws when everything in the stack is there. */
class Draw implements IAspect {
  readonly #dashboard: AwsDashboard;
  readonly #props: DashboardProps;
  #drawn = false;

  constructor(dashboard: AwsDashboard, props: DashboardProps) {
    this.#dashboard = dashboard;
    this.#props = props;
  }

  visit(node: IConstruct): void {
    if (node !== this.#dashboard || this.#drawn) return;
    this.#drawn = true;
    const stack = Stack.of(node);
    const signals = signalsOf(stack, { period: this.#props.period ?? ALARM_PERIOD });
    this.#dashboard.addWidgets(heading(`# ${stack.stackName}\n[Traces](#xray:service-map)`, 2));
    this.#dashboard.addWidgets(...alarmWidgets(stack));
    this.#section('What it is for', businessGraphs(this.#props));
    for (const section of Object.keys(SECTIONS) as Section[]) {
      this.#section(SECTIONS[section], graphs(signals.filter((signal) => signal.section === section)));
    }
  }

  #section(title: string, widgets: readonly IWidget[]): void {
    if (widgets.length === 0) return;
    this.#dashboard.addWidgets(heading(`## ${title}`));
    this.#dashboard.addWidgets(...widgets);
  }
}

function heading(markdown: string, height = 1): TextWidget {
  return new TextWidget({ markdown, width: WIDTH, height });
}

/** Those that wake somebody first. */
function alarmWidgets(stack: Stack): IWidget[] {
  const alarms = stack.node.findAll().filter((node) => node instanceof Alarm);
  const of = (severity: Severity | undefined) => alarms.filter((alarm) => Stack.of(alarm) === stack && severityOf(alarm) === severity);
  const groups: readonly (readonly [string, Alarm[]])[] = [
    ['Critical: loss or standstill', of('critical')],
    ['Warnings: delay or degradation', of('warning')],
    ["Alarms of the stack's own", of(undefined)],
  ];
  return groups.flatMap(([title, some]) =>
    some.length === 0 ? [] : [new AlarmStatusWidget({ title, alarms: some, width: WIDTH, height: 1 + Math.ceil(some.length / 6) })],
  );
}

function businessGraphs({ business = {} }: DashboardProps): IWidget[] {
  return Object.entries(business).map(
    ([title, metrics]) => new GraphWidget({ ...GRAPH, title, left: [...metrics], leftYAxis: { min: 0 } }),
  );
}

/** A graph for each title, with a line for each construct. */
function graphs(signals: readonly Signal[]): IWidget[] {
  const titles = [...new Set(signals.map(({ title }) => title))];
  return titles.map((title) => {
    const lines = signals.filter((signal) => signal.title === title);
    return new GraphWidget({ ...GRAPH, title, left: lines.map(({ metric, label }) => metric.with({ label })), leftYAxis: { min: 0 } });
  });
}
