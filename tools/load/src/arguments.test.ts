import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLoadArguments } from './arguments.ts';

const read = (...args: string[]) => readLoadArguments({}, args);

test('a target on this machine may be sent anything, one elsewhere only what is said to be meant', () => {
  assert.equal(
    read('--profile', '10x', '--target', 'http://127.0.0.1:8080/')?.target,
    'http://127.0.0.1:8080',
  );
  const elsewhere = ['--target', 'https://shop.example.com', '--token', 'token'];
  assert.throws(() => read('--profile', 'peak', ...elsewhere), /not on this machine: say --yes/);
  assert.throws(() => read('--profile', 'spike', ...elsewhere), /10 times the peak/);
  assert.equal(read('--profile', 'peak', '--yes', ...elsewhere)?.token, 'token');
  assert.equal(read(...elsewhere)?.profile, 'smoke');
});

test('a target elsewhere takes a token, from the environment too', () => {
  const args = ['--target', 'https://shop.example.com'];
  assert.throws(() => read(...args), /wants a token/);
  assert.equal(readLoadArguments({ TOKEN: 'secret' }, args)?.token, 'secret');
});

test('what cannot be meant is refused', () => {
  assert.throws(() => read('--profile', 'huge'), /--profile is one of smoke, peak, 10x, soak, spike/);
  assert.throws(() => read('--processes', '--embedded'), /exclude each other/);
  assert.throws(() => read('--k6', '--node'), /exclude each other/);
  assert.throws(() => read('--minutes', '0'), /--minutes "0"/);
  assert.throws(() => read('--target', 'shop'), /is no http URL/);
  assert.throws(() => read('--target', 'http://localhost:1', '--processes'), /system of its own/);
  assert.equal(read('--help'), undefined);
});
