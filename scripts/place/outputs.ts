import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ROOT } from './cdk.ts';
import { UsageError } from './command-line.ts';

export const STACK = 'GlobalAir';

/** Where the outputs are written to; its folder is made. */
export function outputsFile(file: string): string {
  const path = resolve(ROOT, file);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Reads what `cdk deploy --outputs-file` wrote. @throws UsageError when the file is missing or has no outputs of the stack */
export function readOutputs(file: string): Readonly<Record<string, string>> {
  let stacks: Record<string, Record<string, string> | undefined>;
  try {
    stacks = JSON.parse(readFileSync(resolve(ROOT, file), 'utf8')) as typeof stacks;
  } catch (cause) {
    throw new UsageError(`Can't read the stack's outputs from ${file}: ${(cause as Error).message} Deploy first: npm run deploy`, {
      cause,
    });
  }
  const outputs = stacks[STACK];
  if (!outputs) throw new UsageError(`${file} has no outputs of the stack ${STACK}. Deploy first: npm run deploy`);
  return outputs;
}
