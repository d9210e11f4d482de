import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { requestsPerTask } from './capacity.ts';
import { readSettings } from './settings.ts';
import { resources, synthesize } from './testing/synth.ts';

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
  const templates = synthesize({ requestsPerTaskAndMinute: { product: 5_000, cart: 900 } });
  const targets = (['product', 'cart'] as const).map(
    (service) =>
      resources({ [service]: templates[service] }, 'AWS::ApplicationAutoScaling::ScalingPolicy')
        .map(({ Properties }) => Properties['TargetTrackingScalingPolicyConfiguration'])
        .find((it) => it?.PredefinedMetricSpecification.PredefinedMetricType === 'ALBRequestCountPerTarget')
        ?.TargetValue as unknown,
  );
  assert.deepEqual(targets, [5_000, 900]);
});
