import { App, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DATA_PROPERTIES, stageProperties } from './data.ts';
import { DELIVERY, NO_CYCLES, TAGS } from './delivery.ts';
import { PERMISSIONS, type Property } from './permissions.ts';
import { SchemaCheck } from './schema.ts';
import { alarmTo, build, SYSTEMS } from './systems.ts';
import { type Template, templateOf } from './template.ts';
import { unready } from './unready.ts';

const ALWAYS = [...PERMISSIONS, ...DATA_PROPERTIES, ...DELIVERY, NO_CYCLES, TAGS];

interface Synthesized {
  readonly system: string;
  readonly app: App;
  readonly template: Template;
}

function synthesize(system: string, stage: 'dev' | 'prod'): Synthesized {
  const { app, stack } = build(system, { 'millrace:stage': stage });
  alarmTo(app, stack);
  return { system, app, template: templateOf(app, stack) };
}

/** CloudFormation's schemas and rules as they come with the CDK, called by hand: they take seconds to load. */
let schemas: SchemaCheck;
beforeAll(() => {
  schemas = new SchemaCheck();
}, 120_000);

const named = (properties: readonly Property[]) => properties.map((property) => [property.says, property] as const);

describe.each(['prod', 'dev'] as const)("in %s, of every construct's defaults and of GlobalAir", (stage) => {
  let all: readonly Synthesized[] = [];
  beforeAll(() => {
    all = SYSTEMS.map((system) => synthesize(system, stage));
  });

  it.each(named([...ALWAYS, ...stageProperties(stage)]))('%s', (_, { violations }) => {
    expect(all.flatMap(({ system, template }) => violations(template).map((violation) => `${system}: ${violation}`))).toEqual([]);
  });

  // It takes seconds, and templates of the other stage differ in values only.
  if (stage === 'prod')
    it("CloudFormation's schemas and rules have nothing against it", () => {
      expect(all.flatMap(({ system, app }) => schemas.complaints(app).map((complaint) => `${system}: ${complaint}`))).toEqual([]);
    });
});

describe('a stack that is wrong in every way', () => {
  const app = new App({ analyticsReporting: false });
  const wrong = templateOf(app, unready(app));

  it.each(named([...ALWAYS, ...stageProperties('prod')]))('is found out: %s', (_, { violations, caught }) => {
    expect(violations(wrong).map((violation) => violation.match(/^\w+/)?.[0])).toContain(caught);
  });
});

it("CloudFormation's schemas refuse a value of the wrong type, a property that is none, and a reference to nothing", () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Wrong');
  new CfnQueue(stack, 'Late', {}).addPropertyOverride('VisibilityTimeout', 'soon');
  new CfnQueue(stack, 'Unknown', {}).addPropertyOverride('Colour', 'red');
  new CfnQueue(stack, 'Dangling', {}).addPropertyOverride('KmsMasterKeyId', { Ref: 'Nowhere' });
  const errors = schemas.complaints(app).filter((complaint) => complaint.startsWith('error'));
  for (const id of ['Late', 'Unknown', 'Dangling'])
    expect(
      errors.some((error) => error.includes(` ${id}: `)),
      id,
    ).toBe(true);
});
