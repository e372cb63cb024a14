import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resourceTypes } from '../../local/assembly/resources/index.ts';
import { ROOT } from './pages.ts';

const page = readFileSync(join(ROOT, 'docs/local-cloud.md'), 'utf8');

/** Types that the page lists: `SQS::` Queue, QueuePolicy. */
function listedTypes(): string[] {
  return [...page.matchAll(/`(\w+::)` ([A-Z]\w*(?:, [A-Z]\w*)*)/g)].flatMap(([, service = '', names = '']) =>
    names.split(', ').map((name) => (service === 'Custom::' ? service + name : `AWS::${service}${name}`)),
  );
}

/** Types that the loader keeps without a service behind them; it keeps the list to itself. */
function keptTypes(): string[] {
  const [, list = ''] = /const KEPT = new Set\(\[([\s\S]*?)\]\)/.exec(readFileSync(join(ROOT, 'local/assembly/loader.ts'), 'utf8')) ?? [];
  return [...list.matchAll(/'([^']+)'/g)].map(([, type = '']) => type);
}

it('the page lists the resource types that the local cloud has, and no others', () => {
  expect(keptTypes().length).toBeGreaterThan(0);
  expect([...new Set(listedTypes())].sort()).toEqual([...new Set([...Object.keys(resourceTypes), ...keptTypes()])].sort());
});
