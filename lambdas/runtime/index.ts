/** The handler runtime: what makes the guarantees true at run time. */
export * from './context/index.ts';
