import { lazy } from 'preact/compat';

/** The rooms of the console, by the fragment that leads there; each is loaded when it is entered. */
export const rooms = [
  { path: 'shop', title: 'Shop', says: 'Buy something', Room: lazy(() => import('./shop/room.tsx')) },
  { path: 'flow', title: 'Flow', says: 'Watch events travel', Room: lazy(() => import('./flow/room.tsx')) },
  {
    path: 'desk',
    title: 'Desk',
    says: 'Change price and stock',
    Room: lazy(() => import('./desk/room.tsx')),
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    says: 'What went wrong',
    Room: lazy(() => import('./dead-letters/room.tsx')),
  },
  { path: 'faults', title: 'Faults', says: 'Break it', Room: lazy(() => import('./faults/room.tsx')) },
  { path: 'bill', title: 'Bill', says: 'What it costs', Room: lazy(() => import('./bill/room.tsx')) },
  { path: 'docs', title: 'Docs', says: 'APIs and events', Room: lazy(() => import('./docs/room.tsx')) },
] as const;
