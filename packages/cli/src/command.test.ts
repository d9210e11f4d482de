import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { integer, oneOf, readArguments } from './command.ts';

const isUsageError = (error: unknown) => error instanceof DomainError && error.code === 'usage';

test('an integer is within its limits, and has no other characters', () => {
  assert.deepEqual(
    ['1', '500'].map((text) => integer('--rate', text, 1, 500)),
    [1, 500],
  );
  for (const text of ['0', '501', '1.5', '-1', '1e2', '', ' 1'])
    assert.throws(() => integer('--rate', text, 1, 500), isUsageError, text);
});

test('an unknown choice is a usage error that lists the known ones', () => {
  assert.equal(oneOf('--store', 'sqlite', ['sqlite', 'dynamodb']), 'sqlite');
  assert.throws(() => oneOf('--store', 'disk', ['sqlite', 'dynamodb']), /^.*"disk".* sqlite, dynamodb/);
});

test('--help ends the command with the text; without a text it is an unknown option', () => {
  const options = { json: { type: 'boolean' } } as const;
  assert.equal(readArguments({ help: 'text\n', options, args: ['--json'] }).values.json, true);
  assert.throws(() => readArguments({ help: 'text\n', options, args: ['-h'] }), { message: 'text\n' });
  assert.throws(() => readArguments({ options, args: ['--help'] }), isUsageError);
});

test('an error of a command is printed without control sequences, expected or not (security 11)', () => {
  const commandOf = (error: string) => `
    import { DomainError } from '@tandem/chassis/errors';
    import { runCommand } from '@tandem/cli/command';
    await runCommand(() => Promise.reject(${error}));
    setInterval(() => {}, 1000);`;
  const message = String.raw`'bad \u001b[2J\u009b2J\u202e\n  text'`;
  const run = (error: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', commandOf(error)], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      timeout: 60_000,
    });
  const unexpected = run(`new TypeError(${message}, { cause: new Error(${message}) })`);
  assert.equal(unexpected.status, 1);
  assert.match(unexpected.stderr, /^TypeError: bad .*\n {2}text\n {4}at /);
  const text = String.raw`bad \u001b[2J\u009b2J\u202e`;
  assert.equal(unexpected.stderr.split(text).length, 3, unexpected.stderr);
  assert.match(unexpected.stderr, /^[\n\P{C}]*$/u);
});
