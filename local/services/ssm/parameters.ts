import { arn, type Kernel } from '../../kernel/index.ts';
import { parameterNotFound } from './errors.ts';
import type { ParameterVersion, StoredParameter } from './parameter.ts';

const VERSIONS_KEPT = 100;

/** The parameters of the account. */
export class Parameters {
  readonly kernel: Kernel;
  readonly #byName = new Map<string, StoredParameter>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  all(): StoredParameter[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The parameter of a name or an ARN. */
  get(nameOrArn: string): StoredParameter | undefined {
    const name = nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf(':parameter') + ':parameter'.length) : nameOrArn;
    return this.#byName.get(name) ?? this.#byName.get(name.replace(/^\//, ''));
  }

  add(name: string): StoredParameter {
    const parameter: StoredParameter = {
      name,
      arn: arn('ssm', `parameter/${name.replace(/^\//, '')}`),
      versions: [],
      tags: new Map(),
      tier: 'Standard',
      description: undefined,
      allowedPattern: undefined,
      keyId: undefined,
    };
    this.#byName.set(name, parameter);
    return parameter;
  }

  addVersion(parameter: StoredParameter, version: ParameterVersion): void {
    parameter.versions.push(version);
    if (parameter.versions.length > VERSIONS_KEPT) parameter.versions.shift();
  }

  delete(parameter: StoredParameter): void {
    this.#byName.delete(parameter.name);
  }

  /**
   * The version that a name selects: the latest, or with `name:3` the third, or with `name:label` the labelled one.
   *
   * @throws AwsError `ParameterNotFound`
   */
  select(nameWithSelector: string): { parameter: StoredParameter; version: ParameterVersion; selector: string | undefined } {
    const arnPrefix = /^arn:[^:]+:ssm:[^:]*:\d*:parameter[^:]*/.exec(nameWithSelector)?.[0] ?? '';
    const rest = nameWithSelector.slice(arnPrefix.length);
    const colon = rest.indexOf(':');
    const name = arnPrefix + (colon < 0 ? rest : rest.slice(0, colon));
    const selector = colon < 0 ? undefined : rest.slice(colon + 1);
    const parameter = this.get(name);
    const version =
      selector === undefined
        ? parameter?.versions.at(-1)
        : parameter?.versions.find((candidate) => String(candidate.version) === selector || candidate.labels.has(selector));
    if (!parameter || !version) throw parameterNotFound();
    return { parameter, version, selector: selector === undefined ? undefined : `:${selector}` };
  }
}
