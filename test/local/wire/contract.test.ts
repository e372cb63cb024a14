import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError, ROOT } from '../../../local/kernel/index.ts';
import { connect } from '../../../local/sdk/index.ts';
import { hasEventStream, type Operation, queryErrorOf, readServiceModel } from '../../../local/wire/model/service-model.ts';
import type { Member } from '../../../local/wire/model/shape.ts';
import { type AnyClient, CLIENTS, type ClientPackage } from './clients.ts';
import { type StubCloud, stubCloud } from './stub-cloud.ts';
import { arbitraryInput, type Limits } from './values.ts';

/** Values per operation: one with every member, and in the service's own protocol one with those that are required. */
const runsOf = ({ protocol }: ClientPackage): number => (protocol ? 1 : 2);

/**
 * Every operation of every service, with values made from the SDK's schemas: what the real client sends over HTTP must
 * reach the service as what the client was given, and what the service answers must reach the caller as the in-process
 * transport hands it over.
 */
describe.each(CLIENTS)('$service over the wire ($protocol)', (sdk) => {
  const model = readServiceModel(sdk.exports);
  const operations = [...model.operations.values()].filter((operation) => !isElsewhere(operation));
  let cloud: StubCloud;
  let remote: AnyClient;
  let local: AnyClient;

  beforeAll(async () => {
    cloud = await stubCloud([sdk.service]);
    remote = sdk.connectTo(cloud.server.url);
    local = connect(sdk.connectTo(cloud.server.url), cloud.kernel, ROOT, { maxAttempts: 1 });
  });
  afterAll(async () => {
    remote.destroy();
    await cloud.stop();
  });

  it('carries every operation', async () => {
    for (const operation of operations) {
      for (const [index, sample] of samples(sdk, operation).entries()) {
        const what = `${operation.name}, sample ${index}`;
        cloud.seen.length = 0;
        cloud.answer = () => sample.output;
        const command = (): object => sdk.command(operation.name, structuredClone(sample.input));
        const far = await told(remote.send(command()));
        expect.soft(cloud.faults.splice(0), what).toEqual([]);
        const near = await told(local.send(command()));
        const [overWire, inProcess] = cloud.seen;
        expect.soft(overWire?.operation, what).toBe(operation.name);
        // The wire adds what HTTP adds (S3's checksums and lengths); nothing may be lost or changed.
        if (sdk.service === 's3') expect.soft(overWire?.input, what).toMatchObject(inProcess?.input ?? {});
        else expect.soft(overWire?.input, what).toEqual(inProcess?.input);
        expect.soft(far, what).toEqual(near);
        expect.soft(near, what).not.toHaveProperty('refused');
      }
    }
  });

  it('carries every modelled error', async () => {
    const operation = operations[0];
    if (!operation) throw new Error(`${sdk.service} has no operations`);
    const [sample] = samples(sdk, operation);
    for (const shape of new Set(model.errors.values())) {
      if (shape.namespace.startsWith('smithy.ts.sdk.synthetic')) continue;
      // CloudWatch gives two exceptions one code; the SDK takes it for the exception of that name, from AWS too.
      const code = queryErrorOf(shape)?.code;
      if (code !== undefined && model.errors.get(code) !== shape) continue;
      const details = fc.sample(arbitraryInput(shape, limitsOf(sdk, false), true), { numRuns: 1, seed: 7 })[0] ?? {};
      const { message: _, Message: __, ...rest } = details;
      cloud.answer = () => {
        throw new AwsError(shape.name, 'what went wrong ☃ & <why>', {
          details: rest,
          fault: shape.traits.error === 'server' ? 'server' : 'client',
        });
      };
      const far = await failure(remote.send(sdk.command(operation.name, structuredClone(sample?.input ?? {}))));
      const near = await failure(local.send(sdk.command(operation.name, structuredClone(sample?.input ?? {}))));
      expect(far.constructor, shape.name).toBe(near.constructor);
      expect(far.name).toBe(near.name);
      expect(far.message).toBe('what went wrong ☃ & <why>');
      expect(near.message).toBe(far.message);
      expect(Reflect.get(far, '$fault')).toBe(Reflect.get(near, '$fault'));
      for (const name of Object.keys(rest)) expect(Reflect.get(far, name), `${shape.name}.${name}`).toEqual(Reflect.get(near, name));
    }
    expect(cloud.faults).toEqual([]);
  });

  it('carries errors that the model does not list', async () => {
    const operation = operations[0];
    if (!operation) throw new Error(`${sdk.service} has no operations`);
    cloud.answer = () => {
      throw new AwsError('SomethingNewException', 'not in the model');
    };
    const [sample] = samples(sdk, operation);
    const error = await failure(remote.send(sdk.command(operation.name, sample?.input ?? {})));
    expect([error.name, error.message]).toEqual(['SomethingNewException', 'not in the model']);
  });
});

interface Sample {
  readonly input: Record<string, unknown>;
  readonly output: Record<string, unknown>;
}

function samples(sdk: ClientPackage, operation: Operation): Sample[] {
  const answers = arbitraryInput(operation.output, limitsOf(sdk, true), true);
  return Array.from({ length: runsOf(sdk) }, (_, run) => {
    const requests = arbitraryInput(operation.input, limitsOf(sdk, false), run === 0);
    const seed = 11 + run;
    const [[input], [output]] = [fc.sample(requests, { numRuns: 1, seed }), fc.sample(answers, { numRuns: 1, seed })];
    if (!input || !output) throw new Error('nothing sampled');
    return { input, output };
  });
}

function limitsOf(sdk: ClientPackage, output: boolean): Limits {
  const text = ['sns', 'sts', 's3'].includes(sdk.service) || sdk.protocol === 'AwsQueryProtocol';
  return { emptyCollections: !text, skip: (member) => isSpecial(sdk, member, output) };
}

/** Members whose values the SDK itself checks, computes or takes for an address. */
function isSpecial({ service, protocol }: ClientPackage, { name }: Member, output: boolean): boolean {
  // In a form, the old and the new name of one member of ReceiveMessage are the same: either gives both.
  if (service === 'sqs' && protocol === 'AwsQueryProtocol' && /^(MessageSystem)?AttributeNames$/.test(name)) return true;
  if (service === 's3') {
    if (/^(Checksum|ContentMD5|ContentLength|SSECustomerKey|CopySourceSSECustomerKey|Expires)/.test(name)) return true;
    return output && name === 'ContentEncoding';
  }
  // A global endpoint needs signatures of another kind.
  return service === 'events' && name === 'EndpointId';
}

/** What the wire refuses by design: event streams, and the operation that belongs to S3 Object Lambda. */
function isElsewhere(operation: Operation): boolean {
  return operation.name === 'WriteGetObjectResponse' || hasEventStream(operation);
}

/** An answer in comparable form; a refusal as its name and text. */
async function told(answer: Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  try {
    return await normal(await answer);
  } catch (error) {
    return { refused: String(error) };
  }
}

/** An answer without its metadata, with streams read and blobs plain. */
async function normal(output: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { $metadata: _, ...members } = output;
  for (const [name, value] of Object.entries(members)) {
    if (isStream(value)) members[name] = Array.from(await value.transformToByteArray());
    else if (value instanceof Uint8Array) members[name] = Array.from(value);
    if (members[name] === undefined) delete members[name];
    // Every body has a length over HTTP.
    if (isStream(value)) delete members.ContentLength;
  }
  return members;
}

function isStream(value: unknown): value is { transformToByteArray(): Promise<Uint8Array> } {
  return typeof value === 'object' && value !== null && 'transformToByteArray' in value;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('the call did not fail');
}
