import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemporaryDirectory } from '../sandbox/index.ts';

const made = new Set<string>();

/** What one execution environment sees as `/tmp`. It goes with the environment, or with this process. */
export class InstanceDirectory implements TemporaryDirectory {
  #path: string | undefined;

  get path(): string | undefined {
    return this.#path;
  }

  make(): string {
    if (this.#path === undefined) {
      if (made.size === 0) process.once('exit', removeAll);
      this.#path = realpathSync(mkdtempSync(join(tmpdir(), 'function-')));
      made.add(this.#path);
    }
    return this.#path;
  }

  remove(): void {
    if (this.#path === undefined) return;
    rmSync(this.#path, { recursive: true, force: true });
    made.delete(this.#path);
    this.#path = undefined;
  }
}

function removeAll(): void {
  for (const path of made) rmSync(path, { recursive: true, force: true });
}
