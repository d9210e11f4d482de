import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createLineLimit } from './audit-limit.ts';
import type { Suppressed } from './audit-limit.ts';

function start(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const reports: Suppressed[] = [];
  const limit = createLineLimit((suppressed) => reports.push(suppressed));
  const allowed = (client: string, requests: number) =>
    Array.from({ length: requests }, () => limit.allows(client)).filter(Boolean).length;
  return { limit, reports, allowed, endMinute: () => t.mock.timers.tick(60_000) };
}

test('a client has ten lines a minute; one more line counts the others (security 10)', (t) => {
  const { reports, allowed, endMinute } = start(t);
  assert.equal(allowed('198.51.100.1', 10_000), 10);
  assert.equal(allowed('198.51.100.2', 5), 5);
  endMinute();
  assert.deepEqual(reports, [{ suppressed: 9_990, clients: { '198.51.100.1': 10_000 } }]);
  assert.equal(allowed('198.51.100.1', 20), 10);
});

test('a flood from any number of addresses has 300 lines a minute, and a bounded report (security 10)', (t) => {
  const { reports, limit, endMinute } = start(t);
  let lines = 0;
  for (let i = 0; i < 50_000; i++) lines += Number(limit.allows(`10.0.${i >> 8}.${i & 255}`));
  for (let i = 0; i < 50_000; i++) lines += Number(limit.allows(`10.0.0.${i % 20}`));
  assert.equal(lines, 300);
  endMinute();
  assert.equal(reports[0]?.suppressed, 99_700);
  assert.equal(Object.keys(reports[0]?.clients ?? {}).length, 10);
});

test('a minute without suppressed requests reports nothing; the end of the process reports what is pending', (t) => {
  const { limit, reports, allowed, endMinute } = start(t);
  allowed('198.51.100.1', 10);
  endMinute();
  assert.deepEqual(reports, []);
  allowed('198.51.100.1', 11);
  limit.close();
  assert.deepEqual(reports, [{ suppressed: 1, clients: { '198.51.100.1': 11 } }]);
  endMinute();
  assert.equal(reports.length, 1);
});
