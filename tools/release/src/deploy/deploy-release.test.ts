import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployRelease, type Steps } from './deploy-release.ts';

/** Steps on releases that are names: those in `broken` fail where it says. */
function fakeSteps({
  lastGood,
  broken = {},
  tokens = [true, true, true],
}: {
  readonly lastGood?: string;
  readonly broken?: Readonly<Record<string, 'deploy' | 'smoke'>>;
  /** Whether each request for a token succeeds. */
  readonly tokens?: readonly boolean[];
}) {
  const calls: string[] = [];
  const answers = [...tokens];
  const steps: Steps<string> = {
    fetchLastGood: () => Promise.resolve(lastGood),
    fetchToken: () =>
      answers.shift() === true ? Promise.resolve('token') : Promise.reject(new Error('The issuer is down.')),
    deploy: (release) => {
      calls.push(`deploy ${release}`);
      return broken[release] === 'deploy' ? Promise.reject(new Error('rolled back')) : Promise.resolve('url');
    },
    smokeTest: (release) => {
      calls.push(`smoke ${release}`);
      return broken[release] === 'smoke' ? Promise.reject(new Error('no such product')) : Promise.resolve();
    },
    recordAsGood: (release) => {
      calls.push(`record ${release}`);
      return Promise.resolve();
    },
    isSame: (one, other) => one === other,
    report: () => undefined,
  };
  return { calls, steps };
}

for (const [what, scenario, outcome, calls] of [
  [
    'a good release becomes the last good one',
    { lastGood: 'v1' },
    'deployed',
    ['deploy v2', 'smoke v2', 'record v2'],
  ],
  [
    'a failed smoke test restores the last good version, which is tested too (F7)',
    { lastGood: 'v1', broken: { v2: 'smoke' } },
    'restored',
    ['deploy v2', 'smoke v2', 'deploy v1', 'smoke v1'],
  ],
  [
    'a deployment that fails midway restores it too, as it may have changed a part of the stacks',
    { lastGood: 'v1', broken: { v2: 'deploy' } },
    'restored',
    ['deploy v2', 'deploy v1', 'smoke v1'],
  ],
  [
    'a first release that fails stays for inspection',
    { broken: { v2: 'smoke' } },
    'failed',
    ['deploy v2', 'smoke v2'],
  ],
  [
    'a restoration that cannot be deployed is a failure',
    { lastGood: 'v1', broken: { v2: 'smoke', v1: 'deploy' } },
    'failed',
    ['deploy v2', 'smoke v2', 'deploy v1'],
  ],
  [
    'a restored version that fails its own smoke test is a failure: the cause may be elsewhere',
    { lastGood: 'v1', broken: { v2: 'smoke', v1: 'smoke' } },
    'failed',
    ['deploy v2', 'smoke v2', 'deploy v1', 'smoke v1'],
  ],
  [
    'the last good version, deployed again, is not restored by itself',
    { lastGood: 'v2', broken: { v2: 'smoke' } },
    'failed',
    ['deploy v2', 'smoke v2'],
  ],
  [
    'an issuer that fails after the deployment says nothing about the release: it is neither good nor replaced',
    { lastGood: 'v1', tokens: [true, false] },
    'unverified',
    ['deploy v2'],
  ],
] as const) {
  test(what, async () => {
    const fake = fakeSteps(scenario);
    assert.deepEqual([await deployRelease('v2', fake.steps), fake.calls], [outcome, calls]);
  });
}

test('nothing is deployed if the last good version or a token cannot be fetched', async () => {
  const noToken = fakeSteps({ lastGood: 'v1', tokens: [false] });
  await assert.rejects(deployRelease('v2', noToken.steps), /issuer is down/);
  const { calls, steps } = fakeSteps({ lastGood: 'v1' });
  const noStore = { ...steps, fetchLastGood: () => Promise.reject(new Error('Access Denied')) };
  await assert.rejects(deployRelease('v2', noStore), /Access Denied/);
  assert.deepEqual([noToken.calls, calls], [[], []]);
});

test('a good release that cannot be recorded is an error, as the next failure would restore the one before', async () => {
  const { steps } = fakeSteps({ lastGood: 'v1' });
  const noStore = { ...steps, recordAsGood: () => Promise.reject(new Error('Access Denied')) };
  await assert.rejects(deployRelease('v2', noStore), /Access Denied/);
});
