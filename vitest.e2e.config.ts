import { defineConfig } from 'vitest/config';
import shared from './vitest.config.ts';

/** The scenarios on a deployed GlobalAir; `npm run e2e` says which. One after the other: they share it. */
export default defineConfig({
  resolve: shared.resolve ?? {},
  ssr: shared.ssr ?? {},
  test: {
    include: ['test/e2e/endpoint.e2e.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', POWERTOOLS_METRICS_DISABLED: 'true' },
    fileParallelism: false,
  },
});
