import { signal } from '@preact/signals';

const query = matchMedia('(prefers-reduced-motion: reduce)');

/** Whether the user prefers reduced motion; arrows then show counts instead of dots. */
export const prefersReducedMotion = signal(query.matches);
query.addEventListener('change', ({ matches }) => void (prefersReducedMotion.value = matches));
