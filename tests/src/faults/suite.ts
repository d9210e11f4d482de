import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedBugs } from './planted-bugs.ts';
import { printReport } from './report.ts';
import { runFaults } from './run.ts';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const seconds = Number(process.env['FAULT_SECONDS'] ?? 40);

test('with processes killed at every crash point and at any time, and faults injected on every link, the system keeps its promises', async (t) => {
  const report = await runFaults({
    seed,
    durationMs: seconds * 1_000,
    perMille: 15,
    restDeadlineMs: 120_000,
  });
  for (const line of printReport(report).split('\n')) t.diagnostic(line);
  assert.deepEqual(report.violations, []);
  const { kills, injected, expired } = report;
  for (const [name, count] of Object.entries({ ...kills, ...injected, 'a hold that expired': expired }))
    assert.ok(count > 0, `${name} never occurred: FAULT_SEED=${seed}`);
});

for (const [name, { violation, perMille = 0, durationMs = 10_000 }] of Object.entries(plantedBugs)) {
  test(`the checker detects ${name}`, async (t) => {
    const report = await runFaults({
      seed,
      planted: name,
      isKilling: false,
      durationMs,
      perMille,
      // Nine waits of a checkout: on a busy machine the right confirmations take their time, too.
      retryTimeoutMs: 45_000,
      restDeadlineMs: 60_000,
    });
    const detected = report.violations.filter((text) => violation.test(text));
    t.diagnostic(`${report.violations.length} violations, such as: ${detected[0]}`);
    assert.ok(detected.length > 0, report.violations.join('\n'));
  });
}
