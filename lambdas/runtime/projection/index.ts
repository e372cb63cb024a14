export { activeGeneration, caughtUp, type PromoteResult, promote } from './generation.ts';
export type { Once } from './once.ts';
export { ProjectionSetupError } from './once.ts';
export { change, type ProjectionRule, project, type Row, type RowChange, type RowKey } from './project.ts';
export { type ProjectionHandler, type ProjectionOptions, projection } from './projection.ts';
export { type Found, type QueryOptions, type ReadModel, type ReadModelOptions, readModel } from './read-model.ts';
