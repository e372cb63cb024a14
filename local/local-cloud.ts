import { AccessControl, unfillableKey } from './access/index.ts';
import { type ApiAddress, apiFront } from './api-front.ts';
import { readAssembly } from './assembly/assembly.ts';
import { AssemblyError } from './assembly/assembly-error.ts';
import { type LoadedResource, type LoadedStack, Loader } from './assembly/loader.ts';
import type { ResourceTypes } from './assembly/resource.ts';
import { resourceTypes } from './assembly/resources/index.ts';
import { type Duration, toMilliseconds } from './duration.ts';
import { requestOf, responseOf } from './fetch.ts';
import { Kernel, type KernelOptions, type PendingWork } from './kernel/index.ts';
import { connect, kernelPort, type SdkClient } from './sdk/index.ts';
import { composeServices, type Services } from './services/index.ts';
import { createWire, serveWire, type Wire, type WireServer } from './wire/index.ts';

export interface LocalCloudOptions extends KernelOptions {
  /** Resource types of your own, by CloudFormation type name; they win over the local cloud's. @default none */
  readonly resourceTypes?: ResourceTypes;
  /** Whether roles may do only what the synthesized policies allow. @default true */
  readonly enforceIam?: boolean;
}

/** Anything that synthesizes into a cloud assembly: a CDK `App` or `Stage`. */
export interface Synthesizable {
  synth(): { readonly directory: string };
}

export interface Serving {
  /** Base URL of the API: `http://127.0.0.1:3000`; stages follow. */
  readonly api: WireServer;
  /** The AWS endpoint, for `AWS_ENDPOINT_URL`. */
  readonly aws: WireServer;
}

/**
 * The stacks of a cloud assembly with their real handlers, running in this process: no Docker, no account.
 *
 * Time is virtual unless told otherwise: nothing happens until `advance`, `settle`, a client or `fetch` moves it on, and a day costs
 * milliseconds. The same seed gives the same run.
 *
 * @example
 * const cloud = await LocalCloud.fromApp(app);
 * const response = await cloud.fetch('/v1/bookings/b-1');
 * await cloud.advance({ hours: 24 });
 * await cloud.settle();
 */
export class LocalCloud {
  readonly kernel: Kernel;
  readonly services: Services;
  readonly stacks: readonly LoadedStack[];
  /** Decisions of the synthesized IAM policies. @default policies are enforced */
  readonly access: AccessControl | undefined;
  readonly #wire: Wire;
  readonly #servers: WireServer[] = [];

  private constructor(kernel: Kernel, services: Services, stacks: readonly LoadedStack[], access: AccessControl | undefined, wire: Wire) {
    this.kernel = kernel;
    this.services = services;
    this.stacks = stacks;
    this.access = access;
    this.#wire = wire;
  }

  /**
   * Loads a cloud assembly: the folder that `cdk synth` writes. Synthesize with the context `millrace:aws-sdk=runtime` for a faster start, and
   * with asset and path metadata on (the CLI's default).
   *
   * @throws AssemblyError `BadAssembly`, `UnknownResourceType`, `UnresolvableReference`, `CircularDependency`, `ResourceRefused`
   */
  static async fromAssembly(directory: string, options: LocalCloudOptions = {}): Promise<LocalCloud> {
    const kernel = new Kernel(options);
    const services = composeServices(kernel);
    const wire = createWire(kernel, { principalOf: (key) => services.lambda.principalOf(key) });
    services.lambda.answerAws((request) => wire.handle(request));

    const access = (options.enforceIam ?? true) ? accessControl(kernel, services) : undefined;
    if (access) kernel.intercept(access);
    const loader = new Loader(kernel, { ...resourceTypes, ...options.resourceTypes });
    const stacks = readAssembly(directory).map((stack) => loader.load(stack));
    if (access) checkConditions(services);
    const cloud = new LocalCloud(kernel, services, stacks, access, wire);
    kernel.start();
    return cloud;
  }

  /** Synthesizes an app and loads it. */
  static fromApp(app: Synthesizable, options: LocalCloudOptions = {}): Promise<LocalCloud> {
    return LocalCloud.fromAssembly(app.synth().directory, options);
  }

