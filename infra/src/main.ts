/** CDK app: a stage, all stages, or the roles for GitHub by `-c stage=…`; settings can be overridden by `-c NAME=VALUE`. */
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Artifact, bundle } from '@tandem/bundle/bundle';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { createDeployment, type Stage } from './deployment.ts';
import { createPipelineStack } from './pipeline.ts';
import { rejectPlaceholders } from './settings-placeholders.ts';
import { readSettings, type Settings, type SettingsInput, settingsSchema } from './settings.ts';

const stages: Readonly<Record<Stage, SettingsInput>> = { staging, production };
const root = join(import.meta.dirname, '../..');
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

const choices = [...(Object.keys(stages) as Stage[]), 'all', 'pipeline'] as const;
const choice = choices.find((candidate) => candidate === (app.node.tryGetContext('stage') ?? 'staging'));
switch (choice) {
  case undefined:
    console.error(`-c stage=… must be one of ${choices.join(', ')}`);
    process.exit(1);
    break;
  case 'pipeline':
    createPipelineStack(app, 'tandem-pipeline', {
      repository: String(app.node.tryGetContext('repository')),
      pullers: accounts(app.node.tryGetContext('pullers')),
      environments: Object.fromEntries(
        Object.entries(stages).map(([stage, { region, bootstrapQualifier: qualifier }]) => [
          stage,
          { regions: [region], qualifier },
        ]),
      ),
    });
    break;
  case 'all':
    for (const stage of Object.keys(stages) as Stage[]) await deploy(stage);
    break;
  default:
    await deploy(choice);
}

/** Account numbers that are separated by commas. */
function accounts(text: unknown): readonly string[] {
  return typeof text === 'string' ? text.split(',') : [];
}

async function deploy(stage: Stage): Promise<void> {
  const settings = settingsOrExit(stage);
  const folderOf = (artifact: Artifact) => join(root, '.cache/bundles', artifact);
  const relayOf = (service: ServiceName) => `${service}-relay` as const;
  const artifacts = [
    ...(settings.deployment === 'rolling' ? [] : ['deployment-test' as const]),
    ...(settings.probe === false ? [] : ['probe' as const]),
    ...settings.services.flatMap((service): Artifact[] => [
      ...(topology.relays[service] ? [relayOf(service)] : []),
      ...(topology.services[service].runsAs === 'function' ? [service] : []),
    ]),
  ];
  await Promise.all(artifacts.map((artifact) => bundle(artifact, folderOf(artifact))));
  createDeployment(app, stage, settings, {
    relayCode: (service) => folderOf(relayOf(service)),
    functionCode: folderOf,
    testCode: folderOf('deployment-test'),
    probeCode: folderOf('probe'),
    sources: root,
  });
}

function settingsOrExit(stage: Stage): Settings {
  try {
    const input = { ...stages[stage], ...overrides() };
    const settings = readSettings(input);
    const acknowledged = app.node.tryGetContext('placeholders') === 'allowed';
    rejectPlaceholders(stage, input, { acknowledged });
    return settings;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return process.exit(1);
  }
}

/** Settings overridden by `-c NAME=VALUE`; a value is JSON or else a string. */
function overrides(): Partial<SettingsInput> {
  const entries = Object.keys(settingsSchema.shape).flatMap((name) => {
    const value: unknown = app.node.tryGetContext(name);
    return value === undefined ? [] : [[name, typeof value === 'string' ? parseJsonOrText(value) : value]];
  });
  return Object.fromEntries(entries) as Partial<SettingsInput>;
}

function parseJsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
