import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../../lib/function/bundle.ts';
import { type ShippedHandlerName, SOURCE_CONDITION, shippedHandler } from '../../../lib/function/shipped-handler.ts';

const NAMES = readdirSync(new URL('../../../lambdas/handlers', import.meta.url)) as ShippedHandlerName[];

describe.each(NAMES)('the shipped handler %s', (name) => {
  const code = shippedHandler(name);
  if (code.kind !== 'source') throw new Error('The tests run from the sources.');
  const options = { entry: code.entry, minify: true, sourceMap: false, external: [], define: {}, conditions: [SOURCE_CONDITION] } as const;

  it('is under 60 kB minified, the SDK apart', () => {
    expect(bundle({ ...options, sdk: 'runtime' }).bytes).toBeLessThan(60_000);
  });

  it('is the same code at every build', () => {
    const first = bundle({ ...options, sdk: 'runtime' });
    const again = bundle({ ...options, sdk: 'runtime', define: { 'globalThis.__neverThere': '1' } });
    expect(again.hash).toBe(first.hash);
  });
});
