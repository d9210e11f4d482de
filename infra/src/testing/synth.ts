import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunsAs } from '@tandem/contracts/topology-types';
import { mapServices, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
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

export type StackName = 'network' | 'edge' | 'events' | `${ServiceName}-data` | ServiceName | 'observability';
/** `backup`: where the setting is set. */
export type Templates = Readonly<Record<StackName, CloudFormation>> & { readonly backup?: CloudFormation };

export interface SynthesizeOptions {
  /** Whether findings of the checks are errors, as they are where the real stacks are synthesized. */
  readonly checked?: boolean;
  readonly stage?: Stage;
  /** How some services run; default: as in the topology. */
  readonly runsAs?: Readonly<Partial<Record<ServiceName, RunsAs>>>;
}

/** The templates of production, some settings changed. Throws where `checked` and a finding is not acknowledged. */
export function synthesize(changes: Partial<SettingsInput> = {}, options: SynthesizeOptions = {}): Templates {
  const templates = artifacts(changes, options).map(([name, { template }]) => [
    name,
    template as CloudFormation,
  ]);
  return Object.fromEntries(templates) as Templates;
}

/** The templates of production with all services, some settings changed. */
export function synthesizeAll(
  changes: Partial<SettingsInput> = {},
  options: SynthesizeOptions = {},
): Templates {
  return synthesize({ services: [...serviceNames], ...changes }, options);
}

/** Settings with which there is all that can hold data. */
export const stateful: Partial<SettingsInput> = {
  customerKey: true,
  backup: { vaultArn: 'arn:aws:backup:us-east-1:222233334444:backup-vault:tandem' },
};

/** Options with which every service runs in one way. */
export const asTasks: SynthesizeOptions = { runsAs: mapServices(() => 'task' as const) };
export const asFunctions: SynthesizeOptions = { runsAs: mapServices(() => 'function' as const) };

/** Production without a domain, which tests add. */
const { domain: _, ...undomained } = production;
const trial: SettingsInput = { ...undomained, plainHttp: true };

/** What is said of the stacks while they are synthesized, and stops nobody. */
export function warnings(changes: Partial<SettingsInput> = {}, options: SynthesizeOptions = {}): string[] {
  return artifacts(changes, options).flatMap(([, { messages }]) =>
    messages
      .filter(({ level }) => level === SynthesisMessageLevel.WARNING)
      .map(({ entry }) => entry.data as string),
  );
}

/** The stacks as the CDK deploys them, all services included: what they depend on, and how they are protected. */
export function stackArtifacts(
  changes: Partial<SettingsInput> = {},
  options: SynthesizeOptions = {},
): (readonly [string, CloudFormationStackArtifact])[] {
  return artifacts({ services: [...serviceNames], ...changes }, options);
}

function artifacts(
  changes: Partial<SettingsInput>,
  { checked = false, stage = 'production', runsAs = {} }: SynthesizeOptions,
): (readonly [string, CloudFormationStackArtifact])[] {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const folder = mkdtempSync(join(tmpdir(), 'tandem-synth-'));
  process.env['CDK_VALIDATION'] = String(checked);
  try {
    for (const [name, file] of [
      ['relay', 'main.mjs'],
      ['function', 'main.mjs'],
      ['image', 'Dockerfile'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, file), '');
    }
    const app = new App({ context: { ...context }, outdir: join(folder, 'cdk.out') });
    if (checked) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const { data, backup, contexts, observability, ...shared } = createDeployment(
      app,
      stage,
      readSettings({ ...trial, ...changes }),
      {
        relayCode: () => join(folder, 'relay'),
        functionCode: () => join(folder, 'function'),
        testCode: join(folder, 'function'),
        probeCode: join(folder, 'function'),
        sources: join(folder, 'image'),
      },
      (service) => runsAs[service] ?? topology.services[service].runsAs,
    );
    const assembly = app.synth();
    const stacks = [
      ...Object.entries(shared),
      ...(backup ? [['backup', backup] as const] : []),
      ...[...data].map(([service, stack]) => [`${service}-data`, stack] as const),
      ...contexts,
      ['observability', observability] as const,
    ];
    return stacks.map(([name, { artifactId }]) => {
      const artifact = assembly.getStackArtifact(artifactId);
      // Read while the folder is there.
      void artifact.template;
      return [name, artifact] as const;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The stacks of a service: its data, and what runs. */
export function stacksOf(templates: Templates, service: ServiceName): Partial<Templates> {
  const data = `${service}-data` as const;
  return { [data]: templates[data], [service]: templates[service] };
}

/** The resources of a type, of all stacks or of one. */
export function resources(templates: Partial<Templates>, type: string): Resource[] {
  return Object.values(templates).flatMap(({ Resources }) =>
    Object.values(Resources).filter(({ Type }) => Type === type),
  );
}
