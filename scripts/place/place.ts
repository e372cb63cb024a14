import type { TargetName } from '../../lib/targets/target.ts';

/** An endpoint that speaks AWS's protocols. */
export interface EndpointPlace {
  readonly kind: 'endpoint';
  /** Origin: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly target: TargetName;
  readonly region: string;
}

/** An AWS account, as a profile of the user's AWS configuration gives access to it. */
export interface AccountPlace {
  readonly kind: 'account';
  readonly profile: string;
  readonly target: TargetName;
  readonly region: string;
}

/** Where GlobalAir is deployed. */
export type Place = EndpointPlace | AccountPlace;

/** Configuration of the SDK's clients for a place. Endpoints take any credentials. */
export function clientConfig(place: Place) {
  const { region } = place;
  return place.kind === 'endpoint'
    ? { region, endpoint: place.endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    : { region, profile: place.profile };
}

/** The environment of a program that is to work on a place: nothing of the caller's own AWS settings is left in it. */
export function environmentFor(place: Place, inherited: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const own = place.kind === 'account';
  // An account's configuration may be anywhere the user has put it; only what would win over the profile goes.
  const overrides = /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ENDPOINT_URL.*|PROFILE|DEFAULT_PROFILE|REGION|DEFAULT_REGION)$/;
  const kept = Object.entries(inherited).filter(([name]) => !(own ? overrides : /^AWS_/).test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_REGION: place.region,
    ...(place.kind === 'account'
      ? { AWS_PROFILE: place.profile }
      : {
          AWS_ENDPOINT_URL: place.endpoint,
          AWS_ENDPOINT_URL_S3: place.endpoint,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_EC2_METADATA_DISABLED: 'true',
        }),
  };
}

/** What a person calls it. */
export function describePlace(place: Place): string {
  return place.kind === 'endpoint'
    ? `${place.target} at ${place.endpoint}`
    : `the AWS account of profile ${place.profile}, ${place.region}`;
}
