import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce, createActionState } from './actions.ts';
import { Problem } from './api.ts';
import { announceRecovery } from './recovery.ts';

test('a pending action does not start twice, and other actions still run', async () => {
  const actions = createActionState();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = actions.run('buy', () => promise);
  await actions.run('buy', () => assert.fail('started twice'));
  await actions.run('refresh', async () => undefined);
  assert.deepEqual([actions.isPending('buy'), actions.isPending('refresh')], [true, false]);
  resolve();
  await first;
  assert.equal(actions.isPending('buy'), false);
});

test('an error stays until its action succeeds or the error is cleared', async () => {
  const actions = createActionState();
  const fail = (name: string) => actions.run(name, () => Promise.reject(new Error(`no ${name}`)));
  await fail('line:a');
  await fail('line:b');
  assert.deepEqual([actions.errorOf('line:a'), actions.errorOf('line:b')], ['no line:a', 'no line:b']);
  await actions.run('line:a', async () => undefined);
  assert.deepEqual([actions.errorOf('line:a'), actions.errorOf('line:b')], [undefined, 'no line:b']);
  actions.clearErrors((name) => name.startsWith('line:'));
  assert.equal(actions.errorOf('line:b'), undefined);
});

test('the error of a service that was down is cleared once it has recovered; a rejection stays', async () => {
  const actions = createActionState();
  const fail = (name: string, status: number, type: string) =>
    actions.run(name, () => Promise.reject(new Problem(status, { type, detail: name })));
  await fail('gone', 0, '');
  await fail('down', 503, 'urn:tandem:problem:upstream-unavailable');
  await fail('rejected', 409, 'urn:tandem:problem:insufficient-stock');
  assert.deepEqual(
    ['gone', 'down', 'rejected'].map((name) => actions.errorOf(name)),
    ['gone', 'down', 'rejected'],
  );
  announceRecovery();
  assert.deepEqual(
    ['gone', 'down', 'rejected'].map((name) => actions.errorOf(name)),
    [undefined, undefined, 'rejected'],
  );
});

test('many calls cause one run, and one more if calls arrive while it runs', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ends: ((value?: unknown) => void)[] = [];
  const call = coalesce(() => new Promise((resolve) => ends.push(resolve)), 50);

  for (let i = 0; i < 5; i += 1) call();
  t.mock.timers.tick(49);
  assert.equal(ends.length, 0);
  t.mock.timers.tick(1);
  assert.equal(ends.length, 1);

  call();
  call();
  t.mock.timers.tick(500);
  assert.equal(ends.length, 1, 'the first run is still pending');
  ends[0]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(50);
  assert.equal(ends.length, 2);
  ends[1]?.();
  await new Promise(setImmediate);
  t.mock.timers.tick(500);
  assert.equal(ends.length, 2, 'no call since the last run');
});
