import { describe, expect, it } from 'vitest';
import { readPlace, UsageError } from '../../scripts/place/command-line.ts';

const read = (...args: string[]) => readPlace('npm run deploy --', 'Deploys.', args, () => {});

describe('the command line of deploy, e2e and destroy', () => {
  it('takes an endpoint and its target', () => {
    expect(read('--endpoint', 'http://127.0.0.1:4566/', '--target', 'localstack')).toMatchObject({
      place: { kind: 'endpoint', endpoint: 'http://127.0.0.1:4566', target: 'localstack', region: 'us-east-1' },
      outputs: '.cache/outputs-localstack.json',
      yes: false,
    });
  });

  it('takes the profile of an account', () => {
    expect(read('--profile', 'dev', '--region', 'eu-west-1', '--outputs', 'out.json', '--yes')).toMatchObject({
      place: { kind: 'account', profile: 'dev', target: 'aws', region: 'eu-west-1' },
      outputs: 'out.json',
      yes: true,
    });
  });

  it('prints help when asked', () => {
    let printed = '';
    expect(readPlace('npm run deploy --', 'Deploys.', ['--help'], (text) => (printed += text))).toBeUndefined();
    expect(printed).toContain('--endpoint <url>');
  });

  it.each([
    ['nothing at all', [], /Name either an endpoint and its target, or the profile of an account/],
    ['both an endpoint and a profile', ['--endpoint', 'http://x', '--profile', 'dev'], /either an endpoint/],
    ['an endpoint without a target', ['--endpoint', 'http://127.0.0.1:1'], /--target is missing: say what answers at http:\/\/127.0.0.1:1/],
    ['a target that is not known', ['--endpoint', 'http://127.0.0.1:1', '--target', 'moto'], /moto.*aws, localstack, ministack/],
    ['an account that is said to be an engine', ['--profile', 'dev', '--target', 'ministack'], /target aws, not ministack/],
    ['an endpoint that is no URL', ['--endpoint', '127.0.0.1:4566', '--target', 'aws'], /must be a URL like/],
    ['an option that is not known', ['--fast'], /unknown option '--fast'/],
    ['an argument', ['now', '--profile', 'dev'], /too many arguments/],
  ])('refuses %s in one line', (_what, args, message) => {
    const refused = (): unknown => read(...args);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^[^\n]+$/);
  });
});
