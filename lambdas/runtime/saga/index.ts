export { executionName } from './execution-name.ts';
export type { SagaAnswer, SagaFailure, SagaInput, SagaInvocation } from './invocation.ts';
export { type ResumeResult, resumeSaga, type SagaPlace } from './resume.ts';
export { sagaStarter } from './starter.ts';
export { BusinessFailure, type CompensationCall, type SagaCall, type SagaStepDefinition, sagaStep } from './step.ts';
