/** Read models. */
export { type Generation, Projection, type ProjectionFeed, type ProjectionProps } from './projection.ts';
