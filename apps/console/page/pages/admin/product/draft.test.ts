import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../api.ts';
import { product } from '../testing.ts';
import { contentOf, differencesOf, fieldErrorsOf, onlyContent, patchOf, rebased, valuesOf } from './draft.ts';

const bell = product({ description: 'Rings.\n', category: 'accessories', maxPerCart: 3 });
const values = valuesOf(bell);

test('texts that nobody edited are no patch', () => {
  assert.deepEqual(patchOf(values, bell), {});
  assert.deepEqual(patchOf({ ...values, price: '14,90' }, bell), {});
});

test('a patch has the edited fields alone, and removes those that are empty', () => {
  const edited = { ...values, name: 'Bell Duo', description: ' ', category: '', maxPerCart: '' };
  assert.deepEqual(patchOf(edited, bell), {
    name: 'Bell Duo',
    description: null,
    category: null,
    maxPerCart: null,
  });
});

test('the same text is another price in another currency', () => {
  assert.deepEqual(patchOf({ ...values, currency: 'kwd' }, bell), { price: 14_900, currency: 'KWD' });
});

test('each text that is no value marks its field, as errors of the API do', () => {
  const wrong = { ...values, name: ' ', price: '1,000', currency: 'EUR', maxPerCart: '0' };
  assert.throws(
    () => contentOf(wrong),
    (error) => {
      assert.deepEqual(Object.keys(fieldErrorsOf(error)), ['name', 'price', 'maxPerCart']);
      return true;
    },
  );
  assert.throws(
    () => contentOf({ ...values, currency: 'EURO' }),
    (error) => 'currency' in fieldErrorsOf(error),
  );
  const problem = new Problem(400, { errors: [{ pointer: '/imageUrl', detail: 'must be a URL' }] });
  assert.deepEqual(fieldErrorsOf(problem), { imageUrl: 'must be a URL' });
  assert.deepEqual(fieldErrorsOf(new Error('other')), {});
});

test('after a change by somebody else, the fields that the reader left alone follow it', () => {
  const others = { ...bell, price: 1_990, category: 'bells' };
  const edited = { ...values, name: 'Bell Duo', category: 'sounds' };
  assert.deepEqual(rebased(edited, bell, others), { ...edited, price: '19.90' });
  assert.deepEqual(differencesOf(bell, others), [
    { field: 'category', before: 'accessories', after: 'bells' },
    { field: 'price', before: '€14.90', after: '€19.90' },
  ]);
  assert.deepEqual(
    differencesOf(bell, product({ description: bell.description, maxPerCart: 3 })).map(({ after }) => after),
    ['none'],
  );
});

test('a restored product has each field of its content, and no other', () => {
  const { productId, inventory, onHand, held, version, ...content } = bell;
  assert.deepEqual(onlyContent(bell), content);
});
