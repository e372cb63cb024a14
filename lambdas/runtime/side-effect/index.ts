export type { OnUnknown } from './record.ts';
export { type SettledOutcome, type SettleResult, type SideEffectPlace, settleSideEffect } from './settle.ts';
export { type EffectRun, type SideEffect, type SideEffectOptions, sideEffect } from './side-effect.ts';
export { NotDone, SideEffectError } from './side-effect-error.ts';
