import { ACCOUNT, AwsError, arn } from '../../kernel/index.ts';
import { type Decision, evaluate, many, parsePolicy, type Statement } from '../../kernel/policy/index.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { header } from './request.ts';

/** Who calls without saying who. */
export const ANONYMOUS = 'anonymous';

/**
 * The statements of an API's resource policy. Resources may be written as `execute-api:/stage/GET/path`, for this very API.
 *
 * @throws AwsError `BadRequestException`
 */
export function policyStatements(document: unknown, apiId: string): readonly Statement[] {
  const parsed = parsePolicy(document);
  if (!parsed.ok) throw new AwsError('BadRequestException', `Invalid policy document. ${parsed.problem}`);
  const whole = (resource: string): string => resource.replace(/^execute-api:\//, arn('execute-api', `${apiId}/`));
  return parsed.statements.map(({ Resource, NotResource, ...statement }) => ({
    ...statement,
    ...(Resource === undefined ? {} : { Resource: many(Resource).map(whole) }),
    ...(NotResource === undefined ? {} : { NotResource: many(NotResource).map(whole) }),
  }));
}

/** The ARN of this very request, as policies and authorizers see it. */
export function requestArn({ api, stage, request }: Exchange): string {
  return arn('execute-api', `${api.id}/${stage.name}/${request.method}${request.path}`);
}

/** What the API's resource policy says of a request that `principal` makes: nothing, where there is none. */
export function policyDecision(exchange: Exchange, principal: string): Decision {
  const { api, request, startedAt } = exchange;
  if (!api.policy) return 'implicit';
  const userAgent = header(request.headers, 'user-agent');
  const conditionKeys = {
    'aws:CurrentTime': new Date(startedAt).toISOString(),
    'aws:EpochTime': String(Math.floor(startedAt / 1000)),
    'aws:SecureTransport': 'true',
    'aws:SourceIp': request.sourceIp,
    ...(userAgent === undefined ? {} : { 'aws:UserAgent': userAgent }),
    ...(principal === ANONYMOUS ? {} : { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': principal.split(':')[4] ?? ACCOUNT }),
  };
  return evaluate(api.policy, { principal, action: 'execute-api:Invoke', resource: requestArn(exchange), conditionKeys });
}

/** How the gateway refuses whom a policy does not let pass. The account's number is not told to strangers. */
export function refusedByPolicy(exchange: Exchange, principal: string, decision: Decision): GatewayError {
  const resource = requestArn(exchange).replace(ACCOUNT, `********${ACCOUNT.slice(-4)}`);
  const how = decision === 'deny' ? ' with an explicit deny' : '';
  const message = `User: ${principal} is not authorized to perform: execute-api:Invoke on resource: ${resource}${how}`;
  return new GatewayError('ACCESS_DENIED', { message });
}
