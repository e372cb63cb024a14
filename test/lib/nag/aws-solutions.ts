import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** Everything that cdk-nag's AwsSolutions finds, as `error AwsSolutions-SQS4 Shop/Jobs/Resource`. */
export function findings(app: App, checks = new AwsSolutionsChecks(app)): string[] {
  return checks
    .validateScope(app)
    .violations.flatMap(({ severity, ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${severity} ${ruleName} ${constructPath}`),
    )
    .sort();
}

/** The same, as if nobody had given a reason for anything. */
export function findingsWithoutReasons(app: App): string[] {
  return findings(app, Object.assign(new AwsSolutionsChecks(app), { isAcknowledged: () => false }));
}

/** A reason that was given for a rule, and where. */
export interface Reason {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

export function reasons(app: App): Reason[] {
  return app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(data as Record<string, string>))
        .map(([id, reason]) => ({ path: node.path, rule: id.replace(/^annotation::/i, ''), reason })),
    )
    .filter(({ rule }) => rule.startsWith('AwsSolutions-'));
}
