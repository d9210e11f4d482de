import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BenchReport, historyFile, historyLine, reportText } from './report.ts';
import { judgeTargets } from './targets.ts';

const machine = {
  cpu: 'Intel(R) Xeon(R) CPU @ 2.50GHz',
  cores: 2,
  platform: 'linux x64',
  node: 'v24.0.0',
  date: '2026-11-30T10:00:00.000Z',
  revision: 'abcdef0123',
};
const result = (name: string, cpuMs: number, p99 = 9) => ({
  name,
  rounds: Array.from({ length: 9 }, () => ({ cpuMs, requests: 1_234, p50: 2, p99, lateP99: 0.5 })),
});
const reportOf = (load: BenchReport['load']): BenchReport => {
  const results = [
    result('bare Fastify', 0.02),
    result('Tandem add', 0.8471234),
    result('peer retail-cart add', 0.5),
    result('Tandem add-1', 0.7),
    result('Tandem product-again', 0.04),
  ];
  return {
    machine,
    loadAverage: [1.23, 4.56],
    rounds: 9,
    load,
    results,
    idle: { 'Tandem cart': 5.25 },
    judged: judgeTargets(results, load),
  };
};
const saturated = reportOf({ cpuMs: 800, connections: 16 });

test('the table has a line for each route and server, with the ratio to ours at the peer', () => {
  const lines = reportText(saturated, ['add', 'add-1', 'product-again']).split('\n');
  const of = (name: RegExp) => lines.filter((line) => name.test(line)).map((line) => line.trim());
  assert.match(lines[0] ?? '', /revision abcdef0123; load average 1\.2 before, 4\.6 after/);
  assert.match(of(/^add a line/)[0] ?? '', /Tandem +1234 +0\.847 +2\.0 +9\.0$/);
  assert.match(of(/peer retail-cart/)[0] ?? '', /1234 +0\.500 .* 1\.69 \[1\.69, 1\.69\]$/);
  assert.match(of(/add to a cart of 1 line/)[0] ?? '', /0\.700/);
  assert.equal(of(/bare Fastify +1234/).length, 1);
  assert.equal(of(/sender late/).length, 0);
  assert.deepEqual(of(/^idle/), ['idle, CPU ms a second: Tandem cart 5.3']);
});

test('each target that applies has its verdict, with the interval and the limit', () => {
  const text = reportText(saturated, ['add']);
  assert.match(text, /✗ line added: CPU, .* cart's: 1\.69 \[1\.69, 1\.69\], at most 0\.6: missed/);
  assert.match(text, /✗ product read again: .* 0\.50 \[0\.50, 0\.50\], at least 0\.7: missed/);
  assert.doesNotMatch(text, /GetItem/);
});

test('at a rate the report says how late the sender was', () => {
  const text = reportText(reportOf({ perSecond: 17, seconds: 10 }), ['add']);
  assert.match(text, /17 requests a second/);
  assert.match(text, /sender late by 0\.5 ms/);
});

test('a run is one line of the history of its class of machines', () => {
  assert.equal(historyFile(machine), 'bench-intel-r-xeon-r-cpu-2-50ghz-2-cores.jsonl');
  const line = historyLine(saturated);
  assert.doesNotMatch(line, /\n/);
  const { cpuMs, targets, load, loadAverage } = JSON.parse(line) as Record<string, Record<string, unknown>>;
  assert.deepEqual([load, loadAverage], ['saturated by 16 connections', [1.23, 4.56]]);
  assert.equal(cpuMs?.['Tandem add'], 0.847);
  assert.deepEqual(targets?.["line added: CPU, of the retail cart's (cpuMs)"], [1.69, 1.69, 1.69, 'missed']);
});
