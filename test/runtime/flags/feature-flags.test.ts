import { GetLatestConfigurationCommand, StartConfigurationSessionCommand } from '@aws-sdk/client-appconfigdata';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FlagsOptions, featureFlags } from '../../../lambdas/runtime/flags/index.ts';

/** AppConfig Data as its API says: a token is good for one poll, and an answer is empty when nothing has changed. */
class AppConfigData {
  values: object = {};
  down = false;
  interval = 15;
  readonly calls: string[] = [];
  readonly sessions: unknown[] = [];
  #token = 0;
  #handedOut = '';

  readonly client: NonNullable<FlagsOptions['client']> = {
    send: async (command: unknown) => {
      if (command instanceof StartConfigurationSessionCommand) {
        this.calls.push('start');
        this.sessions.push(command.input);
        this.#fail();
        this.#handedOut = '';
        return { InitialConfigurationToken: this.#next() };
      }
      if (!(command instanceof GetLatestConfigurationCommand)) throw new Error('What is this?');
      this.calls.push('get');
      this.#fail();
      expect(command.input.ConfigurationToken, 'a token is used once').toBe(String(this.#token));
      const now = JSON.stringify(this.values);
      const changed = now !== this.#handedOut;
      this.#handedOut = now;
      return {
        Configuration: new TextEncoder().encode(changed ? now : ''),
        NextPollConfigurationToken: this.#next(),
        NextPollIntervalInSeconds: this.interval,
      };
    },
  } as NonNullable<FlagsOptions['client']>;

  #next(): string {
    this.#token += 1;
    return String(this.#token);
  }

  #fail(): void {
    if (!this.down) return;
    this.#token += 1;
    throw new Error('Service is down');
  }
}

let appConfig: AppConfigData;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.stubEnv('MILLRACE_FLAGS', 'app1/env1/profile1');
  appConfig = new AppConfigData();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);
const flags = (options: FlagsOptions = {}) => featureFlags({ client: appConfig.client, ...options });

describe('feature flags', () => {
  it('are what AppConfig has deployed for the place that the function was told', async () => {
    appConfig.values = { dark: { enabled: true, shade: 'navy' }, loud: { enabled: false } };
    const read = flags();
    expect([await read.enabled('dark'), await read.enabled('loud'), await read.enabled('unheard')]).toEqual([true, false, false]);
    expect(await read.get('dark')).toEqual({ enabled: true, shade: 'navy' });
    expect(appConfig.sessions).toEqual([
      {
        ApplicationIdentifier: 'app1',
        EnvironmentIdentifier: 'env1',
        ConfigurationProfileIdentifier: 'profile1',
        RequiredMinimumPollIntervalInSeconds: 15,
      },
    ]);
  });

  it('are asked for once in their age, however many look', async () => {
    const read = flags();
    await Promise.all(Array.from({ length: 20 }, () => read.enabled('dark')));
    later(59);
    await read.enabled('dark');
    expect(appConfig.calls).toEqual(['start', 'get']);
    later(2);
    await Promise.all([read.enabled('dark'), read.enabled('loud')]);
    expect(appConfig.calls).toEqual(['start', 'get', 'get']);
  });

  it('change when they are old, and stay when nothing has changed', async () => {
    appConfig.values = { dark: { enabled: true } };
    const read = flags({ maxAgeSeconds: 20 });
    expect(await read.enabled('dark')).toBe(true);
    later(21);
    expect(await read.enabled('dark')).toBe(true);
    appConfig.values = { dark: { enabled: false } };
    later(21);
    expect(await read.enabled('dark')).toBe(false);
  });

  it('are not asked for more often than AppConfig wants', async () => {
    appConfig.interval = 300;
    const read = flags({ maxAgeSeconds: 1 });
    await read.enabled('dark');
    later(200);
    await read.enabled('dark');
    expect(appConfig.calls).toEqual(['start', 'get']);
  });

  it('never make a handler fail: the last answer counts, or what the caller says', async () => {
    appConfig.down = true;
    const read = flags();
    expect([await read.enabled('dark', true), await read.enabled('dark', false), await read.enabled('dark')]).toEqual([true, false, false]);
    expect(appConfig.calls).toEqual(['start']);

    appConfig.down = false;
    appConfig.values = { dark: { enabled: true } };
    later(61);
    expect(await read.enabled('dark')).toBe(true);

    appConfig.down = true;
    later(61);
    expect(await read.enabled('dark')).toBe(true);
    appConfig.down = false;
    appConfig.values = { dark: { enabled: false } };
    later(61);
    expect(await read.enabled('dark')).toBe(false);
  });

  it('of another name are in another variable', async () => {
    vi.stubEnv('MILLRACE_FLAGS_PRICES', 'app2/env2/profile2');
    await flags({ name: 'prices' }).enabled('dark');
    expect(appConfig.sessions).toMatchObject([{ ApplicationIdentifier: 'app2' }]);
  });
});
