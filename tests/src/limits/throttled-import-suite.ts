import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRESETS } from '@tandem/bill/facts';
import { describeImport, importAlone } from './throttled-import.ts';

const PRODUCTS = Number(process.env['IMPORT_PRODUCTS'] ?? 100_000);
/** Seconds of capacity a second, so that it takes minutes; a busy machine may be a tighter limit than the table. */
const speed = { onDemand: 4, steady: 60 };

for (const preset of PRESETS)
  test(`aws F1: ${PRODUCTS} products are imported unattended into a ${preset} table without saved capacity`, async (t) => {
    const startedAt = performance.now();
    const result = await importAlone({ preset, products: PRODUCTS, speed: speed[preset] });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    t.diagnostic(`${seconds} s at ${speed[preset]} seconds of capacity a second: ${describeImport(result)}`);
    const { report, readiness, throttled } = result;
    assert.deepEqual([report.created + report.unchanged, report.updated, report.bad], [PRODUCTS, 0, []]);
    assert.ok(throttled.product > 0, 'the table throttles');
    assert.deepEqual([...readiness.keys()], [200]);
  });
