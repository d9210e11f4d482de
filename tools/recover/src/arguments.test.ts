import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRecoverArguments } from './arguments.ts';

test('each command has its options, with defaults', () => {
  const raise = readRecoverArguments(['raise', 'carts', '--aws', '--prefix', 'staging-']);
  assert.partialDeepStrictEqual(raise, { command: 'raise', table: 'carts', rate: 200, segments: 4 });
  assert.deepEqual(raise.aws, { region: undefined, prefix: 'staging-' });
  const earlier = readRecoverArguments(['earlier-products', '--aws', '--from', 'copy', '--ids', 'a,b,']);
  assert.deepEqual([earlier.from, earlier.ids], ['copy', ['a', 'b']]);
  assert.equal(readRecoverArguments(['lost-orders', '--aws', '--write']).isWriting, true);
  assert.equal(readRecoverArguments(['deletions', '--aws']).rate, 50);
});

test('an invalid command line is a usage error that says what to do', () => {
  for (const [args, message] of [
    [[], /^command "" is unknown: use raise, lost-products/],
    [['raise', '--aws'], /^needs exactly one table/],
    [['raise', 'analytics', '--aws'], /^table "analytics" is unknown: use products, carts/],
    [['raise', 'products'], /add --aws/],
    [['raise', 'products', '--aws', '--rate', '10001'], /^--rate "10001" is not an integer from 1 to 10000/],
    [['raise', 'products', '--aws', '--write'], /^--write is for lost-orders/],
    [['lost-products', '--aws', '--rate', '5'], /^--rate is for raise and deletions/],
    [['lost-products', 'carts', '--aws'], /^lost-products takes no "carts"/],
    [['earlier-products', '--aws'], /^earlier-products needs --from TABLE/],
  ] as const)
    assert.throws(() => readRecoverArguments([...args]), { code: 'usage', message });
});

test('every command of the runbook is valid, and prints nothing but its result where that is a file', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
  const commands = [...runbook.matchAll(/npm run (-s )?recover -- ([^\n`#]+)/g)];
  assert.ok(commands.length >= 7);
  for (const [command, silent, line = ''] of commands) {
    const [args = '', file] = line.replace('${P:+--prefix "$P"}', '--prefix staging-').split(' > ');
    const words = args
      .trim()
      .split(/\s+/)
      .map((word) => word.replace('"$T"', 'carts'));
    assert.ok(readRecoverArguments(words), command);
    assert.ok(file === undefined || silent, `${command}: npm prints a header without -s`);
  }
});
