import assert from 'node:assert/strict';
import { test } from 'node:test';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { readSettings } from './settings.ts';

const refused = (changes: object, fault: RegExp) =>
  assert.throws(() => readSettings({ ...production, ...changes }), fault);

test('the settings of both stages are valid, and fit beside each other into one account', () => {
  const prefixes = [staging, production].map((it) => readSettings(it).namePrefix);
  assert.deepEqual(prefixes, ['staging-', ''], 'production has the names of the contract');
  assert.notEqual(staging.bootstrapQualifier, production.bootstrapQualifier, 'or one could deploy the other');
});

test('every fault is told, with its place', () => {
  refused(
    { region: 'Frankfurt', tasks: { min: 0, max: 3 } },
    /^Error: Invalid settings\nregion: .*\ntasks\.min: /,
  );
  refused({ colour: 'red' }, /colour/);
  refused({ domain: { name: 'shop.example.com' } }, /domain: give a certificateArn, a zone, or both/);
  refused({ tasks: { min: 5, max: 2 } }, /tasks: min is greater than max/);
});

test('a hold lasts 30 days at most, 900 s by default', () => {
  assert.equal(readSettings(production).holdSeconds, 900);
  assert.equal(readSettings({ ...production, holdSeconds: 2_592_000 }).holdSeconds, 2_592_000);
  refused({ holdSeconds: 2_592_001 }, /holdSeconds: /);
  refused({ holdSeconds: -1 }, /holdSeconds: /);
});

test('what tasks cannot reach through their security group is refused', () => {
  refused({ traces: { endpoint: 'http://collector.example.com:4318' } }, /traces\.endpoint: .* 443/);
  refused({ auth: { ...production.auth, jwksUrl: 'http://issuer.example.com/' } }, /auth\.jwksUrl: .* 443/);
});

test('without internet, keys must come with the settings, and spans cannot be sent out', () => {
  refused({ egress: 'endpoints' }, /auth\.jwksUrl: .* data: URL/);
  const auth = { ...production.auth, jwksUrl: 'data:application/json,{"keys":[]}' };
  refused({ egress: 'endpoints', auth, traces: { endpoint: 'https://collector.example.com' } }, /traces: /);
  assert.equal(readSettings({ ...production, egress: 'endpoints', auth }).egress, 'endpoints');
});
