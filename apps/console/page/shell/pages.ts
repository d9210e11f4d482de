import type { ComponentType } from 'preact';
import type { IconName } from './icon.tsx';

/** Page of the console: the first part of its URL hash, its texts, and its code, which is loaded when it is opened. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly icon: IconName;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** Pages in the order of the navigation; the first one is shown for an address without a page. */
export const pages: readonly [Page, ...Page[]] = [
  {
    path: 'shop',
    title: 'Shop',
    description: 'Buy products',
    icon: 'bag',
    load: () => import('../pages/shop/page.tsx'),
  },
  {
    path: 'admin',
    title: 'Admin',
    description: 'Products, stock, orders',
    icon: 'tag',
    load: () => import('../pages/admin/page.tsx'),
  },
  {
    path: 'flow',
    title: 'Flow',
    description: 'Watch events',
    icon: 'flow',
    load: () => import('../pages/flow/page.tsx'),
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    description: 'Inspect and redrive',
    icon: 'letter',
    load: () => import('../pages/dead-letters/page.tsx'),
  },
  {
    path: 'faults',
    title: 'Faults',
    description: 'Inject faults',
    icon: 'bolt',
    load: () => import('../pages/faults/page.tsx'),
  },
  {
    path: 'insights',
    title: 'Insights',
    description: 'Carts, sales and prices',
    icon: 'chart',
    load: () => import('../pages/insights/page.tsx'),
  },
  {
    path: 'bill',
    title: 'Bill',
    description: 'AWS costs',
    icon: 'receipt',
    load: () => import('../pages/bill/page.tsx'),
  },
  {
    path: 'docs',
    title: 'Docs',
    description: 'APIs and events',
    icon: 'book',
    load: () => import('../pages/docs/page.tsx'),
  },
];
