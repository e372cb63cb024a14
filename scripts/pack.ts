import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Checklist } from './pack/check.ts';
import { ComposingPackage } from './pack/composing-package.ts';
import { fileProblems, handlerProblems, sizeProblems, type Tarball } from './pack/contents.ts';
import { dependencyProblems, type Manifest } from './pack/dependencies.ts';
import { plainEnvironment, run, succeeds } from './pack/run.ts';
import { ROOT } from './place/cdk.ts';
import type { EndpointPlace } from './place/place.ts';

/**
 * `npm run pack:check`: packs the package as it would be published, and checks that somebody who has nothing else can compose a stack with it,
 * test it on the local cloud, and, with `--deploy`, deploy it to MiniStack.
 */
const { deploy: endpoint } = new Command('npm run pack:check --')
  .description('Packs the package, checks it, and uses it in a package of its own (examples/compose).')
  .option('--deploy <url>', 'also deploys to MiniStack at this endpoint: http://127.0.0.1:4566', originOf)
  .allowExcessArguments(false)
  .parse()
  .opts<{ readonly deploy?: string }>();

const here = { cwd: ROOT, env: plainEnvironment() };
const under = mkdtempSync(join(tmpdir(), 'millrace-pack-'));
const checklist = new Checklist((line) => console.log(line));
try {
  await everything();
} finally {
  rmSync(under, { recursive: true, force: true });
}
process.exitCode = checklist.conclude() ? 0 : 1;

async function everything(): Promise<void> {
  let tarball: Tarball | undefined;
  if (!(await checklist.check('builds', () => succeeds(['npm', 'run', '--silent', 'build'], here)))) return;
  await checklist.check('packs', async () => {
    const [packed] = JSON.parse(await run(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', under], here)) as Tarball[];
    tarball = packed;
    return packed ? [] : ['npm pack made nothing.'];
  });
  if (!tarball) return;
  const file = join(under, tarball.filename);
  await checkTarball(tarball, file);
  await checkComposing(file);
}

async function checkTarball(tarball: Tarball, file: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const code = tarball.files.map(({ path }) => path).filter((path) => /^dist\/(?!handlers\/).*\.(?:js|d\.ts)$/.test(path));
  await checklist.check(`tarball: ${(tarball.size / 1e6).toFixed(2)} MB, under 5`, () => sizeProblems(tarball));
  await checklist.check(`tarball: ${tarball.files.length} files, all for users`, () => fileProblems(tarball));
  await checklist.check('tarball: shipped handlers are prebuilt', () =>
    handlerProblems(tarball, readdirSync(join(ROOT, 'lambdas/handlers'))),
  );
  await checklist.check('dependencies: all that is imported is declared, all that is declared is used', () =>
    dependencyProblems(ROOT, code, manifest),
  );
  await checklist.check('publint', () => succeeds(['npx', '--no-install', 'publint', 'run', file, '--strict'], here));
  await checklist.check('are the types wrong', () => succeeds(['npx', '--no-install', 'attw', file, '--profile', 'esm-only'], here));
}

async function checkComposing(file: string): Promise<void> {
  const composing = ComposingPackage.copy(join(ROOT, 'examples/compose'), under);
  if (!(await checklist.check('compose: installs the tarball', () => composing.install(file)))) return;
  await checklist.check('compose: types, strict', () => composing.types({ skipLibCheck: true }));
  await checklist.check('compose: types, strict, with all declarations', () => composing.types({ skipLibCheck: false }));
  for (const target of ['aws', 'ministack']) {
    await checklist.check(`compose: synthesizes for ${target}`, () => composing.synthesize(target));
  }
  await checklist.check('compose: its test on the local cloud', () => composing.test());
  if (endpoint === undefined) return;
  const place: EndpointPlace = { kind: 'endpoint', endpoint, target: 'ministack', region: 'us-east-1' };
  if (await checklist.check('compose: deploys to MiniStack', () => composing.deploy(place))) {
    await checklist.check('compose: its test on MiniStack', () => composing.testDeployed(place));
  }
  await checklist.check('compose: is destroyed again', () => composing.destroy(place));
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('It must be a URL like http://127.0.0.1:4566.');
  return url.origin;
}
