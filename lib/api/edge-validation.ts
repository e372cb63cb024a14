import { createRequire } from 'node:module';
import { CfnModel, type IModel, type IRestApi, Model, RequestValidator, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { RouteContract, Schema } from '../../lambdas/contracts/index.ts';

/** What a method needs so that API Gateway checks its requests. */
export interface EdgeValidation {
  readonly requestModels?: Record<string, IModel>;
  readonly requestParameters?: Record<string, boolean>;
  readonly requestValidator: RequestValidator;
}

/** Validators and models of one API, made from contracts. */
export class EdgeValidators {
  readonly #api: RestApi;
  #validator: RequestValidator | undefined;

  constructor(api: RestApi) {
    this.#api = api;
  }

  /**
   * @returns undefined when there is nothing that the edge could check
   * @throws Error when the schema cannot say what it accepts as JSON Schema
   */
  of(contract: RouteContract): EdgeValidation | undefined {
    const { body } = contract.schemas;
    const key = contract.idempotencyKey === 'required';
    if (!body && !key) return undefined;
    this.#validator ??= new RequestValidator(this.#api, 'Validator', {
      restApi: this.#api as IRestApi,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    return {
      requestValidator: this.#validator,
      ...(body ? { requestModels: { [contract.mediaType]: this.#model(contract, body) } } : {}),
      ...(key ? { requestParameters: { 'method.request.header.Idempotency-Key': true } } : {}),
    };
  }

  #model(contract: RouteContract, schema: Schema): IModel {
    const name = contract.key
      .replace(/[^A-Za-z0-9]+/g, ' ')
      .trim()
      .split(' ')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join('');
    const json = jsonSchemaOf(contract, schema);
    const model = new CfnModel(this.#api, `${name}Model`, {
      restApiId: this.#api.restApiId,
      contentType: contract.mediaType,
      description: contract.key,
      schema: json,
    });
    // A deployment keeps the models as they were: what requests are checked by changes with a new one.
    this.#api.latestDeployment?.addToLogicalId({ model: name, schema: json });
    this.#api.latestDeployment?.node.addDependency(model);
    return Model.fromModelName(this.#api, `${name}ModelName`, model.ref);
  }
}

/** JSON Schema draft 4, which is what API Gateway reads (https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html). */
function jsonSchemaOf(contract: RouteContract, schema: Schema): object {
  const standard = schema['~standard'] as Schema['~standard'] & {
    readonly jsonSchema?: { input(options: { readonly target: string }): Record<string, unknown> };
  };
  try {
    if (standard.jsonSchema) return draft4(standard.jsonSchema.input({ target: 'draft-04' }));
    if (standard.vendor === 'zod') return draft4(zod().toJSONSchema(schema, { target: 'draft-4', io: 'input', unrepresentable: 'any' }));
  } catch (cause) {
    throw new Error(`${contract.key}: its body schema has no JSON Schema, which validation at the edge needs. Use validation: 'handler'.`, {
      cause,
    });
  }
  throw new Error(
    `${contract.key}: ${standard.vendor} schemas do not give a JSON Schema, which validation at the edge needs. Use validation: 'handler'.`,
  );
}

function draft4(schema: Record<string, unknown>): object {
  return { ...schema, $schema: 'http://json-schema.org/draft-04/schema#' };
}

interface ZodLibrary {
  toJSONSchema(schema: Schema, options: object): Record<string, unknown>;
}

/** Loaded when first needed: it is large, and most APIs are checked in their handlers. */
function zod(): ZodLibrary {
  return createRequire(import.meta.url)('zod') as ZodLibrary;
}
