import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';
import { readFacts } from './files.ts';
import { readRevision } from './revision.ts';

const run = promisify(execFile);
const billFrom = (directory: string, ...args: string[]) =>
  run(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, INIT_CWD: directory },
  });
const bill = (...args: string[]) => billFrom('', ...args);

test('--json prints each scenario with its lines', async () => {
  const { stdout } = await bill('--json');
  const { scenarios } = JSON.parse(stdout) as { scenarios: Record<string, unknown>[] };
  const names = ['minimal', 'average', 'bursty', 'sustained-peak', 'worst', '10x', '100x', '1000x'];
  assert.deepEqual(
    scenarios.map(({ name }) => name),
    names,
  );
  for (const { total, perMillionRequests, lines } of scenarios) {
    assert.ok(typeof total === 'number' && typeof perMillionRequests === 'number');
    for (const line of lines as Record<string, unknown>[])
      assert.deepEqual(
        [typeof line['item'], typeof line['monthly'], typeof line['formula']],
        ['string', 'number', 'string'],
      );
  }
});

test('--html writes a self-contained page, to a path from the user’s directory (interop A16)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bill-test-'));
  try {
    const file = join(folder, 'bill.html');
    await billFrom(folder, '--html', 'bill.html', '--egress', 'ipv6');
    const page = await readFile(file, 'utf8');
    assert.match(page, /2 × 730 h × 0.25 vCPU × \$0.03238/);
    assert.doesNotMatch(page, /<(script|link|img)|@import|url\(/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an invalid option prints one line and exits with 2', async () => {
  for (const args of [['--scenario', 'none'], ['--nothing']]) {
    const failed = await bill(...args).then(
      () => assert.fail(args.join(' ')),
      (error: { code: number; stderr: string }) => error,
    );
    assert.equal(failed.code, 2, args.join(' '));
    assert.match(failed.stderr, /see --help\)\n$/);
  }
});

test('a setting that infra rejects exits with 1 and prints the reason', async () => {
  await assert.rejects(bill('--egress', 'pigeon'), (error: { code: number; stderr: string }) => {
    assert.equal(error.code, 1);
    assert.match(error.stderr, /egress/);
    return true;
  });
});

const isCheckout = await run('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname }).then(
  () => true,
  () => false,
);

test(
  '--diff compares with the facts and the measurement of a revision',
  { skip: !isCheckout && 'needs git' },
  async () => {
    const { facts, measured } = readRevision('HEAD');
    assert.deepEqual(Object.keys(facts), Object.keys(readFacts()));
    assert.ok(measured);
    const { stdout } = await bill('--diff', 'HEAD', '--set', 'tasks={"min":3,"max":8}');
    assert.match(stdout, /^\| sustained-peak \| .*\+\$/m);
    assert.match(stdout, /^\| Fargate, product \| \$[\d.]+ \| \$[\d.]+ \| \+\$7\.21 \|$/m);
    assert.throws(
      () => readRevision('no-such-revision'),
      (error) => error instanceof DomainError && error.code === 'no-such-revision',
    );
  },
);
