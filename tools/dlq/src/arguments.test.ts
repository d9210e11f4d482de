import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDlqArguments } from './arguments.ts';

/** The path of the log for a command line. */
function logOf(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { argv } = process;
  process.argv = [...argv.slice(0, 2), 'redrive', 'cart-product-updates-dlq', ...args];
  t.after(() => (process.argv = argv));
  const parsed = readDlqArguments(env);
  assert.ok(parsed.command === 'redrive');
  return parsed.log;
}

test('the redrive log is a path from the user’s directory; its default is in DATA_DIR (interop A16)', (t) => {
  const env = { INIT_CWD: import.meta.dirname, DATA_DIR: 'state' };
  assert.equal(logOf(t, ['--log', 'a.ndjson'], env), join(import.meta.dirname, 'a.ndjson'));
  assert.equal(logOf(t, ['--aws'], env), join(import.meta.dirname, 'redrives.ndjson'));
  assert.equal(logOf(t, [], env), join('state', 'redrives.ndjson'));
});
