import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { delayAfter, openStream } from './stream.ts';

class FakeSource extends EventTarget {
  static opened: FakeSource[] = [];
  isClosed = false;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }
  close() {
    this.isClosed = true;
  }
}

function follow(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  FakeSource.opened = [];
  Object.assign(globalThis, { EventSource: FakeSource });
  const log: string[] = [];
  const stream = openStream(() => `/events?after=${log.length}`, {
    silenceMs: 3_000,
    onOpen: () => log.push('open'),
    onLoss: () => log.push('loss'),
    onClose: () => log.push('close'),
    onNews: () => undefined,
    events: { state: (data) => log.push(`state ${String(data)}`) },
  });
  const send = (data: unknown) =>
    FakeSource.opened
      .at(-1)
      ?.dispatchEvent(Object.assign(new Event('state'), { data: JSON.stringify(data), lastEventId: '' }));
  return { log, stream, send, tick: (ms: number) => t.mock.timers.tick(ms) };
}

test('reconnect attempts back off to one in ten seconds', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map(delayAfter), [500, 1_000, 2_000, 4_000, 8_000, 10_000]);
});

test('N7: a stream that stays silent for 3 seconds is lost, and opened again', (t) => {
  const { log, stream, send, tick } = follow(t);
  stream.setWanted(true);
  send(1);
  tick(2_999);
  send(2);
  tick(2_999);
  assert.deepEqual(log, ['open', 'state 1', 'state 2']);
  tick(1);
  assert.deepEqual(log.slice(3), ['loss']);
  assert.equal(FakeSource.opened[0]?.isClosed, true);
  tick(500);
  send(3);
  assert.deepEqual(log.slice(4), ['open', 'state 3']);
  assert.deepEqual(
    FakeSource.opened.map(({ url }) => url),
    ['/events?after=0', '/events?after=4'],
  );
});

test('a server that accepts connections and says nothing never counts as connected', (t) => {
  const { log, stream, tick } = follow(t);
  stream.setWanted(true);
  for (let second = 0; second < 60; second++) tick(1_000);
  assert.ok(log.length > 3 && log.every((entry) => entry === 'loss'));
});

test('a stream that is not wanted is closed, and not opened again', (t) => {
  const { log, stream, send, tick } = follow(t);
  stream.setWanted(true);
  send(1);
  stream.setWanted(false);
  tick(60_000);
  assert.deepEqual(log, ['open', 'state 1', 'close']);
  assert.equal(FakeSource.opened.length, 1);
});
