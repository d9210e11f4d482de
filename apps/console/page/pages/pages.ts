import type { ComponentType } from 'preact';
import { lazy } from 'preact/compat';

type Load = () => Promise<{ readonly default: ComponentType }>;

function page(path: string, title: string, description: string, load: Load) {
  return { path, title, description, Page: lazy(load) };
}

/** Pages of the console, by the first part of their URL hash; each is loaded when it is opened. */
export const pages = [
  page('shop', 'Shop', 'Buy products', () => import('./shop/page.tsx')),
  page('flow', 'Flow', 'Watch events', () => import('./flow/page.tsx')),
  page('admin', 'Admin', 'Change price and stock', () => import('./admin/page.tsx')),
  page('dead-letters', 'Dead letters', 'Inspect and redrive', () => import('./dead-letters/page.tsx')),
  page('faults', 'Faults', 'Inject faults', () => import('./faults/page.tsx')),
  page('bill', 'Bill', 'AWS costs', () => import('./bill/page.tsx')),
  page('docs', 'Docs', 'APIs and events', () => import('./docs/page.tsx')),
] as const;
