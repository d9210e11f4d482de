import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { readSettings } from './settings.ts';
import { physicalName } from './testing/physical-name.ts';
import { resources, synthesize, synthesizeAll } from './testing/synth.ts';

test('staging deploys all services; production only the shop, until analytics is added to its settings', () => {
  assert.deepEqual(readSettings(staging).services, serviceNames);
  assert.deepEqual(readSettings(production).services, ['product', 'cart']);
});

test('services are deployed in the order of the topology, each once', () => {
  const services = ['analytics', 'cart', 'product', 'cart'] as const;
  assert.deepEqual(readSettings({ ...production, services: [...services] }).services, [
    'product',
    'cart',
    'analytics',
  ]);
  assert.throws(() => readSettings({ ...production, services: [] }), /services: /);
  assert.throws(() => readSettings({ ...production, services: ['stock' as 'cart'] }), /services\.0: /);
});

test('a service that is left out has no stack, alarms, dashboard or subscriptions; the others stay as they are', () => {
  const all = synthesizeAll();
  const shop = synthesize({ services: ['product', 'cart'] });
  assert.deepEqual(
    Object.keys(shop),
    Object.keys(all).filter((stack) => !stack.startsWith('analytics')),
  );
  const { analytics: _, 'analytics-data': __, observability, ...others } = all;
  const { observability: watched, ...deployed } = shop;
  assert.deepEqual(deployed, others);
  const namesIn = (template: typeof observability, type: string) =>
    resources({ observability: template }, type).map(({ Properties }) =>
      String(Properties['AlarmName'] ?? Properties['DashboardName']),
    );
  for (const type of ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard']) {
    const expected = namesIn(observability, type).filter((name) => !name.includes('analytics'));
    assert.ok(expected.length > 0);
    assert.deepEqual(namesIn(watched, type), expected);
  }
  assert.match(JSON.stringify(all), /analytics/);
  assert.ok(!/analytics/i.test(JSON.stringify(shop)));
});

test('a service can be deployed without those whose events it consumes: the topics exist in any case', () => {
  const { events, 'analytics-data': data, ...others } = synthesize({ services: ['analytics'] });
  assert.deepEqual(Object.keys(others), ['network', 'edge', 'analytics', 'observability']);
  const topics = resources({ events }, 'AWS::SNS::Topic').map(({ Properties }) =>
    String(Properties['TopicName']),
  );
  assert.deepEqual(topics.toSorted(), Object.keys(topology.topics).toSorted());
  const subscriptions = resources({ 'analytics-data': data }, 'AWS::SNS::Subscription');
  assert.ok(subscriptions.length > 0);
  for (const { Properties } of subscriptions)
    assert.ok(topics.includes(physicalName(data, Properties['TopicArn'])));
});
