import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { EndpointType, type IResource, LogGroupLogDestination, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambdas/runtime/context/environment.ts';
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
import type { ApiProps, Throttle } from './api-props.ts';
import { checkRoutes } from './checks.ts';
import { EdgeValidators } from './edge-validation.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { integrationOf, methodOptions, methodThrottles } from './methods.ts';
import { addMethodNotAllowed, addNotFound } from './mock-answers.ts';
import { explainApi, explainRoute } from './policy-notes.ts';

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
   * @throws Error when two routes are one or name a part of a path differently, a handler may run longer than API Gateway waits, or a schema
   * cannot be checked at the edge
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
      const authorizer = each.authorizer ?? props.authorizer;
      const options = { ...methodOptions(each, authorizer), ...validators?.of(route) };
      const method = resource.addMethod(route.method, integrationOf(handler, props.routes), options);
      explainRoute(method, authorizer);
      if (props.cors) setVariables(handler, this.node.path, { [ENVIRONMENT.apiOrigins]: props.cors.allowOrigins.join(',') });
    }
    for (const [resource, own] of methods) {
      if (props.cors) this.#addPreflight(resource, own, props.cors);
      addMethodNotAllowed(resource, props.cors ? [...own, 'OPTIONS'] : own);
    }
    // API Gateway takes one parameter under a path: next to one at the root its own answer has to do, see `gateway-responses.ts`.
    if (!props.routes.some(({ route }) => route.path.startsWith('/{'))) addNotFound(this.restApi.root);
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
