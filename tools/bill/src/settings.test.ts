import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFor } from './settings.ts';

test('options become settings, whose values are JSON or text', () => {
  assert.deepEqual(settingsFor({}), {});
  assert.deepEqual(
    settingsFor({ egress: 'nat', set: ['tasks={"min":3,"max":8}', 'alarmEmail=a@b.example'] }),
    {
      egress: 'nat',
      tasks: { min: 3, max: 8 },
      alarmEmail: 'a@b.example',
    },
  );
  assert.deepEqual(settingsFor({ capacity: 'onDemand' }), { capacity: { mode: 'onDemand' } });
});

test('where there is no way to the Internet the keys come along', () => {
  const { auth } = settingsFor({ egress: 'endpoints' });
  assert.match(String(auth?.jwksUrl), /^data:/);
});

test('what is no setting is a usage error', () => {
  assert.throws(() => settingsFor({ capacity: 'much' }), { code: 'usage' });
  assert.throws(() => settingsFor({ set: ['tasks'] }), { code: 'usage' });
});
