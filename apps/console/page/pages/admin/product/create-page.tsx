import { useMemo, useRef, useState } from 'preact/hooks';
import { createActionState } from '../../../actions.ts';
import { Problem } from '../../../api.ts';
import type { Product } from '../../../commerce.ts';
import { goTo, linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice } from '../../../parts/controls.tsx';
import { accentOf } from '../../../parts/topology.ts';
import { useUnsavedWarning } from '../../../parts/unsaved.ts';
import { isOperator, requestAsOperator } from '../../../session.ts';
import { useCatalog } from '../catalog/catalog.ts';
import type { Catalog } from '../catalog/with-products.ts';
import { Heading } from '../heading.tsx';
import { ContentFields, focusFirstInvalid } from './content-fields.tsx';
import { contentOf, fieldErrorsOf, formMessageOf, type Values } from './draft.ts';
import { Field } from './fields.tsx';

const empty: Values = {
  name: '',
  description: '',
  category: '',
  price: '',
  currency: '',
  imageUrl: '',
  maxPerCart: '',
};

/** Form for a new product. */
export function CreatePage() {
  const actions = useMemo(createActionState, []);
  const form = useRef<HTMLFormElement>(null);
  const catalog = useCatalog().data;
  const [typed, setTyped] = useState<Partial<Values>>({});
  const [productId, setProductId] = useState('');
  const [inventory, setInventory] = useState('10');
  const key = useMemo(() => crypto.randomUUID(), [typed, productId, inventory]);
  const values: Values = { ...empty, currency: usualCurrencyOf(catalog), ...typed };
  const errors = fieldErrorsOf(actions.causeOf('create'));
  const leave = useUnsavedWarning(productId !== '' || Object.values(typed).some((text) => text !== ''));

  const create = async () => {
    let created: Product | undefined;
    const isDone = await actions.run('create', async () => {
      const body = { ...contentOf(values), ...idOf(productId), inventory: unitsOf(inventory) };
      if (body.price === 0 && !confirm(FREE)) return;
      const options = { method: 'POST', body, idempotencyKey: key } as const;
      created = await requestAsOperator<Product>('/products', options).catch((error: unknown) => {
        throw explained(error);
      });
    });
    if (!isDone) focusFirstInvalid(form.current);
    else if (created) {
      leave();
      goTo(linkTo('admin', `product/${created.productId}`));
    }
  };
  return (
    <>
      <p class="small">
        <a href={linkTo('admin')}>All products</a>
      </p>
      <Heading>New product</Heading>
      <section class={`panel accent-edge ${accentOf('product')}`} aria-label="Fields of the new product">
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <fieldset class="fields" disabled={!isOperator.value}>
            <ContentFields
              values={values}
              errors={errors}
              onChange={(field, value) => setTyped({ ...typed, [field]: value })}
            />
            <Field
              name="inventory"
              label="Units on hand"
              value={inventory}
              error={errors['inventory']}
              onInput={setInventory}
              input={{ inputMode: 'numeric' }}
            />
            <Field
              name="productId"
              label="Id"
              value={productId}
              error={errors['productId']}
              hint="Part of the product's address. Empty: a new one."
              onInput={setProductId}
              input={{ maxLength: 128, spellcheck: false, placeholder: 'bell-duo' }}
            />
          </fieldset>
          <ErrorNotice message={formMessageOf(actions.causeOf('create'))} />
          <p class="row">
            <Button isDisabled={!isOperator.value || actions.isPending('create')}>Create product</Button>
          </p>
        </form>
      </section>
    </>
  );
}

const FREE = 'With price 0, everyone can take this product for nothing. Create it with this price?';

function idOf(text: string): { readonly productId?: string } {
  return text.trim() === '' ? {} : { productId: text.trim() };
}

function unitsOf(text: string): number {
  if (/^\d{1,10}$/.test(text.trim())) return Number(text);
  const errors = [{ pointer: '/inventory', detail: 'must be a whole number, such as 10' }];
  throw new Problem(400, { detail: 'Nothing was created. Correct the marked field.', errors });
}

/** Currency of most products; EUR without any. */
function usualCurrencyOf(catalog: Catalog | undefined): string {
  const counts = new Map<string, number>();
  for (const { currency } of catalog?.products ?? []) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'EUR';
}

/** The error of a creation, with the field that it concerns. */
function explained(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'product-exists') return error;
  const detail = 'Nothing was created: a product with this id exists. Choose another id, or leave it empty.';
  return new Problem(409, {
    detail,
    errors: [{ pointer: '/productId', detail: 'is the id of another product' }],
  });
}
