import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@tandem/contracts/topology';
import { App, Validations } from 'aws-cdk-lib';
import { type CloudFormationStackArtifact, SynthesisMessageLevel } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { production } from '../../settings/production.ts';
import { createDeployment, type Stage } from '../deployment.ts';
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
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>
  >;
}

export type StackName = 'network' | 'edge' | 'events' | ServiceName | 'observability';
export type Templates = Readonly<Record<StackName, CloudFormation>>;

export interface SynthesizeOptions {
  /** Whether findings of the checks are errors, as they are where the real stacks are synthesized. */
  readonly checked?: boolean;
  readonly stage?: Stage;
  /** What is done to the app once its stacks are in it. */
  readonly complete?: (app: App) => void;
}

/** The templates of production, some settings changed. Throws where `checked` and a finding is not acknowledged. */
export function synthesize(changes: Partial<SettingsInput> = {}, options: SynthesizeOptions = {}): Templates {
  const templates = artifacts(changes, options).map(([name, { template }]) => [
    name,
    template as CloudFormation,
  ]);
  return Object.fromEntries(templates) as Templates;
}

/** What is said of the stacks while they are synthesized, and stops nobody. */
export function warnings(changes: Partial<SettingsInput> = {}, options: SynthesizeOptions = {}): string[] {
  return artifacts(changes, options).flatMap(([, { messages }]) =>
    messages
      .filter(({ level }) => level === SynthesisMessageLevel.WARNING)
      .map(({ entry }) => entry.data as string),
  );
}

function artifacts(
  changes: Partial<SettingsInput>,
  { checked = false, stage = 'production', complete }: SynthesizeOptions,
): (readonly [string, CloudFormationStackArtifact])[] {
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
    const { contexts, observability, ...shared } = createDeployment(
      app,
      stage,
      readSettings({ ...production, alarmEmail: 'operators@example.com', ...changes }),
      { relayCode: () => relay, sources: join(folder, 'image') },
    );
    complete?.(app);
    const assembly = app.synth();
    return Object.entries({ ...shared, ...contexts, observability }).map(([name, { artifactId }]) => {
      const artifact = assembly.getStackArtifact(artifactId);
      // Read while the folder is there.
      void artifact.template;
      return [name, artifact] as const;
    });
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
