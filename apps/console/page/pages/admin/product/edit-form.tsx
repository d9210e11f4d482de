import { useMemo, useRef, useState } from 'preact/hooks';
import { createActionState } from '../../../actions.ts';
import { Button, ErrorNotice } from '../../../parts/controls.tsx';
import { useUnsavedWarning } from '../../../parts/unsaved.ts';
import { isOperator } from '../../../session.ts';
import { ContentFields, focusFirstInvalid } from './content-fields.tsx';
import {
  type Difference,
  differencesOf,
  fieldErrorsOf,
  formMessageOf,
  isEdited,
  labels,
  patchOf,
  rebased,
  type Values,
  valuesOf,
} from './draft.ts';
import { change, isOutdated, readProduct, type TaggedProduct } from './product.ts';

/** Texts that were not saved yet, with the product that they change. */
interface Draft {
  readonly values: Values;
  readonly base: TaggedProduct;
  /** What others changed since the reader began, and the reader was told. */
  readonly meanwhile: readonly Difference[];
}

/** Form for the content of a product. It follows the product until the reader edits it; then it keeps the reader's texts. */
export function EditForm({ current }: { readonly current: TaggedProduct }) {
  const actions = useMemo(createActionState, []);
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<Draft>();
  const { values, base, meanwhile } = draft ?? {
    values: valuesOf(current.product),
    base: current,
    meanwhile: [],
  };
  const isSaved = useRef(false);
  useUnsavedWarning(draft !== undefined && isEdited(values, base.product));

  const edit = (field: keyof Values, value: string) => {
    isSaved.current = false;
    setDraft({ values: { ...values, [field]: value }, base, meanwhile });
  };
  const send = async () => {
    const patch = patchOf(values, base.product);
    if (patch.price === 0 && !confirm(FREE)) return false;
    if (Object.keys(patch).length === 0) return true;
    const { productId } = base.product;
    try {
      await change(productId, { method: 'PATCH', body: patch, ifMatch: base.etag });
    } catch (error) {
      if (!isOutdated(error)) throw error;
      const latest = await readProduct(productId);
      setDraft({
        values: rebased(values, base.product, latest.product),
        base: latest,
        meanwhile: [...meanwhile, ...differencesOf(base.product, latest.product)],
      });
      throw new Error(OUTDATED, { cause: error });
    }
    return true;
  };
  const save = async () => {
    let isDone = false;
    const isAccepted = await actions.run('save', async () => void (isDone = await send()));
    if (!isAccepted) focusFirstInvalid(form.current);
    else if (isDone) {
      isSaved.current = true;
      setDraft(undefined);
    }
  };
  const discard = () => {
    actions.clearErrors(() => true);
    setDraft(undefined);
  };
  const changedNow = draft ? [...meanwhile, ...differencesOf(base.product, current.product)] : [];
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <fieldset class="fields" disabled={!isOperator.value}>
        <ContentFields values={values} errors={fieldErrorsOf(actions.causeOf('save'))} onChange={edit} />
      </fieldset>
      <Meanwhile differences={changedNow} />
      <ErrorNotice message={formMessageOf(actions.causeOf('save'))} />
      <p class="row">
        <Button isDisabled={!isOperator.value || draft === undefined || actions.isPending('save')}>
          Save
        </Button>
        {draft && (
          <Button isQuiet onPress={discard}>
            Discard changes
          </Button>
        )}
        <span role="status">{!draft && isSaved.current && 'Saved.'}</span>
      </p>
    </form>
  );
}

const FREE = 'With price 0, everyone can take this product for nothing. Save this price?';
const OUTDATED =
  'Nothing was saved: the product was changed meanwhile. Your texts are kept. Check them, then save again.';

/** What others changed while the reader was editing. */
function Meanwhile({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return null;
  return (
    <div class="notice" role="status">
      <p>Changed meanwhile:</p>
      <ul>
        {differences.map(({ field, before, after }) => (
          <li key={`${field} ${after}`}>
            {labels[field]}: <s>{before}</s> {after}
          </li>
        ))}
      </ul>
    </div>
  );
}
