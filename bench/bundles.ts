import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../lib/function/bundle.ts';
import { SOURCE_CONDITION } from '../lib/function/shipped-handler.ts';
import type { Bench, Figure } from './figure.ts';

const SHIPPED = new URL('../lambdas/handlers/', import.meta.url);
const GLOBALAIR = new URL('../examples/globalair/', import.meta.url);
const HANDLERS = [
  'analytics/consumer.ts',
  'booking/http.ts',
  'booking/reject.ts',
  'flights/http.ts',
  'flights/projection.ts',
  'loyalty/http.ts',
  'loyalty/members.ts',
  'loyalty/step.ts',
  'mail/consumer.ts',
  'payments/step.ts',
  'seats/step.ts',
  'tickets/step.ts',
];
const BUDGET_KB = 60;

/** What a cold start has to read. */
export const bundles: Bench = {
  name: 'Bundles of handlers',
  about: 'minified, the AWS SDK apart (1 kB = 1,000 bytes).',
  async run() {
    const shipped = readdirSync(SHIPPED).map((name): Figure => {
      const value = kilobytes(join(fileURLToPath(SHIPPED), name, 'index.ts'));
      return { what: name, value, unit: 'kB', budget: BUDGET_KB, deterministic: true };
    });
    const globalair = HANDLERS.map(
      (path): Figure => ({
        what: `GlobalAir: ${path.replace(`/${basename(path)}`, '')}/${basename(path, '.ts')}`,
        value: kilobytes(fileURLToPath(new URL(path, GLOBALAIR))),
        unit: 'kB',
      }),
    );
    return [...shipped, ...globalair];
  },
};

function kilobytes(entry: string): number {
  const { bytes } = bundle({
    entry,
    sdk: 'runtime',
    minify: true,
    sourceMap: false,
    external: [],
    define: {},
    conditions: [SOURCE_CONDITION],
  });
  return bytes / 1_000;
}
