import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import {
  AuthorizationType,
  EndpointType,
  type IAuthorizer,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  type MethodOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambdas/runtime/context/environment.ts';
import { liveOf } from '../function/index.ts';
import {
  ALARM_PERIOD,
  allowLogsToEncrypt,
  constructName,
  createAlarm,
  setVariables,
  stageDefaults,
  tagConstruct,
} from '../shared/index.ts';
import { ACCESS_LOG } from './access-log.ts';
import type { ApiProps, ApiRoute, Throttle } from './api-props.ts';
import { EdgeValidators } from './edge-validation.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { addMethodNotAllowed, addNotFound } from './mock-answers.ts';
import { explainApi, explainRoute } from './policy-notes.ts';

/** API Gateway gives up on a function after this. */
const INTEGRATION_TIMEOUT = Duration.seconds(29);
const DEFAULT_THROTTLE: Throttle = { rateLimit: 1_000, burstLimit: 2_000 };
const CORS_HEADERS = ['content-type', 'idempotency-key', 'authorization', 'x-api-key', 'x-correlation-id', 'traceparent'];

/**
 * The edge of a system: a REST API whose routes come from contracts, each answered by a function, every error a problem+json, the gateway's
 * own ones too.
 *
 * Alarms: `ServerErrors` (critical: one request in twenty fails), `Latency` (warning: the slowest hundredth takes 3 s).
 * @example
 * new Api(this, 'Api', {
 *   routes: [
 *     { route: requestBooking, handler: bookings },
 *     { route: getBooking, handler: bookings },
 *   ],
 * });
 * @see https://microservices.io/patterns/apigateway.html
 */
export class Api extends Construct {
  readonly restApi: RestApi;
  readonly accessLog: LogGroup | undefined;
  /** Where the API is, with the version: `https://…/v1/`. */
  readonly url: string;

  /**
   * @throws Error when two routes are one, a handler may run longer than API Gateway waits, or a schema cannot be checked at the edge
   */
  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    tagConstruct(this, 'Api');
    checkRoutes(this, props.routes);
    this.accessLog = props.accessLog === false ? undefined : this.#makeAccessLog(props);
    this.restApi = this.#makeApi(props);
    this.url = this.restApi.url;
    this.#addRoutes(props);
    addGatewayResponses(this.restApi, props.cors?.allowOrigins ?? []);
    this.#protect(props);
    this.#makeAlarms(props);
    explainApi(this.restApi, props);
  }

  /** Requests that failed by the fault of the API, as a share of all. */
  metricServerErrors(options: MetricOptions = {}): Metric {
    return this.restApi.metricServerError({ statistic: 'Average', period: ALARM_PERIOD, ...options });
  }

  metricLatency(options: MetricOptions = {}): Metric {
    return this.restApi.metricLatency({ statistic: 'p99', period: ALARM_PERIOD, ...options });
  }

  #makeApi(props: ApiProps): RestApi {
    const throttle = props.throttle ?? DEFAULT_THROTTLE;
    return new RestApi(this, 'RestApi', {
      // Metrics go by the name: two APIs of one name would be one in alarms.
      restApiName: constructName(this),
      description: `The API of ${this.node.path}`,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: props.accountCloudWatchRole ?? false,
      deployOptions: {
        stageName: props.version ?? 'v1',
        tracingEnabled: true,
        metricsEnabled: true,
        throttlingRateLimit: throttle.rateLimit,
        throttlingBurstLimit: throttle.burstLimit,
        methodOptions: methodThrottles(props.routes),
        ...(this.accessLog === undefined
          ? {}
          : { accessLogDestination: new LogGroupLogDestination(this.accessLog), accessLogFormat: ACCESS_LOG }),
      },
      ...props.overrides,
    });
  }

  #makeAccessLog(props: ApiProps): LogGroup {
    const { removalPolicy, logRetention } = stageDefaults(this);
    const key = props.encryptionKey;
    if (key) allowLogsToEncrypt(key, Stack.of(this));
    if (!props.accountCloudWatchRole) {
      Annotations.of(this).addInfo(
        'The access log needs the CloudWatch role of API Gateway, one setting for the account and region. Where it is missing, set accountCloudWatchRole in one stack.',
      );
    }
    const retention = props.accessLog === false ? undefined : props.accessLog?.retention;
    return new LogGroup(this, 'AccessLog', {
      retention: retention ?? logRetention,
      removalPolicy,
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
  }

  #addRoutes(props: ApiProps): void {
    const validators = props.validation === 'edge' ? new EdgeValidators(this.restApi) : undefined;
    const methods = new Map<IResource, string[]>();
    for (const each of props.routes) {
      const { route, handler } = each;
      const resource = this.restApi.root.resourceForPath(route.path);
      methods.set(resource, [...(methods.get(resource) ?? []), route.method]);
      // One permission for each route: the function may be invoked for its own methods and paths, and no others.
      const integration = new LambdaIntegration(liveOf(handler), { allowTestInvoke: false, scopePermissionToMethod: true });
      const authorizer = each.authorizer ?? props.authorizer;
      const method = resource.addMethod(route.method, integration, { ...methodOptions(each, authorizer), ...validators?.of(route) });
      explainRoute(method, authorizer);
      if (props.cors) setVariables(handler, this.node.path, { [ENVIRONMENT.apiOrigins]: props.cors.allowOrigins.join(',') });
    }
    for (const [resource, own] of methods) {
      if (props.cors) this.#addPreflight(resource, own, props.cors);
      addMethodNotAllowed(resource, props.cors ? [...own, 'OPTIONS'] : own);
    }
    // A route of one's own may take all paths that are left.
    if (!props.routes.some(({ route }) => /^\/\{[^}]+\+\}$/.test(route.path))) addNotFound(this.restApi.root);
  }

  #addPreflight(resource: IResource, methods: readonly string[], cors: NonNullable<ApiProps['cors']>): void {
    resource.addCorsPreflight({
      allowOrigins: [...cors.allowOrigins],
      allowMethods: [...methods],
      allowHeaders: [...(cors.allowHeaders ?? CORS_HEADERS)],
      maxAge: cors.maxAge ?? Duration.hours(1),
    });
  }

  #protect({ webAclArn }: ApiProps): void {
    if (webAclArn !== undefined)
      new CfnWebACLAssociation(this, 'WebAcl', { resourceArn: this.restApi.deploymentStage.stageArn, webAclArn });
  }

  #makeAlarms(props: ApiProps): void {
    createAlarm(
      this,
      'ServerErrors',
      {
        severity: 'critical',
        metric: this.metricServerErrors(),
        threshold: 0.05,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        description: `One request in twenty to ${this.node.path} fails by its own fault. The handlers' logs say why, by correlation id.`,
      },
      props,
    );
    createAlarm(
      this,
      'Latency',
      {
        severity: 'warning',
        metric: this.metricLatency(),
        threshold: 3_000,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
        description: `The slowest hundredth of requests to ${this.node.path} takes over 3 s. The access log tells the gateway's time from the handler's.`,
      },
      props,
    );
  }
}

