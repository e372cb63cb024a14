import type { CfnResource } from 'aws-cdk-lib';

/** An alias that CodeDeploy would move names its deployment group; without CodeDeploy it moves all at once. */
export function withoutGradualUpdate({ cfnOptions }: CfnResource): boolean {
  if (!cfnOptions.updatePolicy?.codeDeployLambdaAliasUpdate) return false;
  const { codeDeployLambdaAliasUpdate: _, ...rest } = cfnOptions.updatePolicy;
  if (Object.keys(rest).length > 0) cfnOptions.updatePolicy = rest;
  else delete cfnOptions.updatePolicy;
  return true;
}
