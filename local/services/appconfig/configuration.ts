/** A version of a configuration that AppConfig itself keeps. */
export interface HostedVersion {
  readonly ConfigurationProfileId: string;
  readonly ContentType: string;
  readonly Content: string;
  /** `AWS.AppConfig.FeatureFlags`, `AWS.Freeform`. */
  readonly ProfileType: string;
}

export interface Deployment {
  readonly ConfigurationProfileId: string;
  readonly ConfigurationVersion: string;
}

/** What a reader gets: of feature flags their values alone, and of a flag that is off nothing but that. */
export function contentOf({ Content, ProfileType }: HostedVersion): string {
  if (ProfileType !== 'AWS.AppConfig.FeatureFlags') return Content;
  const { values = {} } = JSON.parse(Content) as { readonly values?: Readonly<Record<string, { readonly enabled?: boolean }>> };
  return JSON.stringify(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.enabled ? value : { enabled: false }])),
  );
}
