import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { production } from '../../settings/production.ts';
import { createDeployment } from '../deployment.ts';
import { readSettings, type SettingsInput } from '../settings.ts';

const root = join(import.meta.dirname, '../../..');

/** What a template says of a resource. */
export interface Resource {
  readonly Type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- each type of resource has properties of its own
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface CloudFormation {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>
  >;
}

export type StackName = 'network' | 'edge' | 'events' | 'product' | 'cart' | 'observability';
export type Templates = Readonly<Record<StackName, CloudFormation>>;

export interface SynthesizeOptions {
  /** Whether findings of the checks are errors, as they are where the real stacks are synthesized. */
  readonly checked?: boolean;
}

/** The templates of production, some settings changed. Throws where `checked` and a finding is not acknowledged. */
export function synthesize(
  changes: Partial<SettingsInput> = {},
  { checked = false }: SynthesizeOptions = {},
): Templates {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const folder = mkdtempSync(join(tmpdir(), 'tandem-synth-'));
  process.env['CDK_VALIDATION'] = String(checked);
  try {
    for (const [name, file] of [
      ['relay', 'main.mjs'],
      ['image', 'Dockerfile'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, file), '');
    }
    const app = new App({ context: { ...context }, outdir: join(folder, 'cdk.out') });
    if (checked) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const relay = join(folder, 'relay');
    const stacks = createDeployment(
      app,
      'production',
      readSettings({ ...production, alarmEmail: 'operators@example.com', ...changes }),
      {
        relays: { product: relay, cart: relay },
        sources: join(folder, 'image'),
      },
    );
    const assembly = app.synth();
    const templates = Object.entries(stacks).map(([name, { artifactId }]) => [
      name,
      assembly.getStackArtifact(artifactId).template as CloudFormation,
    ]);
    return Object.fromEntries(templates) as Templates;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The resources of a type, of all stacks or of one. */
export function resources(templates: Partial<Templates>, type: string): Resource[] {
  return Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).filter(({ Type }) => Type === type),
  );
}
