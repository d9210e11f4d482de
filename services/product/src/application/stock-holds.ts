import type { Metrics } from '@tandem/chassis/metrics';
import { put, type Table } from '@tandem/storage/table';
import { live } from '../domain/product.ts';
import { cartsOf, type StockRequest } from '../domain/request.ts';
import type { HoldTiming, Reservation } from '../domain/reservation.ts';
import { type Effects, expireHolds, reserve, type ReserveDecision } from '../domain/reserve.ts';
import { HORIZON_DAYS, productKey, reservationKey } from '../store/entity-types.ts';

const HORIZON_MS = HORIZON_DAYS * 24 * 60 * 60 * 1000;

/** Minimum stock for the held-share metric: with fewer units, a few honest carts hold most of the stock. */
const MIN_UNITS_FOR_SHARE = 20;

export interface StockHoldsDeps {
  readonly table: Table;
  readonly metrics: Pick<Metrics, 'count' | 'observe'>;
  /** Duration of a hold after the last request, in seconds; 0: as long as the cart. */
  readonly holdSeconds: number;
  /** RFC 3339, UTC. */
  readonly now: () => string;
}

/** Changes the stock and the reservations of one product in one transaction. */
export interface StockHolds {
  /** Applies requests for one product, of at most 99 carts in total. */
  reserve(requests: readonly StockRequest[]): Promise<void>;
  /** Expires the overdue holds of these carts. */
  expire(productId: string, cartIds: readonly string[]): Promise<void>;
}

export function createStockHolds({ table, metrics, holdSeconds, now }: StockHoldsDeps): StockHolds {
  const currentTiming = (): HoldTiming => {
    const time = now();
    const nowMs = Date.parse(time);
    return {
      now: time,
      ...(holdSeconds > 0 && { heldUntil: new Date(nowMs + holdSeconds * 1000).toISOString() }),
      isBeyondHorizon: (timestamp) => Date.parse(timestamp) < nowMs - HORIZON_MS,
    };
  };

  const transact = async (
    productId: string,
    cartIds: readonly string[],
    decide: (
      stored: ReserveDecision['product'],
      reservationOf: (cartId: string) => Reservation | undefined,
    ) => ReserveDecision,
  ) => {
    const distinctIds = [...new Set(cartIds)];
    const { product, effects } = await table.transact(
      [productKey(productId), ...distinctIds.map((cartId) => reservationKey(productId, cartId))],
      (read) => {
        const stored = read.get(productKey(productId));
        const decision = decide(stored, (cartId) => read.get(reservationKey(productId, cartId)));
        const { product, events, reservations } = decision;
        const writes = reservations.map(({ state, events }) =>
          put(reservationKey(productId, state.cartId), state, events),
        );
        if (product && product !== stored) writes.push(put(productKey(productId), product, events));
        return { ...decision, writes };
      },
      // Renewals, rejections and moves in the index do not write the product, and are valid as of the time of its read.
      { guardedIfWritten: [productKey(productId)] },
    );
    report(effects);
    const { onHand = 0, held = 0 } = live(product) ?? {};
    if (onHand >= MIN_UNITS_FOR_SHARE) metrics.observe('HeldSharePercent', (100 * held) / onHand);
  };

  const report = ({ heldChange, rejected, expired, missing, beyondHorizon }: Effects) => {
    for (const holder of ['guest', 'user'] as const) {
      if (heldChange[holder] !== 0) metrics.count('UnitsHeldChange', heldChange[holder], { holder });
    }
    if (rejected > 0) metrics.count('ReservationsRejected', rejected);
    if (expired > 0) metrics.count('UnitsExpired', expired);
    if (missing > 0) metrics.count('UnitsShort', missing);
    if (beyondHorizon > 0) metrics.count('RequestsBeyondHorizon', beyondHorizon);
  };

  return {
    async reserve(requests) {
      const [first] = requests;
      if (!first) return;
      await transact(first.productId, requests.flatMap(cartsOf), (stored, reservationOf) =>
        reserve(stored, reservationOf, requests, currentTiming()),
      );
    },

    async expire(productId, cartIds) {
      await transact(productId, cartIds, (stored, reservationOf) =>
        expireHolds(
          stored,
          cartIds.flatMap((cartId) => reservationOf(cartId) ?? []),
          now(),
        ),
      );
    },
  };
}
