import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActionState } from './action-state.ts';

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
