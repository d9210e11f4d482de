import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRESETS } from '@tandem/bill/facts';
import { describeImport, importThrottled } from './throttled-import.ts';

/** Enough to use up the capacity of some seconds, many times faster than on AWS. */
const imports = { onDemand: { products: 1_500, speed: 2 }, steady: { products: 600, speed: 20 } };

for (const preset of PRESETS)
  test(`aws F1: on ${preset} tables without saved capacity an import completes, tasks stay ready, and nothing is lost`, async (t) => {
    const result = await importThrottled({ preset, ...imports[preset] });
    t.diagnostic(describeImport(result));
    const { report, readiness, deadLetters, throttled, waits, snapshotStatus } = result;
    assert.deepEqual(
      [report.created, report.unchanged, report.bad],
      [imports[preset].products, 0, []],
      'the service waits, so that no line is written twice',
    );
    assert.deepEqual(waits, []);
    assert.ok(throttled.product > 0, 'the table throttles');
    assert.deepEqual([...readiness.keys()], [200]);
    assert.equal(snapshotStatus, 202);
    assert.ok(deadLetters.every((messages) => messages === 0));
  });
