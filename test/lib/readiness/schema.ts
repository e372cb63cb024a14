import { type App, CloudFormationValidatePlugin } from 'aws-cdk-lib';

/** The template validation that comes with the CDK. */
export class SchemaCheck {
  readonly #plugin = new CloudFormationValidatePlugin();

  /** What it has against the templates of an app, errors and warnings: `error E3012 Jobs: …`. */
  complaints(app: App): string[] {
    const { stacks } = app.synth();
    const { violations } = this.#plugin.validate({
      templatePaths: stacks.map(({ templateFullPath }) => templateFullPath),
      stackTemplates: stacks.map(({ hierarchicalId, templateFullPath }) => ({
        stackConstructPath: hierarchicalId,
        templatePath: templateFullPath,
        region: 'us-east-1',
        accountId: '123456789012',
      })),
      appConstruct: app,
    });
    return violations.flatMap(({ severity, ruleName, description, violatingResources }) =>
      violatingResources.map(({ resourceLogicalId }) => `${severity} ${ruleName} ${resourceLogicalId}: ${description}`),
    );
  }
}
