import { addDays, dateOf, type DateRange } from '@tandem/analytics/application/dates';
import { type UnitFigure, unitFigures } from '@tandem/analytics/application/units';

/** Lengths of the ranges that end today, in days. */
export const recentDays = [7, 30, 90] as const;

/** Range of days: the latest ones, or fixed dates. */
export type Range = { readonly days: number } | DateRange;

/** View of the page, as its address names it. */
export interface View {
  readonly range: Range;
  /** Figure that sorts the products. */
  readonly sort: UnitFigure;
  /** Product whose figures are shown; undefined for all. */
  readonly productId?: string | undefined;
}

const PAGE = '#/insights';
const DEFAULT_DAYS = 30;
const [defaultSort] = unitFigures;

/** Reads a view from a URL hash: `#/insights/mug?days=7&sort=unitsAdded`. Unknown values are those of the default view. */
export function viewOf(hash: string): View {
  const [path = '', query] = hash.split('?', 2);
  const parameters = new URLSearchParams(query);
  const productId = decoded(path.split('/').slice(2).join('/'));
  const sort = unitFigures.find((figure) => figure === parameters.get('sort')) ?? defaultSort;
  return { range: rangeFrom(parameters), sort, ...(productId !== '' && { productId }) };
}

function rangeFrom(parameters: URLSearchParams): Range {
  const [from, to] = [parameters.get('from') ?? '', parameters.get('to') ?? ''];
  if (isDate(from) && isDate(to)) return { from, to };
  const days = Number(parameters.get('days'));
  return { days: recentDays.find((length) => length === days) ?? DEFAULT_DAYS };
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Address of a view, which {@link viewOf} reads; values of the default view are omitted. */
export function addressOfView({ range, sort, productId }: View): string {
  const parameters = new URLSearchParams();
  if (!('days' in range)) {
    parameters.set('from', range.from);
    parameters.set('to', range.to);
  } else if (range.days !== DEFAULT_DAYS) parameters.set('days', String(range.days));
  if (sort !== defaultSort) parameters.set('sort', sort);
  const path = productId === undefined ? PAGE : `${PAGE}/${encodeURIComponent(productId)}`;
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** Dates (UTC) of a range; `now` is in milliseconds since the epoch. */
export function datesOf(range: Range, now: number): DateRange {
  if (!('days' in range)) return range;
  const to = dateOf(now);
  return { from: addDays(to, 1 - range.days), to };
}
