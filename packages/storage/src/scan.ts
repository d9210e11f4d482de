import type { Driver, StoredState } from './driver.ts';
import { partsOf } from './pk.ts';
import type { EntityType, Versioned } from './table.ts';

export interface ScanOptions {
  /** Number of segments of the parallel scan; one page of each is read concurrently and held in memory. */
  readonly segments: number;
  /** Number of items, of any entity type, to read for a page. */
  readonly pageSize: number;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Position of an earlier scan with the same number of segments, to resume after it. Default: the start. */
  readonly startAfter?: string | undefined;
  /** Called with the position after each page, empty ones included, once the consumer has processed the page. */
  readonly onPage?: (position: string) => void;
}

/** State of an item with its id; `lineage` is that of {@link StoredState}. */
export interface Scanned<S> extends Pick<StoredState, 'lineage'> {
  readonly id: string;
  readonly state: S;
}

/** States of one entity type with their ids. A scan with `startAfter` the opaque `position` resumes after this page. */
export interface KindPage<S> {
  readonly items: readonly Scanned<S>[];
  readonly position: string;
}

/** Position in each segment, after its last page: null before the first page, true after the last. */
type SegmentPositions = (string | null | true)[];

/**
 * Yields all live items of an entity type, in no defined order, page by page in constant memory; empty pages are omitted.
 * Scans the whole table. Each page is read with strong consistency, but the scan is not a point-in-time snapshot. Throws a
 * RangeError for an invalid position.
 */
export async function* scanKind<S extends Versioned>(
  driver: Pick<Driver, 'scan'>,
  { name: kind }: EntityType<S>,
  { segments, pageSize: limit, now, startAfter, onPage = () => undefined }: ScanOptions,
): AsyncGenerator<KindPage<S>> {
  const positions =
    startAfter === undefined ? Array(segments).fill(null) : decodePosition(startAfter, segments);
  const isLive = ({ expiresAt }: StoredState) => expiresAt === undefined || expiresAt > now() / 1000;

  while (positions.some((after) => after !== true)) {
    const pages = await Promise.all(
      positions.map(async (after, segment) =>
        after === true
          ? undefined
          : driver.scan({ kind, segment, segments, limit, after: after ?? undefined }),
      ),
    );
    for (const [segment, page] of pages.entries()) {
      if (!page) continue;
      positions[segment] = page.next ?? true;
      const position = encodePosition(positions);
      const items = page.rows.filter(isLive).map(({ pk, state, lineage }) => ({
        id: partsOf(pk).key,
        state: state as S,
        lineage,
      }));
      if (items.length > 0) yield { items, position };
      onPage(position);
    }
  }
}

function encodePosition(positions: SegmentPositions): string {
  return Buffer.from(JSON.stringify(positions)).toString('base64url');
}

function decodePosition(position: string, segments: number): SegmentPositions {
  let positions: unknown;
  try {
    positions = JSON.parse(Buffer.from(position, 'base64url').toString());
  } catch {
    positions = undefined;
  }
  const isValid = (after: unknown) => after === null || after === true || typeof after === 'string';
  if (Array.isArray(positions) && positions.length === segments && positions.every(isValid)) return positions;
  throw new RangeError(`The position is not of a scan with ${segments} segments`);
}