  /** Outputs of all stacks by key; where two stacks have the same key, the later one's. {@link stacks} keeps them apart. */
  get outputs(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.stacks.map((stack) => stack.outputs));
  }

  get resources(): readonly LoadedResource[] {
    return this.stacks.flatMap((stack) => stack.resources);
  }

  /** Moves virtual time on, running everything that falls due on the way. */
  advance(duration: Duration): Promise<void> {
    return this.kernel.advance(toMilliseconds(duration));
  }

  /**
   * Moves virtual time on until nothing is left to do but schedules. In real time, waits for that.
   * @throws Error naming what is left when that takes longer than `within`
   */
  settle(options: { /** @default 7 days */ readonly within?: Duration } = {}): Promise<void> {
    return this.kernel.settle(...(options.within === undefined ? [] : [toMilliseconds(options.within)]));
  }

  /**
   * Makes a client of the AWS SDK talk to this cloud, in process, with the rights of the account's root. Virtual time moves on as far as its
   * answers take.
   * @example const sqs = cloud.client(new SQSClient({}));
   */
  client<Client extends SdkClient>(client: Client): Client {
    const port = kernelPort(this.kernel);
    return connect(client, {
      ...port,
      call: (call) => this.kernel.until(port.call(call)),
      sleep: (ms) => this.kernel.until(port.sleep(ms)),
    });
  }

  /**
   * Sends a request to a deployed API, without a socket. The path begins with the stage: `/v1/bookings`. Where several APIs have that stage,
   * and for the URL of a function, give the whole address, as the stack's outputs have it.
   * @example await cloud.fetch(`${cloud.outputs.AdminUrl}flights`);
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const request = await requestOf(path, init);
    const front = apiFront(this.#wire, () => this.#apis());
    return responseOf(await this.kernel.until(front(request)));
  }

  /**
   * Serves the API and the AWS endpoint on loopback; port 0 takes any free one. For a cloud in real time.
   * @throws ListenError `PORT_TAKEN` when another program listens there
   */
  async serve(
    ports: { /** @default 3000 */ readonly port?: number /** @default 4566 */; readonly awsPort?: number } = {},
  ): Promise<Serving> {
    const front = apiFront(this.#wire, () => this.#apis());
    const aws = await serveWire(this.#wire, { port: ports.awsPort ?? 4566 });
    this.#servers.push(aws);
    const api = await serveWire({ handle: (request) => front(request) }, { port: ports.port ?? 3000 });
    this.#servers.push(api);
    return { api, aws };
  }

  /** What has been accepted and is not finished: messages, running executions, asynchronous invocations. */
  pending(): readonly PendingWork[] {
    return this.kernel.pending();
  }

  /** Closes servers and drops what was scheduled. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
    await this.kernel.stop();
  }

  #apis(): ApiAddress[] {
    const { resources } = this;
    const apis = resources.filter(({ type }) => type === 'AWS::ApiGateway::RestApi' || type === 'AWS::ApiGatewayV2::Api');
    return apis.map(({ ref: apiId, path }) => ({ apiId, path, stages: resources.flatMap((resource) => stageOf(resource, apiId)) }));
  }
}

/** The stage of an API that a resource makes; a deployment may make one too. */
function stageOf({ type, ref, properties }: LoadedResource, apiId: string): string[] {
  if (properties.RestApiId !== apiId && properties.ApiId !== apiId) return [];
  if (type === 'AWS::ApiGateway::Stage' || type === 'AWS::ApiGatewayV2::Stage') return [ref];
  return type === 'AWS::ApiGateway::Deployment' && properties.StageName !== undefined ? [String(properties.StageName)] : [];
}

function accessControl(kernel: Kernel, { iam }: Services): AccessControl {
  return new AccessControl({
    statementsOf: (role) => iam.statementsOf(role),
    trustOf: (role) => iam.trustOf(role),
    service: (name) => kernel.service(name),
    now: () => kernel.now(),
  });
}

/** @throws AssemblyError `ResourceRefused` for a condition that could be decided only wrongly */
function checkConditions({ iam }: Services): void {
  for (const role of iam.roleArns()) {
    const key = unfillableKey(iam.statementsOf(role) ?? []);
    if (key === undefined) continue;
    throw new AssemblyError(
      'ResourceRefused',
      `A policy of ${role} has a condition on ${key}, which the local cloud does not know of a request. ` +
        'Leave the condition out of the stack that you run locally, or load it with `enforceIam: false`.',
    );
  }
}
