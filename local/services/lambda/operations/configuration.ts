import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { FunctionVersion } from '../functions.ts';

/** A version of a function as the API describes it. */
export function functionConfiguration(version: FunctionVersion, arn: string): FunctionConfiguration {
  return {
    FunctionName: version.functionName,
    FunctionArn: arn,
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.code.size,
    CodeSha256: version.code.sha256,
    Description: version.description,
    Timeout: version.timeoutSeconds,
    MemorySize: version.memoryMegabytes,
    LastModified: version.lastModified,
    Version: version.version,
    Environment: { Variables: { ...version.environment } },
    TracingConfig: { Mode: version.tracing },
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [...version.architectures],
    EphemeralStorage: { Size: version.ephemeralStorage },
    LoggingConfig: version.logging,
    ...(version.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: version.deadLetterArn } }),
  };
}
