import './environment.ts';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { bookingCost } from './booking-cost.ts';
import { bundles } from './bundles.ts';
import { type Bench, type Figure, faults, holds } from './figure.ts';
import { flights } from './flights.ts';
import { latency } from './latency.ts';
import { loading } from './loading.ts';
import { wire } from './wire.ts';

/**
 * Every figure that the documentation gives: `npm run bench`, `npm run bench -- --quick`.
 *
 * Ends with 1 when a budget is broken that the same sources keep or break everywhere (sizes, counts). A broken budget of time is told, and may
 * be the machine's fault.
 */
const benches: readonly Bench[] = [loading, latency, flights, bookingCost, bundles, wire];

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = benches.filter(({ name }) => values.only === undefined || name.toLowerCase().includes(values.only.toLowerCase()));
if (chosen.length === 0) {
  console.error(`No bench is called ${values.only}. There are: ${benches.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const table = new Table({
  head: ['', '', 'unit', 'budget', ''],
  colAligns: ['left', 'right', 'left', 'right', 'left'],
  style: { head: [], border: [] },
});
const broken: string[] = [];
for (const { name, about, run } of chosen) {
  console.error(`${name}: ${about}`);
  table.push([{ content: name, colSpan: 5 }]);
  const figures = await run({ quick: values.quick });
  table.push(...figures.map(row));
  broken.push(...faults(figures).map(({ what }) => `${name}: ${what}`));
}
console.log(`Node ${process.version}${values.quick ? ', quick' : ''}\n${table.toString()}`);
for (const what of broken) console.log(`Over its budget: ${what}`);
process.exitCode = broken.length > 0 ? 1 : 0;

function row(figure: Figure): string[] {
  const { what, value, unit, budget, beside } = figure;
  const verdict = holds(figure) ? '' : ' over';
  return [
    `  ${what}`,
    number(value),
    unit,
    budget === undefined ? '' : `< ${number(budget)}${verdict}`,
    beside === undefined ? '' : `${number(beside.times)} × ${beside.what}`,
  ];
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
