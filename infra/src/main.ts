import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from '../../scripts/bundle.ts';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { createDeployment, type Stage } from './deployment.ts';
import { readSettings, type SettingsInput, settingsSchema } from './settings.ts';

const stages: Readonly<Record<Stage, SettingsInput>> = { staging, production };
const root = join(import.meta.dirname, '../..');
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

const chosen: unknown = app.node.tryGetContext('stage') ?? 'staging';
const names = Object.keys(stages) as Stage[];
const selected = chosen === 'all' ? names : names.filter((stage) => stage === chosen);
if (selected.length === 0) {
  console.error(`-c stage=${String(chosen)}: expected ${names.join(', ')}, or all to synthesize both`);
  process.exit(1);
}

const bundles = join(root, '.cache/bundles');
const relays = { product: join(bundles, 'product-relay'), cart: join(bundles, 'cart-relay') };
rmSync(bundles, { recursive: true, force: true });
await bundle('product-relay', relays.product);
await bundle('cart-relay', relays.cart);

for (const stage of selected) {
  const settings = { ...stages[stage], ...overrides() };
  createDeployment(app, stage, readSettings(settings), { relays, sources: root });
}

/** Settings given as `-c NAME=VALUE`, a value being JSON or else a text. */
function overrides(): Partial<SettingsInput> {
  const given = Object.keys(settingsSchema.shape).flatMap((name) => {
    const value: unknown = app.node.tryGetContext(name);
    return value === undefined ? [] : [[name, typeof value === 'string' ? parsed(value) : value]];
  });
  return Object.fromEntries(given) as Partial<SettingsInput>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
