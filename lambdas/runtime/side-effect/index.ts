export type { OnUnknown } from './record.ts';
export { type EffectRun, NotDone, type SideEffect, SideEffectError, type SideEffectOptions, sideEffect } from './side-effect.ts';
