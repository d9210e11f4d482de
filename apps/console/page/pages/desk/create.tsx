import { Act, Trouble } from '../../parts/act.tsx';
import { isOperator } from '../../session.ts';
import { create } from './changes.ts';
import { doings } from './goods.ts';

/** The form for a product that is not there yet. */
export function Create() {
  const isOff = !isOperator.value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const of = (name: string) => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const written = {
      productId: of('productId'),
      name: of('name'),
      category: of('category'),
      price: of('price'),
      currency: of('currency'),
      inventory: of('inventory'),
    };
    void create(written, () => form.reset());
  };
  return (
    <details class="sheet create">
      <summary>
        <h2>Create a product</h2>
      </summary>
      <form onSubmit={submit}>
        <fieldset disabled={isOff}>
          <label>
            Name
            <input name="name" required maxLength={200} autocomplete="off" />
          </label>
          <label>
            Id, if it matters
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
          <Act isOff={isOff || doings.isUnderWay('create')}>Create it</Act>
        </fieldset>
        <Trouble of={doings.problemOf('create')} />
      </form>
    </details>
  );
}
