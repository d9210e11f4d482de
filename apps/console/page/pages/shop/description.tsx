import { useSignal } from '@preact/signals';
import { readProduct } from '../../commerce.ts';
import { Trouble } from '../../parts/act.tsx';

interface DescriptionProps {
  readonly productId: string;
  readonly name: string;
}

/** A product's description, fetched when it is opened: lists of products leave it out. */
export function Description({ productId, name }: DescriptionProps) {
  const text = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const read = async () => {
    try {
      const { description = 'There is no description.' } = await readProduct(productId);
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
      <Trouble of={problem.value} />
    </details>
  );
}
