import type { Driver, StoredState } from './driver.ts';
import { partsOf } from './pk.ts';
import type { EntityType, Versioned } from './table.ts';

export interface ScanOptions {
  /** Into how many parts the table is split; one page of each is read at the same time and kept in memory. */
  readonly segments: number;
  /** Number of items of the table, of any kind, that are read for a page. */
  readonly pageSize: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resumes behind this position, which a scan with as many segments returned. Default: the beginning. */
  readonly startAfter?: string | undefined;
  /** Called with the position behind each page, empty ones included, once the consumer of the scan is done with it. */
  readonly onPage?: (position: string) => void;
}

/** States of one kind with their ids. `position` is opaque: a scan that starts after it continues behind this page. */
export interface KindPage<S> {
  readonly items: readonly { readonly id: string; readonly state: S }[];
  readonly position: string;
}

/** Of each segment the place behind its last page: null before the first, true when it is done. */
type Places = (string | null | true)[];

/**
 * Yields all live items of a kind, in no promised order, page by page in constant memory; empty pages are left out.
 * Reads the whole table, consistently page by page, not as of one moment. Throws a RangeError for a foreign position.
 */
export async function* scanKind<S extends Versioned>(
  driver: Pick<Driver, 'scan'>,
  { name: kind }: EntityType<S>,
  { segments, pageSize: limit, now, startAfter, onPage = () => undefined }: ScanOptions,
): AsyncGenerator<KindPage<S>> {
  const places = startAfter === undefined ? Array(segments).fill(null) : placesOf(startAfter, segments);
  const isLive = ({ expiresAt }: StoredState) => expiresAt === undefined || expiresAt > now() / 1000;

  while (places.some((place) => place !== true)) {
    const pages = await Promise.all(
      places.map(async (place, segment) =>
        place === true
          ? undefined
          : driver.scan({ kind, segment, segments, limit, after: place ?? undefined }),
      ),
    );
    for (const [segment, page] of pages.entries()) {
      if (!page) continue;
      places[segment] = page.next ?? true;
      const position = positionOf(places);
      const items = page.rows.filter(isLive).map(({ pk, state }) => ({
        id: partsOf(pk).key,
        state: state as S,
      }));
      if (items.length > 0) yield { items, position };
      onPage(position);
    }
  }
}

function positionOf(places: Places): string {
  return Buffer.from(JSON.stringify(places)).toString('base64url');
}

function placesOf(position: string, segments: number): Places {
  let places: unknown;
  try {
    places = JSON.parse(Buffer.from(position, 'base64url').toString());
  } catch {
    places = undefined;
  }
  const isPlace = (place: unknown) => place === null || place === true || typeof place === 'string';
  if (Array.isArray(places) && places.length === segments && places.every(isPlace)) return places;
  throw new RangeError(`Not a position of a scan with ${segments} segments`);
}
