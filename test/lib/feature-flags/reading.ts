import { featureFlags, flag } from 'millrace/runtime';

/** Answers with the flags that it reads. */
export const handler = async () => ({
  rankByPrice: await flag('rankByPrice'),
  search: await featureFlags().get('search'),
  off: await featureFlags().get('off'),
  unheard: await flag('unheard', true),
});
