import { Annotations, Aspects, CfnResource, type IAspect, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { TARGETS } from './known-targets.ts';
import { TARGET_CONTEXT, type Target, type TargetName } from './target.ts';

/** A resource that was left out for the target's sake. */
export interface Omission {
  readonly path: string;
  readonly type: string;
  readonly effect: string;
}

/** Key of a template's metadata under which {@link applyTarget} lists what it did. */
export const TARGET_METADATA = 'Millrace::Target';

/**
 * Fits everything in `scope` to the target that the context `millrace:target` names: leaves out resource types that the target lacks where the
 * stack works without them, and refuses those without which it would not. What it left out is an annotation of the stack and stands in the
 * metadata of its template. For AWS, the default, it does nothing.
 *
 * Constructs never ask where they run: this is the one place that knows.
 *
 * @throws Error when the context names no target that is known
 * @example
 * const app = new App();
 * new BookingStack(app, 'Bookings');
 * applyTarget(app);
 */
export function applyTarget(scope: IConstruct): Target {
  const target = targetOf(scope);
  if (Object.keys(target.lacks).length > 0) Aspects.of(scope).add(new FitToTarget(target));
  return target;
}

/** The target that the context of `scope` names. @throws Error when it is not known */
export function targetOf(scope: IConstruct): Target {
  const name: unknown = scope.node.tryGetContext(TARGET_CONTEXT) ?? 'aws';
  const target = typeof name === 'string' && Object.hasOwn(TARGETS, name) ? TARGETS[name as TargetName] : undefined;
  if (target) return target;
  throw new Error(`The context ${TARGET_CONTEXT} is ${JSON.stringify(name)}; it must be one of ${Object.keys(TARGETS).join(', ')}.`);
}

class FitToTarget implements IAspect {
  readonly #target: Target;
  readonly #omissions = new Map<Stack, Omission[]>();

  constructor(target: Target) {
    this.#target = target;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnResource)) return;
    const type = node.cfnResourceType;
    this.#withoutCodeDeploy(node);
    const treatment = this.#target.lacks[type];
    if (!treatment) return;
    if (treatment.action === 'refuse') {
      Annotations.of(node).addError(`${this.#target.checkedWith ?? this.#target.name} has no ${type}. ${treatment.remedy}`);
      return;
    }
    const stack = Stack.of(node);
    const omissions = this.#omissions.get(stack) ?? [];
    omissions.push({ path: node.node.path, type, effect: treatment.effect });
    this.#omissions.set(stack, omissions);
    stack.templateOptions.metadata = {
      ...stack.templateOptions.metadata,
      [TARGET_METADATA]: { target: this.#target.name, omitted: omissions },
    };
    Annotations.of(stack).addInfo(`Left out for ${this.#target.name}: ${node.node.path} (${type}); ${treatment.effect}.`);
    node.node.scope?.node.tryRemoveChild(node.node.id);
  }

  /** An alias that CodeDeploy would move names its deployment group, which is left out. */
  #withoutCodeDeploy({ cfnOptions }: CfnResource): void {
    if (!('AWS::CodeDeploy::DeploymentGroup' in this.#target.lacks) || !cfnOptions.updatePolicy?.codeDeployLambdaAliasUpdate) return;
    const { codeDeployLambdaAliasUpdate: _, ...rest } = cfnOptions.updatePolicy;
    if (Object.keys(rest).length > 0) cfnOptions.updatePolicy = rest;
    else delete cfnOptions.updatePolicy;
  }
}
