import { AwsError, type CallContext, type Kernel, ROOT, type Service } from '../../kernel/index.ts';
import { AccessLog } from './access-log.ts';
import { ApiKeys } from './api-keys.ts';
import { Authorizers } from './authorizers.ts';
import { controlOperations } from './control.ts';
import { type Caller, type GatewayState, handleRequest } from './handle-request.ts';
import { httpApiOperations } from './http-api/control.ts';
import { handleHttpRequest } from './http-api/handle-http-request.ts';
import type { IntegrationHost } from './integrations/integration.ts';
import type { GatewayRequest, GatewayResponse } from './request.ts';
import { Throttling } from './throttling.ts';

/** API Gateway's REST and HTTP APIs: routes requests to functions, services and mocks, checks, throttles and logs them. */
export class ApiGatewayService implements Service {
  readonly name = 'apigateway';
  /** Requests that were answered. */
  readonly accessLog = new AccessLog();
  readonly #state: GatewayState;

  constructor(kernel: Kernel) {
    const throttling = new Throttling();
    this.#state = {
      kernel,
      apis: new Map(),
      httpApis: new Map(),
      httpPermits: new Map(),
      throttling,
      apiKeys: new ApiKeys(throttling),
      authorizers: new Authorizers(kernel),
      accessLog: this.accessLog,
      integrations: { kernel, outside: undefined },
    };
  }

  /** Answers the requests of HTTP integrations. */
  answerOutside(port: NonNullable<IntegrationHost['outside']>): void {
    this.#state.integrations.outside = port;
  }

  /** Answers a request to a deployed API, also as the operation `HandleRequest`. */
  handle(request: GatewayRequest): Promise<GatewayResponse> {
    return this.#answer(request, { requestId: this.#state.kernel.uuid(), principal: ROOT });
  }

  invoke(operation: string, input: object, context: CallContext): object | Promise<object> {
    if (operation === 'HandleRequest') return this.#answer(input as GatewayRequest, context);
    const run = controlOperations[operation] ?? httpApiOperations[operation];
    if (!run)
      throw new AwsError('UnknownOperationException', `The local cloud's API Gateway has no operation ${operation}.`, { status: 404 });
    return run(this.#state, input as never);
  }

  async #answer(request: GatewayRequest, context: Caller): Promise<GatewayResponse> {
    const { apis, httpApis } = this.#state;
    const [only, ...others] = [...apis.keys(), ...httpApis.keys()];
    if (request.apiId === undefined && others.length > 0)
      throw new AwsError('BadRequestException', `There are several APIs: say which is meant (apiId ${[only, ...others].join(', ')}).`);
    const apiId = request.apiId ?? only ?? '';
    const httpApi = httpApis.get(apiId);
    return httpApi ? handleHttpRequest(this.#state, httpApi, request, context) : handleRequest(this.#state, { ...request, apiId }, context);
  }
}
