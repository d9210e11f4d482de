import { formatMinorUnits, isCurrency } from '@tandem/contracts/currency';
import type { ProductContent, ContentPatch } from '@tandem/product/domain/content';
import { Problem } from '../../../api.ts';
import type { Product } from '../../../commerce.ts';
import { formatMoney, parseMinor } from '../../../parts/format.ts';

/** Fields of a product that a merchant may edit, in the order of the form. */
export const contentFields = [
  'name',
  'description',
  'category',
  'price',
  'currency',
  'imageUrl',
  'maxPerCart',
] as const satisfies readonly (keyof ProductContent)[];
export type ContentField = (typeof contentFields)[number];

/** Labels of the fields. */
export const labels: Readonly<Record<ContentField, string>> = {
  name: 'Name',
  description: 'Description',
  category: 'Category',
  price: 'Price',
  currency: 'Currency',
  imageUrl: 'Image address',
  maxPerCart: 'Limit per cart',
};

/** Texts of the fields in a form; '' for an absent value. */
export type Values = Readonly<Record<ContentField, string>>;

/** The texts of a product. */
export function valuesOf(product: ProductContent): Values {
  const { name, description = '', category = '', price, currency, imageUrl = '', maxPerCart } = product;
  return {
    name,
    description,
    category,
    price: formatMinorUnits(price, currency),
    currency,
    imageUrl,
    maxPerCart: maxPerCart?.toString() ?? '',
  };
}

/** Content that texts describe. Throws a {@link Problem} with the fields whose text is no value, as the API does. */
export function contentOf(values: Values): ProductContent {
  const currency = values.currency.trim().toUpperCase();
  const price = isCurrency(currency) ? parseMinor(values.price, currency) : undefined;
  const maxPerCart = values.maxPerCart.trim() === '' ? undefined : Number(values.maxPerCart);
  const faults: readonly (readonly [field: ContentField, detail: string, isFault: boolean])[] = [
    ['name', 'must not be empty', values.name.trim() === ''],
    ['currency', 'must be a three-letter code of ISO 4217, such as EUR', !isCurrency(currency)],
    [
      'price',
      `must be an amount in ${currency}, such as ${formatMinorUnits(1990, currency)}`,
      isCurrency(currency) && price === undefined,
    ],
    ['maxPerCart', 'must be a whole number from 1 to 999, or empty', !isLimit(maxPerCart)],
  ];
  const errors = faults
    .filter(([, , isFault]) => isFault)
    .map(([field, detail]) => ({ pointer: `/${field}`, detail }));
  if (errors.length > 0 || price === undefined) throw new Problem(400, { detail: CORRECT, errors });
  const optional = { description: values.description, category: values.category, imageUrl: values.imageUrl };
  const given = Object.entries(optional).filter(([, text]) => text.trim() !== '');
  return {
    name: values.name,
    price,
    currency,
    ...Object.fromEntries(given.map(([field, text]) => [field, text.trim()])),
    ...(maxPerCart !== undefined && { maxPerCart }),
  };
}

function isLimit(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1 && value <= 999);
}

/** Merge patch of the fields whose texts differ from those of `base`. Throws as {@link contentOf} does. */
export function patchOf(values: Values, base: ProductContent): ContentPatch {
  const content = contentOf(values);
  const texts = valuesOf(base);
  // The same text is another price in another currency.
  const mayDiffer = (field: ContentField) => field === 'price' || values[field] !== texts[field];
  const changed = contentFields.filter((field) => mayDiffer(field) && content[field] !== base[field]);
  return Object.fromEntries(changed.map((field) => [field, content[field] ?? null]));
}

/** Whether texts differ from those of `base`. */
export function isEdited(values: Values, base: ProductContent): boolean {
  const texts = valuesOf(base);
  return contentFields.some((field) => values[field] !== texts[field]);
}

/** Field that has another value in two states of a product, with both values as texts. */
export interface Difference {
  readonly field: ContentField;
  readonly before: string;
  readonly after: string;
}

/** Differences of the content between two states of a product. */
export function differencesOf(before: ProductContent, after: ProductContent): readonly Difference[] {
  return contentFields
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: textOf(before, field), after: textOf(after, field) }));
}

function textOf(content: ProductContent, field: ContentField): string {
  if (field === 'price') return formatMoney(content.price, content.currency);
  return content[field]?.toString() || 'none';
}

/** The texts of a reader on the state that somebody else has made meanwhile: fields that the reader left alone follow it. */
export function rebased(values: Values, base: ProductContent, current: ProductContent): Values {
  const [before, after] = [valuesOf(base), valuesOf(current)];
  const entries = contentFields.map((field) => [
    field,
    values[field] === before[field] ? after[field] : values[field],
  ]);
  return Object.fromEntries(entries) as Values;
}

/** Messages by the field that they concern, from the `errors` of a {@link Problem}. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  const errors = error instanceof Problem ? error.body['errors'] : undefined;
  if (!Array.isArray(errors)) return {};
  return Object.fromEntries(
    errors.map(({ pointer, detail }: { pointer: string; detail: string }) => [
      pointer.replace('/', ''),
      detail,
    ]),
  );
}

/** What a form says about an error, beside the fields that it marks. */
export function formMessageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isInvalid = error instanceof Problem && error.code === 'invalid-input';
  return isInvalid && Object.keys(fieldErrorsOf(error)).length > 0 ? CORRECT : error.message;
}

const CORRECT = 'Nothing was saved. Correct the marked fields.';

/** Content of a product without the fields of its stock and of the server. */
export function onlyContent(product: Product): ProductContent {
  const entries = contentFields.map((field) => [field, product[field]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ProductContent;
}
