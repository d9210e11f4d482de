import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFor } from './settings.ts';

test('options are converted to settings with JSON or text values', () => {
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

test('without internet access the key set is part of the settings', () => {
  const { auth } = settingsFor({ egress: 'endpoints' });
  assert.match(String(auth?.jwksUrl), /^data:/);
});

test('an invalid option is a usage error', () => {
  assert.throws(() => settingsFor({ capacity: 'much' }), { code: 'usage' });
  assert.throws(() => settingsFor({ set: ['tasks'] }), { code: 'usage' });
});