function methodOptions({ apiKeyRequired, route }: ApiRoute, authorizer: IAuthorizer | 'none' | undefined): MethodOptions {
  return {
    ...(authorizer === undefined || authorizer === 'none' ? { authorizationType: AuthorizationType.NONE } : { authorizer }),
    ...(apiKeyRequired === undefined ? {} : { apiKeyRequired }),
    ...(route.summary === undefined ? {} : { operationName: operationName(route.key) }),
  };
}

/** `POST /bookings/{bookingId}` → `PostBookingsBookingId`. */
function operationName(key: string): string {
  return key
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1)))
    .join('');
}

function methodThrottles(routes: readonly ApiRoute[]): Record<string, MethodDeploymentOptions> {
  return Object.fromEntries(
    routes.flatMap(({ route, throttle }) =>
      throttle
        ? [[`${route.path}/${route.method}`, { throttlingRateLimit: throttle.rateLimit, throttlingBurstLimit: throttle.burstLimit }]]
        : [],
    ),
  );
}

function checkRoutes(api: Construct, routes: readonly ApiRoute[]): void {
  const seen = new Set<string>();
  if (routes.length === 0) throw new Error(`${api.node.path}: an API needs at least one route.`);
  for (const { route, handler } of routes) {
    if (seen.has(route.key)) throw new Error(`${api.node.path}: the route ${route.key} is there twice.`);
    seen.add(route.key);
    checkTimeout(api, route.key, handler);
  }
}

function checkTimeout(api: Construct, key: string, handler: IFunction): void {
  const timeout = handler instanceof LambdaFunction ? handler.timeout : undefined;
  if (timeout === undefined || timeout.isUnresolved() || timeout.toSeconds() <= INTEGRATION_TIMEOUT.toSeconds()) return;
  throw new Error(
    `${api.node.path}: ${handler.node.path} may run for ${timeout.toSeconds()} s, but API Gateway stops waiting for ${key} after ${INTEGRATION_TIMEOUT.toSeconds()} s: ` +
      'the client would see a failure of what goes on. Give it a shorter timeout, or answer 202 and do the work behind a queue.',
  );
}
