import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ephemeralRecords, openRecords, type RedriveRecord } from './record.ts';

const sending = (eventId: string, changes: Partial<RedriveRecord> = {}): RedriveRecord => ({
  time: '2026-02-14T15:00:00.000Z',
  who: 'alice',
  queue: 'q',
  destination: 'd',
  outcome: 'sending',
  messages: [{ messageId: 'm', eventId }],
  ...changes,
});

test('the latest redrive of each event is known, also of other processes and of an unfinished line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-'));
  const file = join(folder, 'redrives.ndjson');
  try {
    await using records = openRecords(file);
    assert.equal((await records.redrives()).size, 0, 'no file yet');
    await records.saveRecord(sending('é/1'));
    await records.saveRecord(sending('é/1', { outcome: 'sent', who: 'nobody' }));
    assert.deepEqual((await records.redrives()).get('é/1'), {
      at: new Date('2026-02-14T15:00:00.000Z'),
      who: 'alice',
      isEdited: false,
    });
    const messages = [{ messageId: 'm', eventId: 'é/2', body: '{}', editedBody: '{"a":1}' }];
    const line = JSON.stringify(sending('', { who: 'Zoë', messages }));
    const bytes = Buffer.from(`no JSON\n${line}\n`);
    const middle = bytes.indexOf('ë') + 1;
    await appendFile(file, bytes.subarray(0, middle));
    assert.deepEqual([...(await records.redrives()).keys()], ['é/1']);
    await appendFile(file, bytes.subarray(middle));
    assert.partialDeepStrictEqual((await records.redrives()).get('é/2'), { who: 'Zoë', isEdited: true });
    const [first, second] = await Promise.all([records.redrives(), records.redrives()]);
    assert.deepEqual([first.size, second.size], [2, 2]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a system that stores nothing remembers the latest redrives, a bounded number of them', async () => {
  const records = ephemeralRecords();
  for (let i = 0; i < 10_001; i += 1) await records.saveRecord(sending(`e/${i}`));
  const redrives = await records.redrives();
  assert.deepEqual([redrives.size, redrives.has('e/0'), redrives.has('e/10000')], [10_000, false, true]);
});
