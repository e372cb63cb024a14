import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssemblyError } from './assembly-error.ts';
import type { Template } from './template.ts';

/** One stack of a cloud assembly, as the CDK synthesized it. */
export interface AssemblyStack {
  readonly id: string;
  readonly stackName: string;
  /** Folder that the template and the assets' relative paths start from. */
  readonly directory: string;
  readonly template: Template;
}

interface Manifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly directoryName?: string };
        readonly dependencies?: readonly string[];
      }
    >
  >;
}

/**
 * Reads the stacks of a cloud assembly (a `cdk.out` folder), each after those it depends on; stages included.
 *
 * @throws AssemblyError `BadAssembly` when the folder holds no assembly
 */
export function readAssembly(directory: string): AssemblyStack[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new AssemblyError('BadAssembly', `${directory} holds no cloud assembly (no manifest.json). Synthesize first: npx cdk synth.`);
  }
  const manifest = readJson<Manifest>(file);
  const artifacts = manifest.artifacts ?? {};
  const stacks: AssemblyStack[] = [];
  const seen = new Set<string>();

  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (!artifact || seen.has(id)) return;
    seen.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    if (artifact.type === 'cdk:cloud-assembly' && artifact.properties?.directoryName) {
      stacks.push(...readAssembly(join(directory, artifact.properties.directoryName)));
    }
    if (artifact.type === 'aws:cloudformation:stack' && artifact.properties?.templateFile) {
      const template = readJson<Template>(join(directory, artifact.properties.templateFile));
      stacks.push({ id, stackName: artifact.properties.stackName ?? id, directory, template });
    }
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

export function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw new AssemblyError('BadAssembly', `${file} can't be read as JSON. Synthesize again: npx cdk synth.`, { cause });
  }
}
