import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything that the tests write lies in one directory, which goes with them: workers are ended before they could clean up. */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  process.env.TMPDIR = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
