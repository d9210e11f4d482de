import assert from 'node:assert/strict';
import { test } from 'node:test';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { readSettings } from './settings.ts';

const assertRejected = (changes: object, message: RegExp) =>
  assert.throws(() => readSettings({ ...production, ...changes }), message);

test('the settings of both stages are valid, and do not collide in one account', () => {
  const prefixes = [staging, production].map((input) => readSettings(input).namePrefix);
  assert.deepEqual(prefixes, ['staging-', ''], 'production has the names of the contract');
  assert.notEqual(
    staging.bootstrapQualifier,
    production.bootstrapQualifier,
    'otherwise a stage could deploy the other one',
  );
});

test('every invalid setting is reported with its path', () => {
  assertRejected(
    { region: 'Frankfurt', tasks: { min: 0, max: 3 } },
    /^Error: Invalid settings\nregion: .*\ntasks\.min: /,
  );
  assertRejected({ colour: 'red' }, /colour/);
  assertRejected({ domain: { name: 'shop.example.com' } }, /domain: neither certificateArn nor zone is set/);
  assertRejected({ tasks: { min: 5, max: 2 } }, /tasks: min is greater than max/);
});

test('a hold lasts 30 days at most, 900 s by default', () => {
  assert.equal(readSettings(production).holdSeconds, 900);
  assert.equal(readSettings({ ...production, holdSeconds: 2_592_000 }).holdSeconds, 2_592_000);
  assertRejected({ holdSeconds: 2_592_001 }, /holdSeconds: /);
  assertRejected({ holdSeconds: -1 }, /holdSeconds: /);
});

test('URLs that tasks cannot reach through their security group are rejected', () => {
  assertRejected({ traces: { endpoint: 'http://collector.example.com:4318' } }, /traces\.endpoint: .* 443/);
  assertRejected(
    { auth: { ...production.auth, jwksUrl: 'http://issuer.example.com/' } },
    /auth\.jwksUrl: .* 443/,
  );
});

test('without internet access, the key set must be part of the settings, and traces are rejected', () => {
  assertRejected({ egress: 'endpoints' }, /auth\.jwksUrl: .* data: URL/);
  const auth = { ...production.auth, jwksUrl: 'data:application/json,{"keys":[]}' };
  assertRejected(
    { egress: 'endpoints', auth, traces: { endpoint: 'https://collector.example.com' } },
    /traces: /,
  );
  assert.equal(readSettings({ ...production, egress: 'endpoints', auth }).egress, 'endpoints');
});
