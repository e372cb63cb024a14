import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  CfnFunction,
  Code,
  type EventInvokeConfigOptions,
  type FunctionProps,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroupRef, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENVIRONMENT, METRICS_NAMESPACE } from '../../lambdas/runtime/context/environment.ts';
import { gradual } from '../deployment/deployment.ts';
import { type Deployment, GradualAlias } from '../deployment/index.ts';
import {
  ALARM_PERIOD,
  type AnyVpc,
  allowLogsToEncrypt,
  asVpc,
  constructName,
  type EncryptionProps,
  setVariables,
  stageDefaults,
  tagConstruct,
} from '../shared/index.ts';
import { type Bundle, bundle } from './bundle.ts';
import { allowLogging, granteeFor, makeRole } from './role.ts';
import { FROM_SOURCE, type HandlerCode, SOURCE_CONDITION } from './shipped-handler.ts';

/** Context key: `runtime` leaves the AWS SDK out of bundles, for a faster synth where functions are not deployed. */
export const SDK_CONTEXT = 'millrace:aws-sdk';

export interface BundlingOptions {
  /** @default true */
  readonly minify?: boolean;
  /** A linked source map beside the bundle; Node uses it (`--enable-source-maps` is set). @default false */
  readonly sourceMap?: boolean;
  /** Modules that are there at run time, from a layer for instance. @default none */
  readonly external?: readonly string[];
  /** Replacements of global identifiers, as esbuild's `define`. @default none */
  readonly define?: Readonly<Record<string, string>>;
}

export interface HandlerFunctionProps extends EncryptionProps {
  /**
   * The module with the handler: an absolute path, a path from the working directory, a URL, or a handler that the kit ships.
   * @example new URL('./handlers/bookings.ts', import.meta.url)
   */
  readonly entry: string | URL | HandlerCode;
  /** Name of the exported handler. @default 'handler' */
  readonly handler?: string;
  /** @default none */
  readonly description?: string;
  /** @default 10 seconds */
  readonly timeout?: Duration;
  /** In MB. CPU grows with it; below 512 the SDK's cold start is what costs. @default 512 */
  readonly memorySize?: number;
  /** @default none but what constructs add */
  readonly environment?: Readonly<Record<string, string>>;
  /** Service name in logs and metrics. @default stack and path, so that two copies of a stack keep apart */
  readonly serviceName?: string;
  /** @default by stage: 3 months in prod, a week in dev */
  readonly logRetention?: RetentionDays;
  /** Metrics are written whatever the level. @default INFO */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT';
  /** @default no limit but the account's */
  readonly reservedConcurrentExecutions?: number;
  /** @default not in a VPC */
  readonly vpc?: AnyVpc;
  /** @default the VPC's private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * It is given what the function needs to write logs and traces, without which there are no metrics and no alarms.
   * @default a role of its own
   */
  readonly role?: IRole;
  /**
   * How a new version takes over. Gradual ones put the alias {@link HandlerFunction.live} before the function; the kit's constructs invoke that.
   * @default 'all-at-once'
   */
  readonly deployment?: Deployment;
  /** @default minified, no source map */
  readonly bundling?: BundlingOptions;
  /** Anything else that the CDK's function takes; wins over what this construct decides. @default nothing */
  readonly overrides?: Partial<FunctionProps>;
}

/**
 * A function with a TypeScript handler: Node.js 24 on arm64, one ES module bundled in process by esbuild, logs in JSON with a retention, traces
 * on, a role of its own.
 *
 * The AWS SDK is in the bundle (fixed version, tree-shaken); the context `millrace:aws-sdk=runtime` leaves it out.
 * @throws Error when the entry does not exist, does not export the handler or does not bundle, with the place and esbuild's message
 * @example
 * new HandlerFunction(this, 'Bookings', { entry: new URL('./handlers/bookings.ts', import.meta.url) });
 */
