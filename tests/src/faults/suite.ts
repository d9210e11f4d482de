import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planted } from './planted.ts';
import { printReport } from './report.ts';
import { runFaults } from './run.ts';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const seconds = Number(process.env['FAULT_SECONDS'] ?? 40);

test('killed at every named point and at any time, with an adversary on every way, it keeps its promises', async (t) => {
  const report = await runFaults({
    seed,
    durationMs: seconds * 1_000,
    perMille: 15,
    restDeadlineMs: 120_000,
  });
  for (const line of printReport(report).split('\n')) t.diagnostic(line);
  assert.deepEqual(report.faults, []);
  const { kills, troubles, expired } = report;
  for (const [what, count] of Object.entries({ ...kills, ...troubles, 'a hold that expires': expired }))
    assert.ok(count > 0, `${what} was never tried: FAULT_SEED=${seed}`);
});

for (const [name, { shows, perMille = 0 }] of Object.entries(planted)) {
  test(`${name} is caught`, async (t) => {
    const report = await runFaults({
      seed,
      planted: name,
      isKilling: false,
      durationMs: 10_000,
      perMille,
      patienceMs: 15_000,
      restDeadlineMs: 60_000,
    });
    const shown = report.faults.filter((fault) => shows.test(fault));
    t.diagnostic(`${report.faults.length} faults, such as: ${shown[0]}`);
    assert.ok(shown.length > 0, report.faults.join('\n'));
  });
}
