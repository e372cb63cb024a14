import {
  Alias,
  type EventInvokeConfigOptions,
  EventSourceMapping,
  type EventSourceMappingOptions,
  type IFunction,
  type IVersion,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/**
 * The alias `live` of a function's current version.
 *
 * Its event source mappings stand where the function's own would: giving a function an alias, or taking it away, changes whom a mapping invokes
 * and leaves the mapping. A new one would begin to read its stream anew.
 */
export class LiveAlias extends Alias {
  readonly #function: LambdaFunction;

  constructor(scope: Construct, id: string, fn: LambdaFunction, asynchronous: EventInvokeConfigOptions) {
    super(scope, id, { aliasName: 'live', version: fn.currentVersion as IVersion, ...asynchronous });
    this.#function = fn;
  }

  override addEventSourceMapping(id: string, options: EventSourceMappingOptions): EventSourceMapping {
    return new EventSourceMapping(this.#function, id, { ...options, target: this as IFunction });
  }
}
