import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLoadArguments } from './arguments.ts';

const read = (...args: string[]) => readLoadArguments({}, args);

test('any load may be sent to a local target, but more than a tenth of the peak to a remote one requires --yes', () => {
  assert.equal(
    read('--profile', '10x', '--target', 'http://127.0.0.1:8080/').target,
    'http://127.0.0.1:8080',
  );
  const elsewhere = ['--target', 'https://shop.example.com', '--token', 'token'];
  assert.throws(() => read('--profile', 'peak', ...elsewhere), /not on this machine\. Use --yes/);
  assert.throws(() => read('--profile', 'spike', ...elsewhere), /10 times the peak/);
  assert.equal(read('--profile', 'peak', '--yes', ...elsewhere).token, 'token');
  assert.equal(read(...elsewhere).profile, 'smoke');
});

test('a remote target requires a token, from --token or the environment', () => {
  const args = ['--target', 'https://shop.example.com'];
  assert.throws(() => read(...args), /requires a token/);
  assert.equal(readLoadArguments({ TOKEN: 'secret' }, args).token, 'secret');
});

test('invalid options are rejected', () => {
  assert.throws(
    () => read('--profile', 'huge'),
    /--profile "huge" is unknown: use smoke, peak, 10x, soak, spike/,
  );
  assert.throws(() => read('--processes', '--embedded'), /exclude each other/);
  assert.throws(() => read('--k6'), /Unknown option '--k6'/);
  assert.throws(() => read('--minutes', '0'), /--minutes "0"/);
  assert.throws(() => read('--target', 'shop'), /is not an http URL/);
  assert.throws(() => read('--target', 'http://localhost:1', '--processes'), /cannot be used with --target/);
  assert.throws(() => read('--help'), /^Error: Load test: /);
});
