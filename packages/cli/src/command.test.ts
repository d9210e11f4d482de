import assert from 'node:assert/strict';
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
