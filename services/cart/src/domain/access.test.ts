import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
test('x', () => { assert.ok(fc); });
