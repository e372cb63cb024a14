import type { CatalogueEntry } from '../catalogue.ts';
import type { ParsedRequest, WireResponse } from '../message.ts';
import type { Operation, ServiceModel } from '../model/service-model.ts';
import type { Flavour } from '../route.ts';
import type { Failure } from './failure.ts';

/** What a request and its answer have to do with: a service, its model and the way it is spoken. */
export interface Exchange {
  readonly entry: CatalogueEntry;
  readonly model: ServiceModel;
  readonly flavour: Flavour;
  readonly request: ParsedRequest;
  readonly requestId: string;
}

/** The operation a request asks for, with what its path told. */
export interface Found {
  readonly operation: Operation;
  /** Values of the labels in the operation's URI, decoded. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One of AWS's protocols, from the server's side. */
export interface Protocol {
  /** @param operation the name, where the request gave it outside its body or path */
  find(exchange: Exchange, operation: string | undefined): Found | undefined;
  read(exchange: Exchange, found: Found): Promise<object>;
  write(exchange: Exchange, found: Found, output: object): Promise<WireResponse>;
}

/** What is known of a request when it is refused: all but the flavour may be missing. */
export interface FailureContext {
  readonly entry?: CatalogueEntry;
  readonly model?: ServiceModel;
  readonly flavour: Flavour;
  readonly method: string;
  readonly requestId: string;
}

export type WriteFailure = (context: FailureContext, failure: Failure) => Promise<WireResponse>;

/** For protocols that name the operation. */
export function findNamed({ model }: Exchange, name: string | undefined): Found | undefined {
  const operation = name === undefined ? undefined : model.operations.get(name);
  return operation && { operation };
}
