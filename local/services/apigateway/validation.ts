import { type Schema, Validator } from '@cfworker/json-schema';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { ApiDefinition } from './model.ts';
import { requestParameter } from './parameters.ts';
import { header } from './request.ts';

const validators = new WeakMap<object, Validator>();

/** Checks a request against what its method requires. @throws GatewayError `BAD_REQUEST_PARAMETERS`, `BAD_REQUEST_BODY` */
export function validateRequest(exchange: Exchange): void {
  const { definition, method } = exchange;
  const validator = method?.requestValidatorId === undefined ? undefined : definition.validators.get(method.requestValidatorId);
  if (!validator) return;
  if (validator.validateRequestParameters) checkParameters(exchange);
  if (validator.validateRequestBody) checkBody(exchange);
}

function checkParameters({ method, request, pathParameters }: Exchange): void {
  const missing = Object.entries(method?.requestParameters ?? {})
    .filter(([, required]) => required)
    .map(([name]) => name.split('.').slice(2))
    .filter(([kind = '', ...name]) => !requestParameter(request, pathParameters, kind, name.join('.')))
    .map(([, ...name]) => name.join('.'));
  if (missing.length === 0) return;
  throw new GatewayError('BAD_REQUEST_PARAMETERS', { message: `Missing required request parameters: [${missing.join(', ')}]` });
}

function checkBody({ definition, method, request }: Exchange): void {
  const models = method?.requestModels ?? {};
  const mediaType = (header(request.headers, 'content-type') ?? 'application/json').split(';')[0]?.trim() ?? '';
  const schema = definition.models.get(models[mediaType] ?? models.$default ?? '');
  if (!schema) return;
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(request.body).toString());
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY', { validationError: '[Invalid JSON]' });
  }
  const { valid, errors } = validatorOf(schema, definition).validate(body);
  if (valid) return;
  const messages = errors.map((error) => `${error.instanceLocation}: ${error.error}`);
  throw new GatewayError('BAD_REQUEST_BODY', { validationError: `[${messages.join(', ')}]` });
}

function validatorOf(schema: object, { models }: ApiDefinition): Validator {
  let validator = validators.get(schema);
  if (!validator) {
    validator = new Validator(schema as Schema, '4', false);
    // Models refer to each other by address: https://apigateway.amazonaws.com/restapis/ID/models/NAME.
    for (const [name, other] of models) if (other !== schema) validator.addSchema(other as Schema, modelAddress(name));
    validators.set(schema, validator);
  }
  return validator;
}

export function modelAddress(name: string): string {
  return `https://apigateway.amazonaws.com/restapis/api/models/${name}`;
}

/** The schema of a model, its references to other models made independent of the API's id. */
export function modelSchema(schema: unknown): object {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema ?? {});
  return JSON.parse(text.replace(/https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/"]+\/models\//g, modelAddress(''))) as object;
}
