import { cpSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isBootstrapped } from '../place/account.ts';
import { type EndpointPlace, environmentFor } from '../place/place.ts';
import type { Problems } from './check.ts';
import { plainEnvironment, type RunOptions, run, succeeds } from './run.ts';

const ACCOUNT = '000000000000';

/** A copy of `examples/compose`, away from the repository, so that it has nothing but the tarball. */
export class ComposingPackage {
  readonly #directory: string;
  readonly #options: RunOptions;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#options = { cwd: directory, env: plainEnvironment() };
  }

  /** @param source `examples/compose` @param under a temporary folder */
  static copy(source: string, under: string): ComposingPackage {
    const directory = join(under, 'compose');
    mkdirSync(directory);
    cpSync(source, directory, { recursive: true, filter: (path) => !['node_modules', 'cdk.out'].includes(basename(path)) });
    return new ComposingPackage(directory);
  }

  install(tarball: string): Promise<Problems> {
    return succeeds(['npm', 'install', '--no-audit', '--no-fund', '--save-exact', tarball], this.#options);
  }

  types(options: { readonly skipLibCheck: boolean }): Promise<Problems> {
    return succeeds(['npm', 'run', '--silent', options.skipLibCheck ? 'types' : 'types:all'], this.#options);
  }

  async synthesize(target: string): Promise<Problems> {
    return succeeds(['npx', 'cdk', 'synth', '--quiet', '--no-notices', '-c', `millrace:target=${target}`], this.#options);
  }

  test(): Promise<Problems> {
    return succeeds(['npm', 'run', '--silent', 'test'], this.#options);
  }

  async deploy(place: EndpointPlace): Promise<Problems> {
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    if (!(await isBootstrapped(place)))
      await run(['npx', 'cdk', 'bootstrap', '--no-notices', `aws://${ACCOUNT}/${place.region}`], this.#at(place));
    const outputs = ['--outputs-file', this.#outputs];
    return succeeds([...cdk('deploy', place), '--require-approval', 'never', '--progress', 'events', ...outputs], this.#at(place));
  }

  testDeployed(place: EndpointPlace): Promise<Problems> {
    const options = this.#at(place);
    return succeeds(['npm', 'run', '--silent', 'test'], { ...options, env: { ...options.env, SHOP_OUTPUTS: this.#outputs } });
  }

  destroy(place: EndpointPlace): Promise<Problems> {
    return succeeds([...cdk('destroy', place), '--force'], this.#at(place));
  }

  get #outputs(): string {
    return join(this.#directory, 'outputs.json');
  }

  #at(place: EndpointPlace): RunOptions {
    return { cwd: this.#directory, env: environmentFor(place, plainEnvironment()) };
  }
}

function cdk(command: string, place: EndpointPlace): [string, ...string[]] {
  return ['npx', 'cdk', command, '--all', '--no-notices', '--ci', '-c', `millrace:target=${place.target}`];
}
