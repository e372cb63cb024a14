/** Feature flags over AppConfig. */
export { FeatureFlags, type FeatureFlagsProps, type FlagRollout, type FlagValue } from './feature-flags.ts';
