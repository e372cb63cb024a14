import type { AwsError } from '../../../kernel/index.ts';
import { loadSdkModule } from '../../../sdk/services.ts';
import { readQuery } from '../../../wire/codecs/query.ts';
import { readServiceModel, type ServiceModel } from '../../../wire/model/service-model.ts';
import { failureOf } from '../../../wire/protocols/failure.ts';

/** Services whose actions are written as forms. */
const CLIENTS = { sns: '@aws-sdk/client-sns', sqs: '@aws-sdk/client-sqs' } as const;
export type QueryService = keyof typeof CLIENTS;

const models = new Map<QueryService, ServiceModel>();

export function speaksQuery(service: string): service is QueryService {
  return Object.hasOwn(CLIENTS, service);
}

/** The input of an operation from a form: `MessageAttribute.1.Name=kind&MessageAttribute.1.Value.StringValue=…`. */
export function readForm(service: QueryService, operation: string, form: URLSearchParams): object {
  const found = modelOf(service).operations.get(operation);
  return found ? readQuery(found.input, form) : {};
}

/** The answer of a form's operation as JSON: `{ SendMessageResponse: { SendMessageResult, ResponseMetadata } }`. */
export function formAnswer(operation: string, output: object, requestId: string): object {
  return { [`${operation}Response`]: { [`${operation}Result`]: output, ResponseMetadata: { RequestId: requestId } } };
}

/** The refusal of a form's operation as JSON. */
export function formFailure(service: QueryService, error: AwsError, requestId: string): object {
  const { fault, queryCode, message } = failureOf(error, modelOf(service));
  return { Error: { Type: fault === 'client' ? 'Sender' : 'Receiver', Code: queryCode, Message: message }, RequestId: requestId };
}

function modelOf(service: QueryService): ServiceModel {
  let model = models.get(service);
  if (!model) {
    model = readServiceModel(loadSdkModule(CLIENTS[service]));
    models.set(service, model);
  }
  return model;
}
