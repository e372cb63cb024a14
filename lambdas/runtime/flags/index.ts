/** Feature flags that AppConfig deploys. */
export { type FeatureFlags, type Flag, type FlagsOptions, featureFlags, flag } from './feature-flags.ts';
