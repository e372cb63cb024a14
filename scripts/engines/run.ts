import { execFile } from 'node:child_process';

export interface Finished {
  /** Exit code; 127 when the program is not there. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Its failure is a result, not an error. */
export function run(program: string, args: readonly string[], timeout: number): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      const code = error?.code;
      resolve({ status: error === null ? 0 : typeof code === 'number' ? code : code === 'ENOENT' ? 127 : 1, stdout, stderr });
    });
  });
}
