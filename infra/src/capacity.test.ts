import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { steadyCapacity } from './capacity-setting.ts';
import { requestsPerTask } from './capacity.ts';
import { readSettings } from './settings.ts';
import { resources, synthesizeAll } from './testing/synth.ts';

const file = { product: { requestsPerMinute: 4_001 }, cart: { requestsPerMinute: 1_000 } };

test('the scaling target is 70 % of the measured capacity of each service', () => {
  const text = JSON.stringify(file);
  assert.deepEqual(requestsPerTask(256, text), { product: 2_800, cart: 700 });
  assert.deepEqual(requestsPerTask(512, text), { product: 5_601, cart: 1_400 });
});

test('an invalid measurement is rejected', () => {
  assert.throws(() => requestsPerTask(256, '{"product": {"requestsPerMinute": 0}}'), /requestsPerMinute/);
});

test('the default scaling target follows the measurement in this repository', () => {
  const measured = requestsPerTask(256);
  assert.ok(measured.product && measured.cart);
  const targets = (requestsPerTaskAndMinute?: number | { cart: number }) =>
    readSettings({ ...production, requestsPerTaskAndMinute }).requestsPerTaskAndMinute;
  assert.deepEqual(targets(), measured);
  assert.deepEqual(
    targets(1_200),
    mapServices(() => 1_200),
  );
  assert.deepEqual(targets({ cart: 900 }), { ...measured, cart: 900 });
});

test('each service has its own scaling target', () => {
  const templates = synthesizeAll({ requestsPerTaskAndMinute: { product: 5_000, cart: 900 } });
  const targets = (['product', 'cart'] as const).map(
    (service) =>
      resources({ [service]: templates[service] }, 'AWS::ApplicationAutoScaling::ScalingPolicy')
        .map(({ Properties }) => Properties['TargetTrackingScalingPolicyConfiguration'])
        .find((it) => it?.PredefinedMetricSpecification.PredefinedMetricType === 'ALBRequestCountPerTarget')
        ?.TargetValue as unknown,
  );
  assert.deepEqual(targets, [5_000, 900]);
});

test('production pays by the request, and bears any day at once', () => {
  const { capacity } = readSettings(production);
  assert.deepEqual(capacity, { mode: 'onDemand', maxReadUnits: 1_000, maxWriteUnits: 500 });
  for (const table of resources(synthesizeAll(), 'AWS::DynamoDB::GlobalTable'))
    assert.equal(table.Properties['BillingMode'], 'PAY_PER_REQUEST');
});

test('the preset steady has the units at the peak as its minimums, each table and index used to 70 %', () => {
  const peaks = { products: { read: 69.7, write: 0 }, 'products/byCategory': { read: 0.7, write: 14 } };
  const { targetPercent, minimums } = steadyCapacity(JSON.stringify(peaks));
  assert.equal(targetPercent, 70);
  assert.deepEqual(minimums, {
    products: { read: 100, write: 1 },
    'products/byCategory': { read: 1, write: 20 },
  });
  assert.throws(() => steadyCapacity('{"products": {"read": -1, "write": 1}}'), /products/);
});

test('the minimums of the preset steady are those of its tables and indexes', () => {
  const { minimums } = steadyCapacity();
  const [products] = resources(synthesizeAll({ capacity: 'steady' }), 'AWS::DynamoDB::GlobalTable').filter(
    ({ Properties }) => Properties['TableName'] === 'products',
  );
  assert.ok(products);
  const { WriteProvisionedThroughputSettings: table, GlobalSecondaryIndexes: indexes } = products.Properties;
  const minimum = (settings: { WriteCapacityAutoScalingSettings: { MinCapacity: number } }) =>
    settings.WriteCapacityAutoScalingSettings.MinCapacity;
  assert.equal(minimum(table), minimums['products']?.write);
  for (const { IndexName, WriteProvisionedThroughputSettings } of indexes)
    assert.equal(minimum(WriteProvisionedThroughputSettings), minimums[`products/${IndexName}`]?.write);
});

test('an unknown preset is rejected, with the choices', () => {
  assert.throws(() => readSettings({ ...production, capacity: 'much' as 'steady' }), /capacity/);
});
