/** Sagas over Step Functions. */
export type { SagaRetry } from './defaults.ts';
export type { StepKind } from './plan.ts';
export { Saga } from './saga.ts';
export type { SagaProps, SagaStepProps } from './saga-props.ts';
export { SagaStarter, type SagaStarterProps } from './saga-starter.ts';
