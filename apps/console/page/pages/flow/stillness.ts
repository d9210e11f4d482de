import { signal } from '@preact/signals';

const query = matchMedia('(prefers-reduced-motion: reduce)');

/** Whether nothing may move; then arrows count instead. */
export const prefersStillness = signal(query.matches);
query.addEventListener('change', ({ matches }) => void (prefersStillness.value = matches));
