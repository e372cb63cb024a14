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
      // The CDK's own template validation costs 3 s of every test file; the real synth keeps it.
      CDK_VALIDATION: 'false',
      // No test reaches an account by accident.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
