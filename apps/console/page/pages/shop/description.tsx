import { useSignal } from '@preact/signals';
import { readProduct } from '../../commerce.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';

interface DescriptionProps {
  readonly productId: string;
  readonly name: string;
}

/** Description of a product, fetched when expanded: product lists omit it. */
export function Description({ productId, name }: DescriptionProps) {
  const text = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const read = async () => {
    try {
      const { description = 'No description.' } = await readProduct(productId);
      text.value = description;
      problem.value = undefined;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <details class="description" onToggle={({ currentTarget }) => void (currentTarget.open && read())}>
      <summary aria-label={`Description of ${name}`}>Description</summary>
      <p>{text.value ?? '…'}</p>
      <ErrorNotice message={problem.value} />
    </details>
  );
}
