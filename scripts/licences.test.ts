import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsOf, licenceFindings } from './licences.ts';

const of = (name: string, license?: string, lock = 'package-lock.json') =>
  findingsOf({ packages: { [`node_modules/${name}`]: license === undefined ? {} : { license } } }, lock);
const simulator = 'infra/src/testing/privileges/package-lock.json';

test('each package of each lock file has an allowed licence (security 17)', () => {
  assert.deepEqual(licenceFindings(), []);
});

test('a package with another licence, or with none, is reported (security 17)', () => {
  for (const licence of [
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'LGPL-2.1',
    'SSPL-1.0',
    'BUSL-1.1',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.md',
    'MIT AND GPL-3.0-only',
    '(MIT AND GPL-3.0-only)',
    '(MIT OR Apache-2.0) AND GPL-3.0-only',
    'MPL-2.0',
    'mit',
    '',
    undefined,
  ])
    assert.deepEqual(of('some', licence), [`package-lock.json: some: ${licence ?? 'none stated'}`]);
});

test('of alternatives one may be chosen', () => {
  for (const licence of ['MIT', 'MIT OR GPL-3.0-only', '(GPL-3.0-or-later OR MIT)'])
    assert.deepEqual(of('some', licence), []);
});

test('a nested package counts, a workspace does not', () => {
  const packages = {
    '': { license: 'x' },
    'packages/own': {},
    'node_modules/@tandem/own': { link: true },
    'node_modules/a/node_modules/@b/c': { license: 'GPL-3.0-only' },
  };
  assert.deepEqual(findingsOf({ packages }, 'package-lock.json'), ['package-lock.json: @b/c: GPL-3.0-only']);
});

test('AGPL is for the simulator in its own lock file alone (security 17)', () => {
  const name = '@cloud-copilot/iam-simulate';
  assert.deepEqual(of(name, 'AGPL-3.0-or-later', simulator), []);
  assert.equal(of(name, 'AGPL-3.0-or-later').length, 1);
  assert.equal(of('other', 'AGPL-3.0-or-later', simulator).length, 1);
});
