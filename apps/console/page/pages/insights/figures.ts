import type { DateRange } from '@tandem/analytics/application/dates';
import type { FunnelView } from '@tandem/analytics/application/funnel';
import type { ProductView } from '@tandem/analytics/application/product';
import type { ProductRow } from '@tandem/analytics/application/products';
import type { UnitFigure } from '@tandem/analytics/application/units';
import { topology } from '@tandem/contracts/topology';
import { useEffect, useState } from 'preact/hooks';
import type { Step } from '../../../server/protocol.ts';
import { coalesce } from '../../actions.ts';
import type { Problem, RequestOptions } from '../../api.ts';
import type { ListPage } from '../../commerce.ts';
import { isLive, onStep } from '../../live.ts';
import type { ReadBy } from '../../query.ts';
import { operatorToken, requestAsOperator } from '../../session.ts';

/** Minimum time between two requests for the same figures. */
const REFETCH_MS = 2_000;
/** Pause after a request, as a multiple of the time that it took. */
const PAUSE_FACTOR = 3;
/** Largest page of the API. */
const MAX_LIMIT = 100;

/** First products of a list. */
export interface FirstProducts {
  readonly products: readonly ProductRow[];
  readonly hasMore: boolean;
}

/** List of products: its dates, the figure that sorts it, and the number of products. */
export interface ProductQuery {
  readonly range: DateRange;
  readonly sort: UnitFigure;
  readonly count: number;
}

/** Address of the carts' figures in the API. */
export function funnelPath(range: DateRange): string {
  return `/analytics/funnel?${parametersOf({ ...range })}`;
}

/** Address of a page of products in the API. */
export function productsPath({ range, sort, count }: ProductQuery, cursor?: string): string {
  const limit = String(Math.min(count, MAX_LIMIT));
  const page = { ...range, sort, limit, ...(cursor !== undefined && { cursor }) };
  return `/analytics/products?${parametersOf(page)}`;
}

/** Address of a product's figures in the API. */
export function productPath(productId: string, range: DateRange): string {
  return `/analytics/products/${encodeURIComponent(productId)}?${parametersOf({ ...range })}`;
}

function parametersOf(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

/** Fetches the figures of all carts in a range. */
export async function readFunnel(range: DateRange, options: RequestOptions): Promise<FunnelView> {
  return requestAsOperator(funnelPath(range), options);
}

/** Fetches as many products as the query has, if there are that many. */
export async function readProducts(query: ProductQuery, options: RequestOptions): Promise<FirstProducts> {
  const products: ProductRow[] = [];
  let cursor: string | undefined;
  do {
    const rest = { ...query, count: query.count - products.length };
    const page: ListPage<ProductRow> = await requestAsOperator(productsPath(rest, cursor), options);
    products.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && products.length < query.count);
  return { products, hasMore: cursor !== undefined };
}

/** Fetches the figures of a product. */
export async function readProduct(
  productId: string,
  range: DateRange,
  options: RequestOptions,
): Promise<ProductView> {
  return requestAsOperator(productPath(productId, range), options);
}

/** Latest figures, and the message of the request that failed after them. Both are undefined before the first response. */
export interface Latest<T> {
  readonly body?: T;
  readonly problem?: string;
  /** Whether the figures are those of an earlier key. */
  readonly isStale: boolean;
}

/**
 * Loads figures as the operator: for each key, when the page becomes live, and after the events that Analytics consumes, at
 * most every two seconds, and for a quarter of the time; and again while no response arrives. The last figures stay until the next ones.
 * The event stream is closed while the page is hidden, so nothing is loaded then.
 */
export function useLatest<T>(key: string, load: ReadBy<T>): Latest<T> {
  const [latest, setLatest] = useState<{
    readonly key?: string;
    readonly body?: T;
    readonly problem?: string;
  }>({});
  const token = operatorToken.value;
  useEffect(() => {
    if (token === undefined || document.visibilityState !== 'visible') return undefined;
    let isCurrent = true;
    let isOwnRead = latest.key === key;
    const refresh = async () => {
      if (!isCurrent) return;
      try {
        const loading = load({ isOwnRead });
        isOwnRead = true;
        const body = await loading;
        if (isCurrent) setLatest({ key, body });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!isCurrent) return;
        setLatest((last) => ({ ...last, problem }));
        // A service that is away comes back; a request that was rejected stays so.
        const { status = 0 } = error as Partial<Problem>;
        if (status === 0 || status >= 500) retry = setTimeout(() => void refresh(), REFETCH_MS);
      }
    };
    let retry: ReturnType<typeof setTimeout> | undefined;
    const first = refresh();
    const refetch = coalesce(async () => {
      await first;
      const startedAt = performance.now();
      await refresh();
      // A long range of a large catalog takes seconds to sum up.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_FACTOR * (performance.now() - startedAt)));
    }, REFETCH_MS);
    const stopListening = onStep((step) => {
      if (isConsumedByAnalytics(step)) refetch();
    });
    return () => {
      isCurrent = false;
      clearTimeout(retry);
      stopListening();
    };
  }, [key, token, isLive.value]);
  return token === undefined ? { isStale: false } : { ...latest, isStale: latest.key !== key };
}

function isConsumedByAnalytics(step: Step): boolean {
  return step.kind === 'applied' && topology.queues[step.queue].consumer === 'analytics';
}
