import type { Architecture, LoggingConfig, Runtime, TracingMode } from '@aws-sdk/client-lambda';
import { ACCOUNT, AwsError, arn, REGION } from '../../kernel/index.ts';
import type { FunctionCode } from './sandbox/index.ts';

/** What a version of a function is made of. A change of `$LATEST` makes a new object, and so new instances. */
export interface FunctionVersion {
  readonly functionName: string;
  readonly version: string;
  /** ARN of the function, unqualified. */
  readonly functionArn: string;
  readonly code: FunctionCode;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly role: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly Architecture[];
  readonly tracing: TracingMode;
  readonly logging: LoggingConfig;
  readonly deadLetterArn?: string;
  readonly ephemeralStorage: number;
  readonly lastModified: string;
  readonly revisionId: string;
}

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Share of invocations that goes to other versions. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** A statement of a function's resource policy. */
export interface PermissionStatement {
  readonly sid: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  readonly eventSourceToken?: string;
  readonly functionUrlAuthType?: string;
  /** Whether it speaks of calls through the function's URL only. @default of all */
  readonly invokedViaFunctionUrl?: boolean;
}

export interface AsyncSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly lastModified: number;
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  latest: FunctionVersion;
  readonly versions: Map<string, FunctionVersion>;
  readonly aliases: Map<string, Alias>;
  /** Resource policies, by qualifier; '' is the function itself. */
  readonly policies: Map<string, Map<string, PermissionStatement>>;
  /** Settings of asynchronous invocation, by qualifier. */
  readonly asynchronous: Map<string, AsyncSettings>;
  readonly urls: Map<string, FunctionUrl>;
  reservedConcurrency: number | undefined;
}

export interface FunctionUrl {
  readonly id: string;
  readonly url: string;
  readonly authType: 'AWS_IAM' | 'NONE';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors: object | undefined;
  readonly createdAt: number;
}

/** A function, and which of its versions was meant. */
export interface ResolvedFunction {
  readonly record: FunctionRecord;
  /** '' when none was named. */
  readonly qualifier: string;
  /** The ARN as it was invoked: with its qualifier, where one was given. */
  readonly arn: string;
}

const NAME =
  /^(?:arn:aws[\w-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** The functions of the account, by name. */
export class Functions {
  readonly #records = new Map<string, FunctionRecord>();

  add(record: FunctionRecord): void {
    this.#records.set(record.name, record);
  }

  remove(name: string): void {
    this.#records.delete(name);
  }

  get(name: string): FunctionRecord | undefined {
    return this.#records.get(name);
  }

  has(name: string): boolean {
    return this.#records.has(name);
  }

  all(): FunctionRecord[] {
    return [...this.#records.values()];
  }

  /**
   * Finds a function by name, partial ARN or ARN.
   *
   * @throws AwsError `ResourceNotFoundException` or `ValidationException`
   */
  resolve(reference: string | undefined, qualifier?: string): ResolvedFunction {
    const parts = NAME.exec(reference ?? '');
    if (!parts) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${reference}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ` +
          '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
      );
    }
    const [, region = REGION, account = ACCOUNT, name = ''] = parts;
    const named = parts[4] ?? qualifier ?? '';
    const functionArn = arn('lambda', `function:${name}`, region, account);
    const record = region === REGION && account === ACCOUNT ? this.#records.get(name) : undefined;
    if (!record) throw notFound(named ? `${functionArn}:${named}` : functionArn);
    return { record, qualifier: named, arn: named ? `${functionArn}:${named}` : functionArn };
  }
}

/** The version that a qualifier stands for; an alias with weights draws by `random`. */
export function versionOf(resolved: ResolvedFunction, random: () => number): FunctionVersion {
  const { record, qualifier } = resolved;
  if (qualifier === '' || qualifier === '$LATEST') return record.latest;
  const alias = record.aliases.get(qualifier);
  const version = alias ? weightedVersion(alias, random) : qualifier;
  const found = version === '$LATEST' ? record.latest : record.versions.get(version);
  if (!found) throw notFound(resolved.arn);
  return found;
}

function weightedVersion(alias: Alias, random: () => number): string {
  const weights = Object.entries(alias.weights);
  if (weights.length === 0) return alias.version;
  let draw = random();
  for (const [version, weight] of weights) {
    if (draw < weight) return version;
    draw -= weight;
  }
  return alias.version;
}

export function notFound(functionArn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, { status: 404, details: { Type: 'User' } });
}
