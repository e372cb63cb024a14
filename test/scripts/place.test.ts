import { describe, expect, it } from 'vitest';
import { environmentFor } from '../../scripts/place/place.ts';

const inherited = {
  PATH: '/bin',
  AWS_PROFILE: 'production',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SESSION_TOKEN: 'token',
  AWS_ENDPOINT_URL_SQS: 'http://elsewhere',
  AWS_CONFIG_FILE: '/home/me/aws',
};

describe('the environment of a deployment', () => {
  it('leads to the endpoint only, whatever account the caller has open', () => {
    const environment = environmentFor(
      { kind: 'endpoint', endpoint: 'http://127.0.0.1:1', target: 'ministack', region: 'us-east-1' },
      inherited,
    );
    const aws = Object.fromEntries(Object.entries(environment).filter(([name]) => /^AWS_(?!SDK_JS)/.test(name)));
    expect(aws).toEqual({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(environment.PATH).toBe('/bin');
  });

  it('leads to the account of the profile only, whatever credentials the caller has', () => {
    const environment = environmentFor({ kind: 'account', profile: 'dev', target: 'aws', region: 'eu-west-1' }, inherited);
    const aws = Object.fromEntries(Object.entries(environment).filter(([name]) => /^AWS_(?!SDK_JS)/.test(name)));
    expect(aws).toEqual({ AWS_PROFILE: 'dev', AWS_REGION: 'eu-west-1', AWS_CONFIG_FILE: '/home/me/aws' });
  });
});
