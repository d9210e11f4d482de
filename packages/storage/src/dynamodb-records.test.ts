import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { happened } from './conformance/fixtures.ts';
import { changeOfRecord } from './dynamodb-records.ts';

const image = (version: number, ...events: unknown[]) =>
  marshall({ pk: 'thing#a#b', version, state: { version, count: version }, events, writeIds: 'abcdef' });

const modified = (...events: unknown[]) =>
  changeOfRecord({
    eventName: 'MODIFY',
    dynamodb: { SequenceNumber: '112', OldImage: image(1, happened('x')), NewImage: image(2, ...events) },
  });

const removed = (userIdentity?: { PrincipalId?: string; principalId?: string }) =>
  changeOfRecord({
    eventName: 'REMOVE',
    userIdentity,
    dynamodb: { SequenceNumber: '113', OldImage: image(3, happened('x')) },
  });

test('an insert', () => {
  const change = changeOfRecord({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: '111', NewImage: image(1, happened('x')) },
  });
  assert.deepEqual(change, {
    id: '111',
    kind: 'thing',
    key: 'a#b',
    after: { version: 1, state: { version: 1, count: 1 }, events: [happened('x')] },
    expired: false,
  });
});

test('a change has both images, and no events are no change', () => {
  assert.deepEqual(
    [modified(happened('y'))?.before?.version, modified(happened('y'))?.after?.events],
    [1, [happened('y')]],
  );
  assert.equal(modified(), undefined);
});

test('only what the TTL removed has expired', () => {
  for (const identity of [
    { PrincipalId: 'dynamodb.amazonaws.com' },
    { principalId: 'dynamodb.amazonaws.com' },
  ]) {
    assert.deepEqual(removed(identity), {
      id: '113',
      kind: 'thing',
      key: 'a#b',
      before: { version: 3, state: { version: 3, count: 3 }, events: [happened('x')] },
      expired: true,
    });
  }
  assert.equal(removed(), undefined);
  assert.equal(removed({ principalId: 'somebody' }), undefined);
});

test('a record without images is a fault of the set-up', () => {
  assert.throws(
    () => changeOfRecord({ eventName: 'MODIFY', dynamodb: { SequenceNumber: '1' } }),
    /without image/,
  );
});
