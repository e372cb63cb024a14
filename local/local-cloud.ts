import { AccessControl } from './access/index.ts';
import { type ApiAddress, apiFront } from './api-front.ts';
import { readAssembly } from './assembly/assembly.ts';
import { type LoadedResource, type LoadedStack, Loader } from './assembly/loader.ts';
import type { ResourceTypes } from './assembly/resource.ts';
import { resourceTypes } from './assembly/resources/index.ts';
import { type Duration, toMilliseconds } from './duration.ts';
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

    const loader = new Loader(kernel, { ...resourceTypes, ...options.resourceTypes });
    const stacks = readAssembly(directory).map((stack) => loader.load(stack));
    let access: AccessControl | undefined;
    if (options.enforceIam ?? true) {
      access = new AccessControl((role) => services.iam.statementsOf(role));
      kernel.intercept(access);
    }
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

  /** Sends a request to the deployed API, without a socket. The path begins with the stage: `/v1/bookings`. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const request = new Request(new URL(path, 'http://localhost'), init);
    const body = new Uint8Array(await request.arrayBuffer());
    const front = apiFront(this.kernel, () => this.#api());
    const url = new URL(request.url);
    const answered = front({ method: request.method, url: url.pathname + url.search, headers: Object.fromEntries(request.headers), body });
    const { status, headers, body: answer } = await this.kernel.until(answered);
    const flat = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((item): [string, string] => [name, item as string]));
    return new Response(status === 204 || status === 304 ? null : (answer as Uint8Array<ArrayBuffer>), { status, headers: flat });
  }

  /**
   * Serves the API and the AWS endpoint on loopback; port 0 takes any free one. For a cloud in real time.
   * @throws ListenError `PORT_TAKEN` when another program listens there
   */
  async serve(
    ports: { /** @default 3000 */ readonly port?: number /** @default 4566 */; readonly awsPort?: number } = {},
  ): Promise<Serving> {
    const front = apiFront(this.kernel, () => this.#api());
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

  #api(): ApiAddress | undefined {
    const api = this.resources.find(({ type }) => type === 'AWS::ApiGateway::RestApi');
    if (!api) return undefined;
    const stages = this.resources.filter(({ type, properties }) => type === 'AWS::ApiGateway::Stage' && properties.RestApiId === api.ref);
    return { apiId: api.ref, stages: stages.map(({ ref }) => ref) };
  }
}
