import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptionBytesOf, DOMAIN, settingsFor, shareOf } from './settings.ts';

test('options are converted to settings with JSON or text values', () => {
  assert.deepEqual(settingsFor({}), { domain: DOMAIN });
  assert.deepEqual(
    settingsFor({ egress: 'nat', set: ['tasks={"min":3,"max":8}', 'runbookUrl=https://a.example/'] }),
    {
      domain: DOMAIN,
      egress: 'nat',
      tasks: { min: 3, max: 8 },
      runbookUrl: 'https://a.example/',
    },
  );
  assert.deepEqual(settingsFor({ capacity: 'steady' }), { domain: DOMAIN, capacity: 'steady' });
});

test('without internet access the key set is part of the settings', () => {
  const { auth } = settingsFor({ egress: 'endpoints' });
  assert.match(String(auth?.jwksUrl), /^data:/);
});

test('an invalid option is a usage error', () => {
  assert.throws(() => settingsFor({ capacity: 'much' }), { code: 'usage' });
  assert.throws(() => settingsFor({ set: ['tasks'] }), { code: 'usage' });
  for (const text of ['', 'half', '-1', '1.5']) assert.throws(() => shareOf(text), { code: 'usage' }, text);
  assert.equal(shareOf('0.5'), 0.5);
  for (const text of ['', '-1', '1.5', '99999'])
    assert.throws(() => descriptionBytesOf(text), { code: 'usage' }, text);
  assert.equal(descriptionBytesOf('4000'), 4_000);
});
