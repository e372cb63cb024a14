import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';

/** One version of a parameter. */
export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly dataType: string;
  readonly modifiedAt: number;
  readonly modifiedBy: string;
  readonly labels: Set<string>;
}

/** A parameter and its latest hundred versions, oldest first. */
export interface StoredParameter {
  readonly name: string;
  readonly arn: string;
  readonly versions: ParameterVersion[];
  readonly tags: Map<string, string>;
  tier: ParameterTier;
  description: string | undefined;
  allowedPattern: string | undefined;
  keyId: string | undefined;
}
