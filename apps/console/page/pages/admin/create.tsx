import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { isOperator } from '../../session.ts';
import { create } from './changes.ts';
import { actions } from './products.ts';

/** Form for a new product. */
export function Create() {
  const isDisabled = !isOperator.value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const field = (name: string) => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const input = {
      productId: field('productId'),
      name: field('name'),
      category: field('category'),
      price: field('price'),
      currency: field('currency'),
      inventory: field('inventory'),
    };
    void create(input, () => form.reset());
  };
  return (
    <details class={`sheet create ${accentOf('product')}`}>
      <summary>
        <h2>Create a product</h2>
      </summary>
      <form onSubmit={submit}>
        <fieldset disabled={isDisabled}>
          <label>
            Name
            <input name="name" required maxLength={200} autocomplete="off" />
          </label>
          <label>
            Id (optional)
            <input name="productId" maxLength={128} autocomplete="off" spellcheck={false} />
          </label>
          <label>
            Category
            <input name="category" maxLength={64} autocomplete="off" />
          </label>
          <label>
            Price
            <input name="price" required inputMode="decimal" autocomplete="off" />
          </label>
          <label>
            Currency
            <input name="currency" required defaultValue="EUR" maxLength={3} spellcheck={false} />
          </label>
          <label>
            Stock on hand
            <input name="inventory" required type="number" min={0} step={1} defaultValue="10" />
          </label>
          <Button isDisabled={isDisabled || actions.isPending('create')}>Create product</Button>
        </fieldset>
        <ErrorNotice message={actions.errorOf('create')} />
      </form>
    </details>
  );
}
