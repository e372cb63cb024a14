/** One measured value. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it must stay under. @default it is only told */
  readonly budget?: number;
  /** Whether the same sources give the same value everywhere. Then a broken budget is a fault; else it may be the machine. */
  readonly deterministic?: boolean;
  /** What it was measured beside in the same run, and what share or multiple of that it is. */
  readonly beside?: { readonly what: string; readonly times: number };
}

/** A set of figures under one heading. */
export interface Bench {
  readonly name: string;
  /** What was done, and what it says nothing about. */
  readonly about: string;
  run(options: BenchOptions): Promise<Figure[]>;
}

export interface BenchOptions {
  /** Fewer repetitions: the figures that depend on the machine are rougher, the others are the same. */
  readonly quick: boolean;
}

/** Whether a figure keeps its budget; one without keeps it. */
export function holds({ value, budget }: Figure): boolean {
  return budget === undefined || value < budget;
}

/** Figures that broke a budget which the same sources keep or break everywhere: no machine is to blame. */
export function faults(figures: readonly Figure[]): Figure[] {
  return figures.filter((figure) => figure.deterministic === true && !holds(figure));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Milliseconds that `work` took, and what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
