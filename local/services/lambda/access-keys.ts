import { createHash } from 'node:crypto';
import type { Functions, FunctionVersion } from './functions.ts';

/** The access key id that a function's process is given: it stands for the function's role. */
export function accessKeyId({ functionName, role }: FunctionVersion): string {
  return `ASIA${createHash('sha256').update(`${functionName} ${role}`).digest('hex').slice(0, 16).toUpperCase()}`;
}

/** The role that an access key stands for; undefined for keys of no function. */
export function roleOfAccessKey(functions: Functions, key: string): string | undefined {
  for (const record of functions.all()) {
    for (const version of [record.latest, ...record.versions.values()]) if (accessKeyId(version) === key) return version.role;
  }
  return undefined;
}
