import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { createAnalyticsService } from './app.ts';
import { openFigures } from './application/testing.ts';

test('the service is ready while its table responds', async (t) => {
  const { table } = openFigures(t);
  let isReachable = true;
  const { app } = await createAnalyticsService({
    table: {
      ...table,
      ping: async () => (isReachable ? table.ping() : Promise.reject(new Error('unreachable'))),
    },
    sqs: {} as never,
    sns: {} as never,
    topicArn: '',
    queueUrls: { 'analytics-events-queue': '' },
    auth: { authenticate: async () => undefined },
    logger: createLogger({ name: 'analytics', level: 'silent' }),
    metrics: createMetrics(),
  });
  t.after(() => app.close());
  assert.equal((await app.inject('/ready')).statusCode, 200);
  isReachable = false;
  assert.equal((await app.inject('/ready')).statusCode, 503);
  assert.equal((await app.inject('/health')).statusCode, 200);
});
