import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { placeholdersIn, rejectPlaceholders } from './settings-placeholders.ts';

const root = join(import.meta.dirname, '../..');

test('every placeholder of the shipped settings is found, by its path (oracle 7)', () => {
  const paths = (settings: object) => placeholdersIn(settings).map((line) => line.replace(/: .*/, ''));
  assert.deepEqual(paths(staging), ['auth.issuer', 'auth.jwksUrl']);
  assert.deepEqual(paths(production), [
    'auth.issuer',
    'auth.jwksUrl',
    'domain.name',
    'domain.zone.id',
    'domain.zone.name',
    'alerts.page.0',
    'alerts.ticket.0',
  ]);
});

test('texts that nobody can own are placeholders wherever they are; those of a real deployment are not', () => {
  for (const value of [
    'ops@example.com',
    'https://shop.example',
    'https://shop.example/',
    'https://issuer.example.org/jwks?x=1',
    'https://login.test/keys',
    'EXAMPLE.COM',
    'arn:aws:acm:us-east-1:000000000000:certificate/1',
    'arn:aws:acm:us-east-1:123456789012:certificate/1',
    123_456_789_012,
  ])
    assert.equal(placeholdersIn({ any: [value] }).length, 1, String(value));
  for (const value of [
    'https://example-shop.com',
    'https://myexample.com',
    'https://example.company.io',
    'https://testing.io/test',
    'ops@contest.io',
    'Z04812345ABCDEF',
    'arn:aws:acm:us-east-1:482910573826:certificate/000000000001',
    'tandem',
    'docs/runbook.md',
    'urn:tandem:local',
  ])
    assert.deepEqual(placeholdersIn({ any: [value] }), [], value);
});

test('the error names every placeholder, the file and the acknowledgement', () => {
  assert.throws(
    () => rejectPlaceholders('staging', staging, { acknowledged: false }),
    /Settings of staging are placeholders:\n {2}auth\.issuer: .*\n {2}auth\.jwksUrl: .*\nFill in .*infra\/settings\/staging\.ts.*-c placeholders=allowed$/s,
  );
  rejectPlaceholders('staging', staging, { acknowledged: true });
});

test('the app exits with that error before it makes any stack, also for a single setting of the command line', () => {
  const run = (context: object) =>
    spawnSync(process.execPath, ['infra/src/main.ts'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
  const auth = { issuer: 'https://id.shop.io/', audience: 'tandem', jwksUrl: 'https://id.shop.io/keys' };
  for (const [context, path] of [
    [{ stage: 'staging' }, 'auth.issuer'],
    [{ stage: 'staging', auth, corsOrigins: '["https://shop.example"]' }, 'corsOrigins.0'],
    [
      { stage: 'staging', auth, placeholders: 'true', corsOrigins: '["https://shop.example"]' },
      'corsOrigins.0',
    ],
  ] as const) {
    const { status, stderr } = run(context);
    assert.equal(status, 1);
    assert.ok(stderr.includes(`placeholders:\n  ${path}: `), stderr);
  }
});

test('only commands that deploy nothing acknowledge placeholders', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  assert.match(read('package.json'), /"synth": "cdk synth [^"]*-c placeholders=allowed"/);
  assert.match(read('.github/workflows/diff.yml'), /cdk synth [^\n]*-c placeholders=allowed/);
  for (const deploying of ['.github/workflows/deploy.yml', 'tools/release/src/main.ts'])
    assert.doesNotMatch(read(deploying), /placeholders/);
});
