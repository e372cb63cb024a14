/** Endpoints that lack some of AWS: what is left out there, and what is refused. */
export { applyTarget, type Departure, TARGET_METADATA, targetOf } from './apply-target.ts';
export { TARGETS } from './known-targets.ts';
export { type Behaviour, TARGET_CONTEXT, type Target, type TargetName, type Treatment } from './target.ts';
