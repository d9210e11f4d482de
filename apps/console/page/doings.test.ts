import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoings } from './doings.ts';

test('what is under way is not begun again, and other things are', async () => {
  const doings = createDoings();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = doings.run('buy', () => promise);
  await doings.run('buy', () => assert.fail('begun again'));
  await doings.run('look', async () => undefined);
  assert.deepEqual([doings.isUnderWay('buy'), doings.isUnderWay('look')], [true, false]);
  resolve();
  await first;
  assert.equal(doings.isUnderWay('buy'), false);
});

test('a problem is kept under its name until that goes well or is over', async () => {
  const doings = createDoings();
  const fail = (name: string) => doings.run(name, () => Promise.reject(new Error(`no ${name}`)));
  await fail('line:a');
  await fail('line:b');
  assert.deepEqual([doings.problemOf('line:a'), doings.problemOf('line:b')], ['no line:a', 'no line:b']);
  await doings.run('line:a', async () => undefined);
  assert.deepEqual([doings.problemOf('line:a'), doings.problemOf('line:b')], [undefined, 'no line:b']);
  doings.forget((name) => name.startsWith('line:'));
  assert.equal(doings.problemOf('line:b'), undefined);
});
