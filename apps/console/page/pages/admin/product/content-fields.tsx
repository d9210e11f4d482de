import { categoriesOf } from '../catalog/product-list.tsx';
import { useCatalog } from '../catalog/catalog.ts';
import { type ContentField, contentFields, labels, type Values } from './draft.ts';
import { Field, type InputAttributes } from './fields.tsx';

/** Hint and attributes of each field: what the browser checks, and an example. */
const attributes: Readonly<
  Record<ContentField, { readonly hint?: string; readonly input?: InputAttributes }>
> = {
  name: { input: { maxLength: 200, placeholder: 'Bell Duo, two tones' } },
  description: {},
  category: { input: { maxLength: 255, placeholder: 'accessories' } },
  price: { input: { inputMode: 'decimal', placeholder: '14.90' } },
  currency: { input: { maxLength: 3, spellcheck: false, placeholder: 'EUR' } },
  imageUrl: {
    hint: 'A path on this site; or an http(s) address, whose picture is not shown here.',
    input: { spellcheck: false, placeholder: '/images/bell.svg' },
  },
  maxPerCart: { hint: 'Empty: no limit.', input: { inputMode: 'numeric', placeholder: '10' } },
};

interface ContentFieldsProps {
  readonly values: Values;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (field: ContentField, value: string) => void;
}

/** Fields of a product's content. */
export function ContentFields({ values, errors, onChange }: ContentFieldsProps) {
  const categories = categoriesOf(useCatalog().data);
  return (
    <>
      {contentFields.map((field) => (
        <Field
          key={field}
          name={field}
          label={labels[field]}
          value={values[field]}
          error={errors[field]}
          isMultiline={field === 'description'}
          isWide={field === 'description' || field === 'name'}
          suggestions={field === 'category' ? categories : []}
          onInput={(value) => onChange(field, value)}
          {...attributes[field]}
        />
      ))}
    </>
  );
}

/** Moves the focus to the first field of a form that is marked as invalid, once it is shown. */
export function focusFirstInvalid(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
}
