import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The package's own names (`millrace/contracts`, …) resolve to the sources, so that nothing has to be built before a test. */
const conditions = ['millrace-source', 'node', 'import', 'default'];

/** The one file that waits in real time starts first; the others fill the time. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = (file: TestSpecification) => file.moduleId.endsWith('/test/e2e/wire.test.ts');
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // The CDK's own template validation costs 3 s of every test file; the real synth keeps it.
      CDK_VALIDATION: 'false',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      // No test reaches an account by accident.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    // One worker a core: the runner's own default leaves one idle, which on a machine with two is half.
    maxWorkers: '100%',
    // Files of a worker share what they import: the CDK takes 2 s to load.
    isolate: false,
    globalSetup: ['test/temporary-files.ts'],
    setupFiles: ['test/environment.ts'],
    sequence: { sequencer: WaitingFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
