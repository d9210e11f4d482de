import { lazy } from 'preact/compat';

/** Pages of the console, by the first part of their URL hash; each is loaded when it is opened. */
export const pages = [
  {
    path: 'shop',
    title: 'Shop',
    description: 'Buy products',
    Page: lazy(() => import('./shop/page.tsx')),
  },
  { path: 'flow', title: 'Flow', description: 'Watch events', Page: lazy(() => import('./flow/page.tsx')) },
  {
    path: 'admin',
    title: 'Admin',
    description: 'Change price and stock',
    Page: lazy(() => import('./admin/page.tsx')),
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    description: 'Inspect and redrive',
    Page: lazy(() => import('./dead-letters/page.tsx')),
  },
  {
    path: 'faults',
    title: 'Faults',
    description: 'Inject faults',
    Page: lazy(() => import('./faults/page.tsx')),
  },
  { path: 'bill', title: 'Bill', description: 'AWS costs', Page: lazy(() => import('./bill/page.tsx')) },
  {
    path: 'docs',
    title: 'Docs',
    description: 'APIs and events',
    Page: lazy(() => import('./docs/page.tsx')),
  },
] as const;