export class HandlerFunction extends LambdaFunction {
  /** Where the function logs. */
  readonly handlerLogGroup: ILogGroupRef;
  /** Service name in logs and metrics. */
  readonly serviceName: string;
  /** What is to be invoked: the function, or the alias that a gradual deployment moves from version to version. */
  readonly live: IFunction;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    const logGroup = props.overrides?.logGroup ?? makeLogGroup(scope, `${id}Logs`, props);
    const givenRole = props.overrides?.role ?? props.role;
    const role = givenRole ?? makeRole(scope, `${id}Role`, props.vpc !== undefined);
    const grantee = granteeFor(scope, `${id}Policy`, role);
    allowLogging(grantee, logGroup);
    // Lambda decrypts the environment as the function.
    props.encryptionKey?.grant(grantee, 'kms:Decrypt');
    const serviceName = props.serviceName ?? constructName(scope, id);
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: codeOf(scope, id, props),
      handler: `index.${props.handler ?? 'handler'}`,
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: props.memorySize ?? 512,
      // A role of its own may write traces already, see below.
      ...(givenRole ? { tracing: Tracing.ACTIVE } : {}),
      loggingFormat: LoggingFormat.JSON,
      // Otherwise Lambda passes on what is INFO and above. It counts metrics as INFO: a level above would lose them with their alarms.
      ...(props.logLevel === 'DEBUG' ? { applicationLogLevelV2: ApplicationLogLevel.DEBUG } : {}),
      logGroup,
      role,
      ...(props.description === undefined ? {} : { description: props.description }),
      ...(props.encryptionKey === undefined ? {} : { environmentEncryption: props.encryptionKey }),
      ...(props.reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
      ...(props.vpc === undefined ? {} : { vpc: asVpc(props.vpc) }),
      ...(props.vpcSubnets === undefined ? {} : { vpcSubnets: props.vpcSubnets }),
      environment: {
        [ENVIRONMENT.service]: serviceName,
        [ENVIRONMENT.metricsNamespace]: METRICS_NAMESPACE,
        ...(props.logLevel === undefined ? {} : { POWERTOOLS_LOG_LEVEL: props.logLevel }),
        ...(props.bundling?.sourceMap ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
        ...props.environment,
      },
      ...props.overrides,
    });
    this.handlerLogGroup = logGroup;
    this.serviceName = serviceName;
    const { defaultChild } = this.node;
    if (defaultChild instanceof CfnFunction && !givenRole && props.overrides?.tracing === undefined) {
      defaultChild.tracingConfig = { mode: Tracing.ACTIVE };
    }
    const deployment = gradual(this.node.path, props.deployment ?? 'all-at-once');
    this.live = (deployment ? new GradualAlias(this, 'Live', serviceName, deployment, invokeConfig(props)).alias : this) as IFunction;
    const own = [...(props.overrides?.logGroup ? [] : [logGroup]), ...(givenRole ? [] : [role])];
    tagConstruct(this, 'HandlerFunction', [this, ...own]);
  }

  /**
   * What the handler measures itself, of the business for instance: `measure({}, { BookingsConfirmed: 1 })` of `millrace/runtime`.
   * @param dimensions those given to `measure`
   */
  metricMeasured(metricName: string, options: MetricOptions = {}, dimensions: Readonly<Record<string, string>> = {}): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.serviceName, ...dimensions },
      statistic: 'Sum',
      period: ALARM_PERIOD,
      ...options,
    });
  }
}

/** What is to be invoked for a function: the alias that a gradual deployment moves, or the function itself. */
export function liveOf(fn: IFunction): IFunction {
  return fn instanceof HandlerFunction ? fn.live : fn;
}

/** What Lambda does with asynchronous invocations is set for each alias anew. */
function invokeConfig({ overrides = {} }: HandlerFunctionProps): EventInvokeConfigOptions {
  const { maxEventAge, onFailure, onSuccess, retryAttempts } = overrides;
  return {
    ...(maxEventAge === undefined ? {} : { maxEventAge }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(retryAttempts === undefined ? {} : { retryAttempts }),
  };
}

/** Service names of functions that are not a {@link HandlerFunction}: whoever asks first has set it. */
const services = new WeakMap<IFunction, string>();

/**
 * The service name under which a function's metrics appear. Of a function that is not a {@link HandlerFunction} it is not known, so it is set.
 * @param name what it is set to, unless it has been set before
 */
export function serviceOf(fn: IFunction, name: string): string {
  if (fn instanceof HandlerFunction) return fn.serviceName;
  const known = services.get(fn);
  if (known !== undefined) return known;
  setVariables(fn, fn.node.path, { [ENVIRONMENT.service]: name });
  services.set(fn, name);
  return name;
}

function makeLogGroup(scope: Construct, id: string, props: HandlerFunctionProps): LogGroup {
  const { removalPolicy, logRetention } = stageDefaults(scope);
  const key = props.encryptionKey;
  if (key) allowLogsToEncrypt(key, Stack.of(scope));
  return new LogGroup(scope, id, {
    retention: props.logRetention ?? logRetention,
    removalPolicy,
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
}

function codeOf(scope: Construct, id: string, props: HandlerFunctionProps): Code {
  const sdk = scope.node.tryGetContext(SDK_CONTEXT) === 'runtime' ? 'runtime' : 'bundled';
  const { entry } = props;
  if (typeof entry === 'object' && 'kind' in entry && entry.kind === 'prebuilt') return Code.fromAsset(entry[sdk]);
  const path = entryPath(entry);
  const where = `${scope.node.path}/${id}`;
  if (!existsSync(path)) throw new Error(`${where}: the handler's entry ${path} does not exist.`);
  const made = bundleAt(where, path, sdk, props.bundling ?? {});
  const { handler = 'handler', overrides, bundling } = props;
  // What an external module exports is not known here, nor where a handler of the overrides lies.
  const known = bundling?.external === undefined && overrides?.handler === undefined && overrides?.code === undefined;
  if (known && !handler.includes('.') && !made.exports.includes(handler)) {
    const exported = made.exports.length > 0 ? made.exports.join(', ') : 'nothing';
    throw new Error(`${where}: the handler's entry ${path} does not export '${handler}'; it exports ${exported}. Name it in \`handler\`.`);
  }
  return Code.fromAsset(made.directory, { assetHash: made.hash });
}

function bundleAt(where: string, path: string, sdk: 'bundled' | 'runtime', options: BundlingOptions): Bundle {
  try {
    return bundle({
      entry: path,
      sdk,
      minify: options.minify ?? true,
      sourceMap: options.sourceMap ?? false,
      external: options.external ?? [],
      define: options.define ?? {},
      conditions: FROM_SOURCE ? [SOURCE_CONDITION] : [],
    });
  } catch (cause) {
    throw new Error(`${where}: the handler ${path} cannot be bundled. ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function entryPath(entry: string | URL | Extract<HandlerCode, { kind: 'source' }>): string {
  if (typeof entry === 'string') return resolve(entry);
  return entry instanceof URL ? fileURLToPath(entry) : entry.entry;
}
