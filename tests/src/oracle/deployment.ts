import { globSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@tandem/cli/run';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { ACCOUNT, REGION } from './ministack.ts';
import { adapt, type Adapted, type Differences, type Resource, type Template } from './template.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CDK = join(ROOT, 'infra/node_modules/aws-cdk/bin/cdk');
export const STAGE = 'staging';
export const PREFIX = 'staging-';

/** The stacks of a stage as the CDK wrote them. */
export interface Assembly {
  readonly folder: string;
  /** Templates by the names of their stacks, which begin with the stage's. */
  readonly templates: ReadonlyMap<string, Template>;
  /** Qualifier of the bootstrap that deploys them. */
  readonly qualifier: string;
}

/** Changes a resource before it is deployed, or returns it as it is. */
export type Plant = (resource: Resource) => Resource;

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: {
          readonly templateFile?: string;
          readonly bootstrapStackVersionSsmParameter?: string;
        };
      }
    >
  >;
}

/** Runs the CDK with its own command line. Rejects with its output if it fails. */
export async function cdk(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output } = await run(process.execPath, [CDK, ...args], {
    cwd: ROOT,
    env: { CI: 'true', ...env },
  });
  if (code !== 0) throw new Error(`cdk ${args[0]} failed:\n${output.slice(-6_000)}`);
  return output;
}

/** Synthesizes the stacks of staging, which trust the tokens of this checkout, as docs/deployment.md says for a trial. */
export async function synthesize(folder: string): Promise<Assembly> {
  const jwksUrl = `data:application/json,${encodeURIComponent(JSON.stringify(await localKeySet()))}`;
  const auth = JSON.stringify({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwksUrl });
  await cdk(['synth', '--quiet', '--output', folder, '-c', `stage=${STAGE}`, '-c', `auth=${auth}`]);
  return readAssembly(folder);
}

async function readAssembly(folder: string): Promise<Assembly> {
  const { artifacts } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const templates = new Map<string, Template>();
  const qualifiers = new Set<string | undefined>();
  for (const [name, { properties }] of stacks) {
    const file = join(folder, properties?.templateFile ?? '');
    templates.set(name, JSON.parse(await readFile(file, 'utf8')) as Template);
    const version = properties?.bootstrapStackVersionSsmParameter ?? '';
    qualifiers.add(/^\/cdk-bootstrap\/(\w+)\/version$/.exec(version)?.[1]);
  }
  const [qualifier, ...others] = qualifiers;
  if (qualifier === undefined || others.length > 0) throw new Error('the stacks have not one bootstrap');
  return { folder, templates, qualifier };
}

/** A copy of an assembly that the emulator accepts, and what it lacks by the names of the stacks. */
export interface AdaptedAssembly {
  readonly assembly: Assembly;
  readonly lacks: ReadonlyMap<string, Adapted>;
}

/** Adapts the templates of a copy of an assembly to the emulator, after the plant's change. Rejects if the plant changes nothing. */
export async function adaptAssembly(
  { folder: source, templates, ...rest }: Assembly,
  folder: string,
  differences: Differences,
  plant?: Plant,
): Promise<AdaptedAssembly> {
  await cp(source, folder, { recursive: true });
  const lacks = new Map<string, Adapted>();
  let changes = 0;
  for (const [stack, template] of templates) {
    const resources = Object.entries(template.Resources).map(([id, resource]) => {
      const planted = plant?.(resource) ?? resource;
      if (planted !== resource) changes += 1;
      return [id, planted] as const;
    });
    lacks.set(stack, adapt({ ...template, Resources: Object.fromEntries(resources) }, differences));
  }
  if (plant && changes === 0) throw new Error('the planted fault found nothing to change');
  const files = globSync('*.template.json', { cwd: folder });
  for (const file of files) {
    const template = lacks.get(file.replace('.template.json', ''))?.template;
    if (!template) throw new Error(`${file} is of no stack`);
    await writeFile(join(folder, file), JSON.stringify(template, null, 1));
  }
  const adapted = new Map([...lacks].map(([stack, { template }]) => [stack, template]));
  return { assembly: { folder, templates: adapted, ...rest }, lacks };
}

/** Commands of the CDK on an assembly, as an operator runs them. */
export function commandsOf({ folder, qualifier }: Assembly, env: Readonly<Record<string, string>>) {
  return {
    bootstrap: () =>
      cdk(
        [
          'bootstrap',
          `aws://${ACCOUNT}/${REGION}`,
          '--qualifier',
          qualifier,
          '--toolkit-stack-name',
          `CDKToolkit-${qualifier}`,
          '--app',
          folder,
        ],
        env,
      ),
    deploy: () =>
      cdk(['deploy', '--all', '--app', folder, '--require-approval', 'never', '--concurrency', '4'], env),
    diff: () => cdk(['diff', '--all', '--app', folder], env),
    destroy: () => cdk(['destroy', '--all', '--force', '--app', folder], env),
  };
}
