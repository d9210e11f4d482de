import { products } from '@tandem/product/store/entity-types';
import { scanKind } from '@tandem/storage/scan';
import type { Versioned } from '@tandem/storage/table';
import type { Publish } from '@tandem/chassis/messaging/publisher';
import { addUnapplied, type Books, openBook, stockDifferenceOf } from './books.ts';
import type { Difference } from './difference.ts';
import { cartsPhase, holdsPhase, type Phase, type PhaseName } from './phases.ts';
import { createRepairer } from './repairer.ts';
import type { AuditCounts, StateFile } from './state.ts';
import { compareHeld, compareSold } from './sums.ts';
import { createSuspects } from './suspects.ts';
import { createFactsReader, type Tables } from './tables.ts';

export interface AuditOptions {
  readonly tables: Tables;
  readonly settleMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Repairs differences where an event can; default: reports only. */
  readonly repair?:
    | { readonly publish: Publish; readonly rate: number; readonly state?: StateFile }
    | undefined;
  /** Milliseconds without any repaired difference after which the rest counts as left; default: 30 s. */
  readonly repairTimeoutMs?: number;
  /** Called with each confirmed difference and its outcome. */
  readonly onDifference: (difference: Difference, outcome: DifferenceOutcome) => void;
  readonly onProgress?: (progress: { readonly phase: string; readonly items: number }) => void;
  readonly onResume?: (startedAt: string) => void;
  /** Stops it after the current page. */
  readonly signal?: AbortSignal | undefined;
}

/** Outcome of a difference: `found` without repair, else `repaired` or `left`. */
export type DifferenceOutcome = 'found' | 'repaired' | 'left';

export interface AuditReport extends AuditCounts {
  readonly isInterrupted: boolean;
}

/** Page size of a scan, in items. */
const PAGE = 500;
/** Pages that are inspected at the same time. */
const PARALLEL = 4;
/** Limit of suspects in memory; they are verified then. */
const MAX_SUSPECTS = 10_000;
/** Interval of saving the state of a repair. */
const CHECKPOINT_MS = 30_000;

/**
 * Compares the tables of Product and Cart, as promise 4 requires. The memory does not grow with the number of carts: only the
 * sums of each product are stored. Repairs in passes, so that units are released before they are requested.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { tables, settleMs, now, repair, repairTimeoutMs = 30_000, onDifference, signal } = options;
  const { onProgress = () => undefined, onResume = () => undefined } = options;
  const reader = createFactsReader(tables, now);
  const suspects = createSuspects({ reader, settleMs, now });
  const repairBatch = repair && createRepairer({ ...repair, reader, now, repairTimeoutMs });
  const saved = await repair?.state?.read();
  if (saved) onResume(saved.startedAt);
  const startedAt = saved?.startedAt ?? new Date(now()).toISOString();
  const books: Books = new Map(saved?.books);
  const found: Record<string, number> = { ...saved?.counts.found };
  const zero = { products: 0, reservations: 0, carts: 0, repaired: 0, left: 0, inMotion: 0 };
  const counts = { ...zero, ...saved?.counts, found };
  const inMotionBefore = counts.inMotion;

  const report = (difference: Difference, isRepaired = false) => {
    const { kind, productId } = difference;
    found[kind] = (found[kind] ?? 0) + 1;
    counts[isRepaired ? 'repaired' : 'left'] += 1;
    if (kind === 'orderNotApplied' && !isRepaired) addUnapplied(books, productId, difference.cart);
    onDifference(difference, repair ? (isRepaired ? 'repaired' : 'left') : 'found');
  };
  const scan = <S extends Versioned>(
    table: 'products' | 'carts',
    kind: Phase<S>['kind'],
    startAfter?: string,
  ) => scanKind(tables.of[table], kind, { segments: tables.segments, pageSize: PAGE, now, startAfter });
  const save = async (phase: PhaseName, position?: string) =>
    repair?.state?.write({ id: tables.id, startedAt, phase, position, counts, books: [...books] });

  async function readProducts(): Promise<void> {
    for await (const { items } of scan('products', products)) {
      for (const { state } of items) {
        books.set(state.productId, openBook(state));
        const difference = stockDifferenceOf(state);
        if (difference) report(difference);
      }
      counts.products += items.length;
      onProgress({ phase: 'products', items: counts.products });
    }
  }

  async function run<S extends Versioned>(phase: Phase<S>, startAfter?: string): Promise<void> {
    const counted = phase.table === 'products' ? 'reservations' : 'carts';
    const settle = async () => {
      await suspects.verify(phase.isRelevant, async (differences) => {
        const repaired = await repairBatch?.(differences, phase.isRelevant);
        for (const difference of differences) report(difference, repaired?.has(difference));
      });
      counts.inMotion = inMotionBefore + suspects.inMotion;
    };
    let inspections: Promise<void>[] = [];
    let position = startAfter;
    let savedAt = performance.now();
    for await (const page of scan(phase.table, phase.kind, startAfter)) {
      if (signal?.aborted) break;
      inspections.push(phase.inspect(page.items.map(({ state }) => state)));
      position = page.position;
      // Lines are scanned again after orders: a cart counts once.
      if (phase.name !== 'lines') counts[counted] += page.items.length;
      onProgress({ phase: phase.name, items: counts[counted] });
      if (inspections.length < PARALLEL) continue;
      await Promise.all(inspections);
      inspections = [];
      const isDue = repair !== undefined && performance.now() - savedAt > CHECKPOINT_MS;
      if (suspects.size < MAX_SUSPECTS && !isDue) continue;
      await settle();
      await save(phase.name, position);
      savedAt = performance.now();
    }
    await Promise.all(inspections);
    await settle();
    if (signal?.aborted) await save(phase.name, position);
  }

  if (!saved) await readProducts();
  const deps = { reader, books, suspects, now };
  const cartPhases = repair ? (['orders', 'lines'] as const) : (['carts'] as const);
  const steps = [
    { name: 'holds', start: (position?: string) => run(holdsPhase(deps), position) },
    ...cartPhases.map((name) => ({
      name,
      start: (position?: string) => run(cartsPhase(name, deps), position),
    })),
  ] as const;
  const resumed = steps.findIndex(({ name }) => name === saved?.phase);
  for (const [i, { name, start }] of steps.entries()) {
    if (i < resumed) continue;
    if (i > resumed && i > 0) await save(name);
    await start(i === resumed ? saved?.position : undefined);
    if (signal?.aborted) return { ...counts, isInterrupted: true };
  }
  const sums = { tables, reader, books, now, onDifference: (difference: Difference) => report(difference) };
  await compareSold(sums);
  counts.inMotion += await compareHeld(sums);
  await repair?.state?.remove();
  return { ...counts, isInterrupted: false };
}
