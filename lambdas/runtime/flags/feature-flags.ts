import { AppConfigDataClient, GetLatestConfigurationCommand, StartConfigurationSessionCommand } from '@aws-sdk/client-appconfigdata';
import { CLIENT_CONFIG } from '../context/client-config.ts';
import { ENVIRONMENT, log, measure, requireVariable, variable } from '../context/index.ts';

/** A flag with its attributes. */
export interface Flag {
  readonly enabled: boolean;
  readonly [attribute: string]: unknown;
}

export interface FlagsOptions {
  /** Which flags, of a function that reads several: the `name` given to `FeatureFlags.grantRead`. @default its only ones */
  readonly name?: string;
  /** How long what was read counts, in seconds; 15 at least, which is AppConfig's own limit. @default 60 */
  readonly maxAgeSeconds?: number;
  /** @default one of the function instance's own */
  readonly client?: Pick<AppConfigDataClient, 'send'>;
}

/** The flags of one profile. */
export interface FeatureFlags {
  /**
   * Whether a flag is on.
   * @param otherwise what counts while nobody knows: the flag is not there, or AppConfig has never answered
   */
  enabled(name: string, otherwise?: boolean): Promise<boolean>;
  /** A flag with its attributes, or undefined while nobody knows it. */
  get(name: string): Promise<Flag | undefined>;
}

/** AppConfig lets nobody poll more often. */
const LEAST_SECONDS = 15;

/**
 * Feature flags of the construct `FeatureFlags`, kept in the function instance and asked for again when they are old.
 *
 * Flags never make a handler fail: when AppConfig does not answer, the last answer counts, or `otherwise` (metric `FlagsUnavailable`).
 *
 * Right: a flag decides which way new work takes. Wrong: a flag decides how data that is there already has to be read, since function instances
 * see a change up to `maxAgeSeconds` apart.
 * @example
 * const flags = featureFlags();
 * export const handler = api(on(search, async () => ((await flags.enabled('rankByPrice')) ? byPrice() : byTime())));
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/retrieving-feature-flags.html
 */
export function featureFlags(options: FlagsOptions = {}): FeatureFlags {
  const profile = new Profile(options);
  const get = async (name: string): Promise<Flag | undefined> => (await profile.flags())[name];
  return { get, enabled: async (name, otherwise = false) => (await get(name))?.enabled ?? otherwise };
}

let shared: FeatureFlags | undefined;

/** Whether a flag of the function's only profile is on; {@link featureFlags} has more. */
export function flag(name: string, otherwise = false): Promise<boolean> {
  shared ??= featureFlags();
  return shared.enabled(name, otherwise);
}

type Flags = Readonly<Record<string, Flag>>;

let client: AppConfigDataClient | undefined;

function appConfigClient(): AppConfigDataClient {
  client ??= new AppConfigDataClient(CLIENT_CONFIG);
  return client;
}

/** One profile as this function instance sees it. */
class Profile {
  readonly #options: FlagsOptions;
  readonly #maxAgeMs: number;
  #token: string | undefined;
  #flags: Flags = {};
  #goodUntil = 0;
  #reading: Promise<void> | undefined;

  constructor(options: FlagsOptions) {
    this.#options = options;
    this.#maxAgeMs = Math.max(LEAST_SECONDS, options.maxAgeSeconds ?? 60) * 1_000;
  }

  /** Invocations that ask at the same time wait for one answer. */
  async flags(): Promise<Flags> {
    if (Date.now() >= this.#goodUntil) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#flags;
  }

  async #read(): Promise<void> {
    try {
      const { Configuration, NextPollConfigurationToken, NextPollIntervalInSeconds = 0 } = await this.#poll();
      this.#token = NextPollConfigurationToken;
      this.#goodUntil = Date.now() + Math.max(this.#maxAgeMs, NextPollIntervalInSeconds * 1_000);
      // Nothing comes when nothing has changed.
      if (Configuration && Configuration.length > 0) this.#flags = JSON.parse(new TextDecoder().decode(Configuration)) as Flags;
    } catch (error) {
      // A token is good for one poll, whatever became of it.
      this.#token = undefined;
      this.#goodUntil = Date.now() + this.#maxAgeMs;
      log().warn('Feature flags could not be read; the last known ones count', { error: error as Error });
      measure({}, { FlagsUnavailable: 1 });
    }
  }

  async #poll() {
    const client = this.#options.client ?? appConfigClient();
    this.#token ??= await this.#startSession(client);
    return client.send(new GetLatestConfigurationCommand({ ConfigurationToken: this.#token }));
  }

  async #startSession(client: Pick<AppConfigDataClient, 'send'>): Promise<string | undefined> {
    const place = requireVariable(variable(ENVIRONMENT.flags, this.#options.name), 'FeatureFlags.grantRead sets it.');
    const [ApplicationIdentifier, EnvironmentIdentifier, ConfigurationProfileIdentifier] = place.split('/');
    const { InitialConfigurationToken } = await client.send(
      new StartConfigurationSessionCommand({
        ApplicationIdentifier,
        EnvironmentIdentifier,
        ConfigurationProfileIdentifier,
        RequiredMinimumPollIntervalInSeconds: LEAST_SECONDS,
      }),
    );
    return InitialConfigurationToken;
  }
}
