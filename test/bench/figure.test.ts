import { expect, it } from 'vitest';
import { type Figure, faults, holds, median } from '../../bench/figure.ts';

const figure = (value: number, more: Partial<Figure> = {}): Figure => ({ what: 'size', value, unit: 'kB', ...more });

it('a figure keeps a budget that it is under, and none that it reaches', () => {
  expect([figure(59, { budget: 60 }), figure(60, { budget: 60 }), figure(1e9)].map(holds)).toEqual([true, false, true]);
});

it('a value that is no number keeps no budget', () => {
  expect(holds(figure(Number.NaN, { budget: 60 }))).toBe(false);
});

it('only figures that are the same everywhere are faults', () => {
  const size = figure(61, { budget: 60, deterministic: true });
  expect(faults([size, figure(61, { budget: 60 }), figure(59, { budget: 60, deterministic: true })])).toEqual([size]);
});

it('the median is the one in the middle, or halfway between the two there', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
});
