import { Annotations, Aspects, CfnResource, type IAspect, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { TARGETS } from './known-targets.ts';
import { TARGET_CONTEXT, type Target, type TargetName } from './target.ts';

/** What was done to a resource for the target's sake. */
export interface Departure {
  readonly path: string;
  readonly type: string;
  readonly effect: string;
}

/** Key of a template's metadata under which {@link applyTarget} lists what it did: `{ target, omitted, replaced }`. */
export const TARGET_METADATA = 'Millrace::Target';

/**
 * Fits everything in `scope` to a target: leaves out resource types that it lacks where the stack works without them, changes those that can
 * be made in another way, and refuses those without which the stack would not do what it promises. What it did is an annotation of the stack
 * and stands in the metadata of its template. For AWS, the default, it does nothing.
 *
 * Constructs never ask where they run: this is the one place that knows.
 *
 * @param target what an endpoint of yours lacks. @default the one that the context `millrace:target` names
 * @throws Error when the context names no target that is known
 * @example
 * const app = new App();
 * new BookingStack(app, 'Bookings');
 * applyTarget(app);
 */
export function applyTarget(scope: IConstruct, target: Target = targetOf(scope)): Target {
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
  readonly #departures = new Map<Stack, { omitted: Departure[]; replaced: Departure[] }>();

  constructor(target: Target) {
    this.#target = target;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnResource)) return;
    const type = node.cfnResourceType;
    const treatment = this.#target.lacks[type];
    switch (treatment?.action) {
      case 'refuse':
        Annotations.of(node).addError(`${this.#target.checkedWith ?? this.#target.name} has no ${type}. ${treatment.remedy}`);
        return;
      case 'replace':
        if (treatment.replace(node)) this.#list('replaced', node, treatment.effect);
        return;
      case 'omit':
        this.#list('omitted', node, treatment.effect);
        node.node.scope?.node.tryRemoveChild(node.node.id);
    }
  }

  #list(what: 'omitted' | 'replaced', { node, cfnResourceType: type, stack }: CfnResource, effect: string): void {
    const departures = this.#departures.get(stack) ?? { omitted: [], replaced: [] };
    this.#departures.set(stack, departures);
    departures[what].push({ path: node.path, type, effect });
    const { name } = this.#target;
    stack.templateOptions.metadata = { ...stack.templateOptions.metadata, [TARGET_METADATA]: { target: name, ...departures } };
    const verb = what === 'omitted' ? 'Left out' : 'Made differently';
    Annotations.of(stack).addInfo(`${verb} for ${name}: ${node.path} (${type}); ${effect}.`);
  }
}
