import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { readSettings, type SettingsInput } from './settings.ts';
import { type Factors, pairwise, type Row } from './testing/pairwise.ts';
import { asFunctions, asTasks, type SynthesizeOptions, warnings } from './testing/synth.ts';

const zone = { id: 'Z1', name: 'example.org' };
const certificateArn = 'arn:aws:acm:us-east-1:333344445555:certificate/1';
const jwksUrl = 'data:application/json,{"keys":[]}';

/** Changes of settings; each factor starts with one that is possible with all of the others. */
const settings = {
  deployment: ['rolling', 'blueGreen', 'linear', 'canary'].map((deployment) => ({ deployment })),
  deploymentTest: [
    {},
    {
      deploymentTest: { tokenUrl: 'https://issuer.example/token', clientId: 'smoke', clientSecretName: 's' },
    },
  ],
  network: [
    {},
    { natGateways: 2 },
    { egress: 'endpoints', auth: { issuer: 'i', audience: 'a', jwksUrl } },
    { egress: 'ipv6' },
    {
      vpc: {
        id: 'vpc-0a1b2c3d',
        availabilityZones: ['us-east-1a', 'us-east-1b'],
        publicSubnets: ['subnet-0b1a2b3c', 'subnet-0b2a2b3c'],
        taskSubnets: ['subnet-0c1a2b3c', 'subnet-0c2a2b3c'],
      },
    },
  ],
  domain: [
    { domain: { name: 'shop.example.org', zone } },
    { domain: undefined, plainHttp: true },
    { domain: { name: 'shop.example.org', certificateArn } },
    { domain: { name: 'shop.example.org', zone, certificateArn } },
  ],
  cloudFront: [
    {},
    { cloudFront: { prefixListId: 'pl-3b927c52' } },
    { cloudFront: { prefixListId: 'pl-3b927c52', certificateArn } },
  ],
  waf: [{}, { waf: { requestsPerFiveMinutes: 2_000 } }],
  region: [{}, { region: 'eu-central-1' }],
  account: [{}, { account: '333344445555' }],
  capacity: ['onDemand', 'steady', { mode: 'provisioned', minUnits: 5, maxUnits: 50 }].map((capacity) => ({
    capacity,
  })),
  customerKey: [{}, { customerKey: true }],
  backup: [{}, { backup: { vaultArn: 'arn:aws:backup:us-east-1:222233334444:backup-vault:tandem' } }],
  traces: [
    {},
    { traces: { xray: true } },
    { traces: { endpoint: 'https://collector.example.com', headersSecretName: 'headers' } },
  ],
  spot: [{}, { spot: true }],
  tasks: [{}, { tasks: { min: 1, max: 1 } }],
  insights: [{}, { containerInsights: true, contributorInsights: true }],
  probe: [{}, { probe: false }, { probe: { everyMinutes: 60 } }],
  services: [{ services: [...serviceNames] }, { services: ['product', 'cart'] }, { services: ['product'] }],
  alerts: [{}, { alerts: undefined, unwatched: true, budgetUsd: undefined }],
  namePrefix: [{}, { namePrefix: 'staging-' }],
} satisfies Record<string, readonly Record<string, unknown>[]>;

const options = { runsAs: [{}, asTasks, asFunctions], stage: [{}, { stage: 'staging' }] } satisfies Record<
  string,
  readonly SynthesizeOptions[]
>;
const factors: Factors = { ...settings, ...options };

const merged = (row: Row, from: Factors) =>
  Object.assign({}, ...Object.entries(from).map(([factor, values]) => values[row[factor] ?? 0])) as object;
const settingsOf = (row: Row) => merged(row, settings) as Partial<SettingsInput>;
const isValid = (row: Row): boolean => {
  try {
    readSettings({ ...production, ...settingsOf(row) });
    return true;
  } catch {
    return false;
  }
};
const { rows, impossible } = pairwise(factors, isValid);
const nameOf = ([factor, value]: readonly [string, number]) =>
  `${factor} ${JSON.stringify(factors[factor]?.[value])}`;
const textOf = (row: Row) =>
  Object.entries(row)
    .filter(([, value]) => value > 0)
    .map(nameOf)
    .join('; ');

test('each pair of settings is possible, but for those that contradict each other', () => {
  const factorsOf = new Set(impossible.map(({ a, b }) => [a[0], b[0]].toSorted().join(' and ')));
  assert.deepEqual([...factorsOf].toSorted(), [
    'cloudFront and domain',
    'cloudFront and network',
    'cloudFront and region',
    'network and traces',
  ]);
  assert.ok(rows.length > 20 && rows.length < 60, `${rows.length} rows`);
});

for (const [i, row] of rows.entries())
  test(`settings ${i} synthesize without a finding or a warning: ${textOf(row)}`, () => {
    assert.deepEqual(warnings(settingsOf(row), { ...merged(row, options), checked: true }), []);
  });
