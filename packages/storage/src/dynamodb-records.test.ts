import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { sampleEvent } from './conformance/fixtures.ts';
import { changeOfRecord } from './dynamodb-records.ts';

const image = (version: number, ...events: unknown[]) =>
  marshall({ pk: 'thing#a#b', version, state: { version, count: version }, events, writeIds: 'abcdef' });

const modified = (...events: unknown[]) =>
  changeOfRecord({
    eventName: 'MODIFY',
    dynamodb: { SequenceNumber: '112', OldImage: image(1, sampleEvent('x')), NewImage: image(2, ...events) },
  });

const removed = (userIdentity?: { PrincipalId?: string; principalId?: string }) =>
  changeOfRecord({
    eventName: 'REMOVE',
    userIdentity,
    dynamodb: { SequenceNumber: '113', OldImage: image(3, sampleEvent('x')) },
  });

test('the change of an insert has the new image only', () => {
  const change = changeOfRecord({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: '111', NewImage: image(1, sampleEvent('x')) },
  });
  assert.deepEqual(change, {
    id: '111',
    kind: 'thing',
    key: 'a#b',
    after: { version: 1, state: { version: 1, count: 1 }, events: [sampleEvent('x')] },
    expired: false,
  });
});

test('the change of an update has both images; an update without events is not a change', () => {
  assert.deepEqual(
    [modified(sampleEvent('y'))?.before?.version, modified(sampleEvent('y'))?.after?.events],
    [1, [sampleEvent('y')]],
  );
  assert.equal(modified(), undefined);
});

test('only items that the TTL removed are expired', () => {
  for (const identity of [
    { PrincipalId: 'dynamodb.amazonaws.com' },
    { principalId: 'dynamodb.amazonaws.com' },
  ]) {
    assert.deepEqual(removed(identity), {
      id: '113',
      kind: 'thing',
      key: 'a#b',
      before: { version: 3, state: { version: 3, count: 3 }, events: [sampleEvent('x')] },
      expired: true,
    });
  }
  assert.equal(removed(), undefined);
  assert.equal(removed({ principalId: 'another-principal' }), undefined);
});

test('a record without images throws: the stream view type is wrong', () => {
  assert.throws(
    () => changeOfRecord({ eventName: 'MODIFY', dynamodb: { SequenceNumber: '1' } }),
    /without image/,
  );
});

test('an expired item whose state cannot be read throws here, not where its state is needed', () => {
  const OldImage = { ...image(3), state: { M: { lines: { SS: ['no rows'] } } } };
  const record = { eventName: 'REMOVE', userIdentity: { principalId: 'dynamodb.amazonaws.com' } };
  const dynamodb = { SequenceNumber: '114', OldImage };
  assert.throws(() => changeOfRecord({ ...record, dynamodb }), SyntaxError);
});
