import type { Kernel } from '../../kernel/index.ts';
import type { LogLine } from './logs.ts';

/** Hands metrics that functions write into their logs (CloudWatch embedded metric format) to CloudWatch, where the cloud has it. */
export function embeddedMetrics(kernel: Kernel): (line: LogLine) => void {
  let present: boolean | undefined;
  return (line) => {
    if (!line.message.startsWith('{') || !line.message.includes('"_aws"')) return;
    present ??= hasCloudWatch(kernel);
    const document = present ? parse(line.message) : undefined;
    if (!document) return;
    kernel.invoke({
      service: 'cloudwatch',
      operation: 'PutEmbeddedMetrics',
      input: { logGroupName: line.logGroup, logStreamName: line.logStream, timestamp: line.time, document },
      principal: 'logs.amazonaws.com',
    });
  };
}

function hasCloudWatch(kernel: Kernel): boolean {
  try {
    return Boolean(kernel.service('cloudwatch'));
  } catch {
    return false;
  }
}

function parse(message: string): object | undefined {
  try {
    const document: unknown = JSON.parse(message);
    return typeof document === 'object' && document !== null && '_aws' in document ? document : undefined;
  } catch {
    return undefined;
  }
}
