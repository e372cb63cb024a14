import { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { DATA_PROPERTIES, stageProperties } from './data.ts';
import { DELIVERY, NO_CYCLES, TAGS } from './delivery.ts';
import { PERMISSIONS, type Property } from './permissions.ts';
import { alarmTo, build, SYSTEMS } from './systems.ts';
import { type Template, templateOf } from './template.ts';
import { unready } from './unready.ts';

const ALWAYS = [...PERMISSIONS, ...DATA_PROPERTIES, ...DELIVERY, NO_CYCLES, TAGS];

function synthesize(system: string, stage: 'dev' | 'prod'): Template {
  const { app, stack } = build(system, { 'millrace:stage': stage });
  alarmTo(app, stack);
  return templateOf(app, stack);
}

const named = (properties: readonly Property[]) => properties.map((property) => [property.says, property] as const);

describe.each(['prod', 'dev'] as const)("in %s, of every construct's defaults and of GlobalAir", (stage) => {
  let templates: readonly (readonly [string, Template])[] = [];
  beforeAll(() => {
    templates = SYSTEMS.map((system) => [system, synthesize(system, stage)]);
  });

  it.each(named([...ALWAYS, ...stageProperties(stage)]))('%s', (_, { violations }) => {
    expect(templates.flatMap(([system, template]) => violations(template).map((violation) => `${system}: ${violation}`))).toEqual([]);
  });
});

describe('a stack that is wrong in every way', () => {
  const app = new App({ analyticsReporting: false });
  const wrong = templateOf(app, unready(app));

  it.each(named([...ALWAYS, ...stageProperties('prod')]))('is found out: %s', (_, { violations, caught }) => {
    expect(violations(wrong).map((violation) => violation.match(/^\w+/)?.[0])).toContain(caught);
  });
});
