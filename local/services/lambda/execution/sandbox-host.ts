import { type Kernel, REGION, seededRandom } from '../../../kernel/index.ts';
import type { FunctionVersion } from '../functions.ts';
import type { FunctionTimers, LogLevel, SandboxHost, TemporaryDirectory } from '../sandbox/index.ts';
import type { Activity } from './activity.ts';
import { type HttpPorts, sendRequest } from './http-ports.ts';
import { environmentVariables } from './variables.ts';

export interface SandboxParts {
  readonly kernel: Kernel;
  readonly version: FunctionVersion;
  readonly activity: Activity;
  readonly timers: FunctionTimers;
  readonly temporary: TemporaryDirectory;
  readonly ports: HttpPorts;
  readonly startedAt: number;
  readonly logGroup: string;
  readonly logStream: string;
  log(level: LogLevel, message: string): void;
  exit(code: number): void;
}

/** What the code of one execution environment is given in place of the machine: all of it from the kernel. */
export function sandboxHost(parts: SandboxParts): SandboxHost {
  const { kernel, version, activity, timers, startedAt } = parts;
  return {
    functionName: version.functionName,
    code: version.code,
    env: environmentVariables(version, parts.logGroup, parts.logStream),
    random: seededRandom(Math.floor(kernel.random() * Number.MAX_SAFE_INTEGER)),
    timers,
    temporary: parts.temporary,
    sdk: {
      call: (call) => activity.effect(() => kernel.call(call)),
      sleep: (ms) => new Promise((resolve) => void timers.set(resolve, ms)),
      random: () => kernel.random(),
    },
    identity: { principal: version.role, region: REGION, ...maxAttempts(version) },
    now: () => kernel.now(),
    elapsed: () => kernel.now() - startedAt,
    log: parts.log,
    outside: (label, work) => activity.outside(label, work),
    http: (request) => activity.effect(() => sendRequest(parts.ports, request, version.environment)),
    exit: parts.exit,
  };
}

function maxAttempts({ environment }: FunctionVersion): { maxAttempts?: number } {
  const value = Number(environment.AWS_MAX_ATTEMPTS);
  return Number.isInteger(value) && value > 0 ? { maxAttempts: value } : {};
}
