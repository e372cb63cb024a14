import type {
  GetLatestConfigurationRequest,
  GetLatestConfigurationResponse,
  StartConfigurationSessionRequest,
  StartConfigurationSessionResponse,
} from '@aws-sdk/client-appconfigdata';
import { AwsError, type CallContext, type Kernel, type Service } from '../../kernel/index.ts';
import type { Deployment, HostedVersion } from './configuration.ts';
import { contentOf } from './configuration.ts';

/** A poll may not come earlier than this after the one before it. */
const LEAST_SECONDS = 15;
const DEFAULT_SECONDS = 60;

interface Session {
  readonly place: string;
  readonly interval: number;
  /** Deployment that was handed out last. */
  readonly seen: Deployment | undefined;
  readonly notBefore: number;
}

/**
 * AWS AppConfig as far as a stack deploys hosted configurations and functions read them. A deployment takes effect at once, whatever its strategy.
 */
export class AppConfigService implements Service {
  readonly name = 'appconfig';
  readonly #kernel: Pick<Kernel, 'now' | 'uuid'>;
  readonly #versions = new Map<string, HostedVersion[]>();
  readonly #deployed = new Map<string, Deployment>();
  readonly #sessions = new Map<string, Session>();
  readonly #operations: Readonly<Record<string, (input: never) => object>> = {
    CreateHostedConfigurationVersion: (input: HostedVersion) => this.#addVersion(input),
    StartDeployment: (input: Deployment & { readonly ApplicationId: string; readonly EnvironmentId: string }) => this.#deploy(input),
    StartConfigurationSession: (input: StartConfigurationSessionRequest) => this.#start(input),
    GetLatestConfiguration: (input: GetLatestConfigurationRequest) => this.#latest(input),
  };

  constructor(kernel: Pick<Kernel, 'now' | 'uuid'>) {
    this.#kernel = kernel;
  }

  invoke(operation: string, input: object, _context: CallContext): object {
    const run = this.#operations[operation];
    if (!run) throw new AwsError('UnknownOperationException', `AWS AppConfig has no operation ${operation} here.`);
    return run(input as never);
  }

  #addVersion(version: HostedVersion): object {
    const versions = this.#versions.get(version.ConfigurationProfileId) ?? [];
    this.#versions.set(version.ConfigurationProfileId, [...versions, version]);
    return { VersionNumber: versions.length + 1 };
  }

  #deploy(deployment: Deployment & { readonly ApplicationId: string; readonly EnvironmentId: string }): object {
    const { ApplicationId, EnvironmentId, ConfigurationProfileId, ConfigurationVersion } = deployment;
    if (!this.#version(deployment)) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Configuration version ${ConfigurationVersion} of profile ${ConfigurationProfileId} is not there.`,
      );
    }
    this.#deployed.set([ApplicationId, EnvironmentId, ConfigurationProfileId].join('/'), { ConfigurationProfileId, ConfigurationVersion });
    return { DeploymentNumber: 1, State: 'COMPLETE' };
  }

  #version({ ConfigurationProfileId, ConfigurationVersion }: Deployment): HostedVersion | undefined {
    return this.#versions.get(ConfigurationProfileId)?.[Number(ConfigurationVersion) - 1];
  }

  #start(input: StartConfigurationSessionRequest): StartConfigurationSessionResponse {
    const place = [input.ApplicationIdentifier, input.EnvironmentIdentifier, input.ConfigurationProfileIdentifier].join('/');
    if (!this.#deployed.has(place)) {
      throw new AwsError('ResourceNotFoundException', `No configuration is deployed at ${place}.`);
    }
    const interval = input.RequiredMinimumPollIntervalInSeconds ?? DEFAULT_SECONDS;
    if (interval < LEAST_SECONDS || interval > 86_400) {
      throw new AwsError('BadRequestException', `RequiredMinimumPollIntervalInSeconds must be ${LEAST_SECONDS} to 86400.`);
    }
    return { InitialConfigurationToken: this.#issue({ place, interval, seen: undefined, notBefore: 0 }) };
  }

  #latest({ ConfigurationToken = '' }: GetLatestConfigurationRequest): GetLatestConfigurationResponse {
    const session = this.#sessions.get(ConfigurationToken);
    // Each token is good for one poll.
    this.#sessions.delete(ConfigurationToken);
    if (!session) throw new AwsError('BadRequestException', 'Token is invalid, or has been used.');
    if (this.#kernel.now() < session.notBefore) throw new AwsError('BadRequestException', 'Request too early');
    const deployed = this.#deployed.get(session.place);
    const version = deployed && deployed !== session.seen ? this.#version(deployed) : undefined;
    const next: Session = { ...session, seen: deployed, notBefore: this.#kernel.now() + session.interval * 1_000 };
    return {
      NextPollConfigurationToken: this.#issue(next),
      NextPollIntervalInSeconds: session.interval,
      ContentType: version?.ContentType ?? 'application/octet-stream',
      Configuration: new TextEncoder().encode(version ? contentOf(version) : '') as NonNullable<
        GetLatestConfigurationResponse['Configuration']
      >,
    };
  }

  #issue(session: Session): string {
    const token = `${session.place}|${this.#kernel.uuid()}`;
    this.#sessions.set(token, session);
    return token;
  }
}
