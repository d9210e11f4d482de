import { useComputed } from '@preact/signals';
import { accentOf } from '../../parts/accent.ts';
import { counts } from './counts.ts';
import type { Layout } from './layout.ts';
import { nameOf } from './names.ts';
import { addressOf, selected } from '../../parts/selection.ts';
import { prefersReducedMotion } from './reduced-motion.ts';

/** Arrow of the picture, linked to its latest steps. */
export function ArrowLink({ arrow }: { arrow: Layout['arrows'][number] }) {
  const { id, carries, path, end, middle, lane } = arrow;
  const isSelected = useComputed(() => selected.value === id);
  return (
    <>
      <a
        class={`arrow ${carries} ${lane ? accentOf(lane) : ''}`}
        href={addressOf(id)}
        aria-label={nameOf(id)}
        aria-current={isSelected.value ? 'true' : undefined}
      >
        <path class="reach" d={path} />
        <path class="line" d={path} data-arrow={id} />
        <path
          class="tip"
          d="M-8 -4.5L0 0L-8 4.5Z"
          transform={`translate(${end.x} ${end.y}) rotate(${end.angle})`}
        />
      </a>
      {prefersReducedMotion.value && <Count id={id} x={middle.x} y={middle.y} />}
    </>
  );
}

function Count({ id, x, y }: { id: string; x: number; y: number }) {
  const count = useComputed(() => counts.value.get(id));
  return count.value === undefined ? null : (
    <text class="count" x={x} y={y - 5} aria-hidden="true">
      {count}
    </text>
  );
}
