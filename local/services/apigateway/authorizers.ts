import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { ACCOUNT, AwsError, arn, type Kernel } from '../../kernel/index.ts';
import { type Decision, evaluate, parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import { domainName } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { functionOf } from './integrations/lambda.ts';
import type { Authorizer } from './model.ts';
import { requestParameter } from './parameters.ts';
import { proxyEvent } from './proxy-event.ts';
import { requestArn } from './resource-policy.ts';

interface Permit {
  readonly statements: readonly Statement[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly until: number;
}

/** Asks functions whether a request may pass, and remembers what they said for as long as each authorizer allows. */
export class Authorizers {
  readonly #kernel: Kernel;
  readonly #permits = new Map<string, Permit>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /**
   * Asks the authorizer of the request's method.
   *
   * @param byPolicy what the API's resource policy says, which lets pass whom the authorizer does not deny
   * @throws GatewayError when the caller is not known or not allowed
   */
  async check(exchange: Exchange, byPolicy: Decision): Promise<void> {
    const authorizerId = exchange.method?.authorizerId ?? '';
    const authorizer = exchange.definition.authorizers.get(authorizerId);
    if (!authorizer) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail: `There is no authorizer ${authorizerId}.` });
    const decision = await this.#decision(exchange, authorizer);
    if (decision === 'allow' || (decision === 'implicit' && byPolicy === 'allow')) return;
    const message =
      decision === 'deny'
        ? 'User is not authorized to access this resource with an explicit deny'
        : 'User is not authorized to access this resource';
    throw new GatewayError('ACCESS_DENIED', { message });
  }

  async #decision(exchange: Exchange, authorizer: Authorizer): Promise<Decision> {
    const identity = identityOf(exchange, authorizer);
    const key = `${exchange.api.id}/${exchange.stage.name}/${authorizer.id}/${identity.join('\n')}`;
    const now = this.#kernel.now();
    let permit = this.#permits.get(key);
    if (!permit || permit.until <= now || identity.length === 0) {
      permit = await this.#ask(exchange, authorizer, identity[0] ?? '');
      this.#permits.set(key, permit);
    }
    exchange.authorizer = permit.context;
    const request = {
      principal: String(permit.context.principalId),
      action: 'execute-api:Invoke',
      resource: requestArn(exchange),
      conditionKeys: {},
    };
    return evaluate(permit.statements, request);
  }

  async #ask(exchange: Exchange, authorizer: Authorizer, token: string): Promise<Permit> {
    const event =
      authorizer.type === 'TOKEN' ? { type: 'TOKEN', methodArn: requestArn(exchange), authorizationToken: token } : requestEvent(exchange);
    const output = await this.#invoke(exchange, authorizer, JSON.stringify(event));
    const text = Buffer.from(output.Payload ?? []).toString();
    if (output.FunctionError !== undefined) {
      // A function says "Unauthorized" to be answered with 401; every other error is its own fault.
      if ((JSON.parse(text) as { errorMessage?: string }).errorMessage === 'Unauthorized') throw new GatewayError('UNAUTHORIZED');
      throw new GatewayError('AUTHORIZER_FAILURE', { detail: text });
    }
    const answer = JSON.parse(text) as {
      principalId?: unknown;
      policyDocument?: unknown;
      context?: Record<string, unknown>;
      usageIdentifierKey?: string;
    } | null;
    const policy = parsePolicy(answer?.policyDocument);
    if (!answer || typeof answer.principalId !== 'string' || !policy.ok) {
      throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail: `The authorizer's answer is not valid: ${text}` });
    }
    const { principalId, usageIdentifierKey } = answer;
    const context = { principalId, ...texts(answer.context ?? {}), ...(usageIdentifierKey === undefined ? {} : { usageIdentifierKey }) };
    return { statements: policy.statements, context, until: this.#kernel.now() + authorizer.ttlSeconds * 1000 };
  }

  async #invoke(exchange: Exchange, authorizer: Authorizer, event: string): Promise<InvocationResponse> {
    const FunctionName = functionOf(authorizer.uri, exchange.stage.variables);
    try {
      return (await this.#kernel.call({
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName, Payload: Buffer.from(event) },
        principal: authorizer.credentials ?? 'apigateway.amazonaws.com',
        sourceArn: arn('execute-api', `${exchange.api.id}/authorizers/${authorizer.id}`),
      })) as InvocationResponse;
    } catch (error) {
      if (error instanceof AwsError) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail: error.message, cause: error });
      throw error;
    }
  }
}

/** The context of an answer, as it is handed on: every value as text. @throws GatewayError `AUTHORIZER_CONFIGURATION_ERROR` for anything nested */
function texts(context: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [name, String(value)];
      const detail = `The authorizer's context may have texts, numbers and booleans, but ${name} is ${JSON.stringify(value)}.`;
      throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', { detail });
    }),
  );
}

/** What identifies the caller. @throws GatewayError `UNAUTHORIZED` when it is missing or has not the form it must have */
function identityOf(exchange: Exchange, authorizer: Authorizer): string[] {
  const sources = (authorizer.identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  const values = sources.map((source) => identityValue(exchange, source));
  if (values.some((value) => value === undefined || value === '')) throw new GatewayError('UNAUTHORIZED');
  const expression = authorizer.identityValidationExpression;
  if (authorizer.type === 'TOKEN' && expression && !new RegExp(`^(?:${expression})$`).test(values[0] ?? ''))
    throw new GatewayError('UNAUTHORIZED');
  return values.filter((value) => value !== undefined);
}

function identityValue(exchange: Exchange, source: string): string | undefined {
  const [first, , kind, ...name] = source.split('.');
  if (first === 'method') return requestParameter(exchange.request, exchange.pathParameters, kind ?? '', name.join('.'));
  if (source.startsWith('stageVariables.')) return exchange.stage.variables[source.slice('stageVariables.'.length)];
  return source === 'context.identity.sourceIp' ? exchange.request.sourceIp : undefined;
}

function requestEvent(exchange: Exchange): object {
  const { body: _body, isBase64Encoded: _encoded, ...event } = proxyEvent(exchange) as Record<string, unknown>;
  return { type: 'REQUEST', methodArn: requestArn(exchange), accountId: ACCOUNT, domainName: domainName(exchange.api.id), ...event };
}
