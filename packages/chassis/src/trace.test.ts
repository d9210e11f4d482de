import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { currentTraceId, currentTraceparent, runWithTrace } from './trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

test('a trace continues across awaits with the same trace id and a new span id', async () => {
  await runWithTrace(`00-${traceId}-${parentId}-01`, async () => {
    await setImmediate();
    const [version, id, span, flags] = currentTraceparent().split('-');
    assert.deepEqual([version, id, flags], ['00', traceId, '01']);
    assert.notEqual(span, parentId);
    assert.equal(currentTraceId(), traceId);
    assert.equal(currentTraceparent(), currentTraceparent());
  });
});

test('the sampling decision is kept, and unknown flags are dropped', () => {
  assert.match(
    runWithTrace(`00-${traceId}-${parentId}-00`, currentTraceparent),
    new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`),
  );
  assert.match(runWithTrace(`00-${traceId}-${parentId}-f3`, currentTraceparent), /-01$/);
});

test('of a later version the first four fields are read', () => {
  assert.match(
    runWithTrace(`cc-${traceId}-${parentId}-01-extension`, currentTraceparent),
    new RegExp(`^00-${traceId}-`),
  );
});

for (const malformed of [
  undefined,
  '',
  'garbage',
  `00-${traceId}-${parentId}`,
  `00-${traceId}-${parentId}-01-more`,
  `ff-${traceId}-${parentId}-01`,
  `00-${'0'.repeat(32)}-${parentId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${parentId}-01`,
  `00-${traceId}-${parentId}-01\n`,
]) {
  test(`the malformed traceparent ${JSON.stringify(malformed)} is replaced by a new trace`, () => {
    const traceparent = runWithTrace(malformed, currentTraceparent);
    assert.match(traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.ok(!traceparent.includes(traceId));
  });
}

test('outside of a trace there is no trace id, and the traceparent is that of a new trace', () => {
  assert.equal(currentTraceId(), undefined);
  assert.match(currentTraceparent(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});
