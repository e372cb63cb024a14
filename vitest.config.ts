import { defineConfig } from 'vitest/config';

/** The package's own names (`millrace/contracts`, …) resolve to the sources, so that nothing has to be built before a test. */
const conditions = ['millrace-source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // No test reaches an account by accident.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    testTimeout: 30_000,
  },
});
