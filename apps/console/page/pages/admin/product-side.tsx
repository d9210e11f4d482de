import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Product } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Select } from '../../parts/select.tsx';
import { isOperator } from '../../session.ts';
import { type Change, changes, create } from './changes.ts';
import { actions, matchingProducts, products, search, selectedProduct, selectProduct } from './products.ts';

/** Panel with the selected product and the forms that change it. */
export function ProductSide() {
  const product = selectedProduct.value?.product;
  return (
    <section class={`panel accent-edge product ${accentOf('product')}`} aria-labelledby="product-title">
      <h2 id="product-title" class="accent-ink">
        Product
      </h2>
      <div class="choice">
        <label>
          Search
          <input
            type="search"
            autocomplete="off"
            value={search.value}
            onInput={({ currentTarget }) => void (search.value = currentTarget.value)}
          />
        </label>
        <Select
          label={`Product (${matchingProducts.value.length} of ${products.value.length})`}
          value={product?.productId}
          options={matchingProducts.value.map(({ productId, name }) => [productId, `${name}, ${productId}`])}
          onChoose={(productId) => void selectProduct(productId)}
        />
      </div>
      <ErrorNotice
        message={
          actions.errorOf('selectProduct') ?? actions.errorOf('loadProducts') ?? actions.errorOf('refresh')
        }
      />
      {product && <Edit key={product.productId} product={product} />}
    </section>
  );
}

function Edit({ product }: { readonly product: Product }) {
  const { name, price, currency, onHand, held, inventory, maxPerCart, version } = product;
  return (
    <>
      <h3>{name}</h3>
      <dl class="facts">
        <Fact name="Price">{formatMoney(price, currency)}</Fact>
        <Fact name="On hand">{onHand}</Fact>
        <Fact name="Held">{held}</Fact>
        <Fact name="Available">{inventory}</Fact>
        {maxPerCart !== undefined && <Fact name="Limit per cart">{maxPerCart}</Fact>}
        <Fact name="Version">{version}</Fact>
      </dl>
      {changes.map((change) => (
        <ChangeForm key={change.name} change={change} product={product} />
      ))}
    </>
  );
}

interface ChangeFormProps {
  readonly change: Change;
  readonly product: Product;
}

function ChangeForm({ change: { name, action, label, initial, input, send }, product }: ChangeFormProps) {
  const [draft, setDraft] = useState<{ readonly text: string; readonly edited: Product }>();
  const { text, edited } = draft ?? { text: initial(product), edited: product };
  const save = async () => {
    await actions.run(name, () => send(text, edited));
    const current = selectedProduct.value?.product ?? product;
    // A rejected text stays, as a change of the product as it is now.
    setDraft(actions.errorOf(name) === undefined ? undefined : { text, edited: current });
  };
  return (
    <Form action={action} name={name} onSubmit={() => void save()}>
      <label>
        {label(product)}
        <input
          {...input}
          value={text}
          onInput={({ currentTarget }) => setDraft({ text: currentTarget.value, edited })}
        />
      </label>
    </Form>
  );
}

/** Fields of a new product, with their labels. */
const fields = [
  ['name', 'Name', { required: true, maxLength: 200 }],
  ['productId', 'Id (optional)', { maxLength: 128, spellcheck: false }],
  ['category', 'Category', { maxLength: 64 }],
  ['price', 'Price', { required: true, inputMode: 'decimal' }],
  ['currency', 'Currency', { required: true, defaultValue: 'EUR', maxLength: 3, spellcheck: false }],
  ['inventory', 'Stock on hand', { required: true, type: 'number', min: 0, step: 1, defaultValue: '10' }],
] as const;

/** Panel with the form for a new product. */
export function Create() {
  const submit = (form: HTMLFormElement) => {
    const fields = [...new FormData(form)].map(([name, value]) => [
      name,
      typeof value === 'string' ? value.trim() : '',
    ]);
    void create(Object.fromEntries(fields) as Record<string, string>, () => form.reset());
  };
  return (
    <details class={`panel create ${accentOf('product')}`}>
      <summary>
        <h2>Create a product</h2>
      </summary>
      <Form action="Create product" name="create" onSubmit={submit}>
        {fields.map(([name, label, input]) => (
          <label key={name}>
            {label}
            <input name={name} autocomplete="off" {...input} />
          </label>
        ))}
      </Form>
    </details>
  );
}

interface FormProps {
  /** Name of the action, and text of its button. */
  readonly name: string;
  readonly action: string;
  readonly onSubmit: (form: HTMLFormElement) => void;
  readonly children: ComponentChildren;
}

/** Form for an operator, with its button and the error of its action. */
function Form({ name, action, onSubmit, children }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit(event.currentTarget as HTMLFormElement);
  };
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!isOperator.value}>
        {children}
        <Button isDisabled={!isOperator.value || actions.isPending(name)}>{action}</Button>
      </fieldset>
      <ErrorNotice message={actions.errorOf(name)} />
    </form>
  );
}
