import { ACCOUNT, arn } from '../../../kernel/index.ts';
import { evaluate, parsePolicy } from '../../../kernel/policy/index.ts';
import type { GatewayState } from '../handle-request.ts';
import { header } from '../request.ts';
import { callFunction } from './call-function.ts';
import { HttpApiError, type HttpExchange } from './exchange.ts';
import { httpEvent } from './http-event.ts';
import type { HttpAuthorizer } from './model.ts';

/** Asks a Lambda authorizer whether a request may pass, and remembers what it said. @throws HttpApiError 401 or 403 */
export async function authorize(state: GatewayState, exchange: HttpExchange, authorizer: HttpAuthorizer): Promise<void> {
  const identity = authorizer.identitySources.map((source) => identityValue(exchange, source));
  if (identity.some((value) => value === undefined || value === '')) throw new HttpApiError(401, 'Unauthorized');
  const key = `${exchange.api.id}/${authorizer.id}/${exchange.route?.key}/${identity.join('\n')}`;
  const now = state.kernel.now();
  let permit = state.httpPermits.get(key);
  if (!permit || permit.until <= now || identity.length === 0) {
    permit = { ...(await ask(state, exchange, authorizer, identity)), until: now + authorizer.ttlSeconds * 1000 };
    state.httpPermits.set(key, permit);
  }
  if (!permit.allowed) throw new HttpApiError(403, 'Forbidden');
  exchange.authorizer = permit.context;
}

async function ask(
  state: GatewayState,
  exchange: HttpExchange,
  authorizer: HttpAuthorizer,
  identitySource: readonly (string | undefined)[],
): Promise<{ allowed: boolean; context: Readonly<Record<string, unknown>> }> {
  const sourceArn = arn('execute-api', `${exchange.api.id}/authorizers/${authorizer.id}`);
  const requestArn = arn('execute-api', `${exchange.api.id}/${exchange.stage.name}/${exchange.request.method}${exchange.request.path}`);
  const { body: _body, isBase64Encoded: _encoded, ...event } = httpEvent(exchange);
  const question = { ...event, type: 'REQUEST', routeArn: requestArn, identitySource, accountId: ACCOUNT };
  const output = await callFunction(state, exchange, authorizer.uri, authorizer.credentials, sourceArn, question);
  const text = Buffer.from(output.Payload ?? []).toString();
  if (output.FunctionError !== undefined) throw new HttpApiError(500, 'Internal Server Error', text);
  const answered = JSON.parse(text) as {
    isAuthorized?: boolean;
    context?: Record<string, unknown>;
    policyDocument?: unknown;
    principalId?: string;
  } | null;
  const context = answered?.context ?? {};
  if (authorizer.simpleResponses) return { allowed: answered?.isAuthorized === true, context };
  const policy = parsePolicy(answered?.policyDocument);
  if (!policy.ok) throw new HttpApiError(500, 'Internal Server Error', `The authorizer's answer is not valid: ${policy.problem}`);
  const decision = evaluate(policy.statements, {
    principal: answered?.principalId ?? '',
    action: 'execute-api:Invoke',
    resource: requestArn,
  });
  return { allowed: decision === 'allow', context };
}

/** `$request.header.Authorization`, `$request.querystring.token`. */
function identityValue({ request, stage }: HttpExchange, source: string): string | undefined {
  const [first, kind, ...name] = source.split('.');
  if (first === '$stageVariables') return stage.variables[kind ?? ''];
  if (first !== '$request') return undefined;
  return kind === 'header' ? header(request.headers, name.join('.')) : request.query.get(name.join('.'))?.at(-1);
}
