import type { Answer } from './client.ts';
import type { Caused, Taken } from './tally.ts';

/** Sums by name. */
export type Sums = Record<string, number>;

/** What one request, or one event, causes until everything is at rest: averages over its samples. */
export interface Consumption {
  readonly samples: number;
  /** Read and write units by table, or index of it (`products`, `products/byCategory`). */
  readonly read: Sums;
  readonly write: Sums;
  /** The units, both kinds, by what caused them: the request itself, or the events that were being applied. */
  readonly causes: Sums;
  /** Calls of DynamoDB, by service and operation. */
  readonly calls: Sums;
  /** Changes that a relay is given, by table. */
  readonly changes: Sums;
  /** Messages by topic and event type, and their bytes, attributes included. */
  readonly messages: Sums;
  readonly messageBytes: Sums;
  /** Requests of SNS and SQS as they were made alone: no other traffic to share a batch with. */
  readonly requestsAlone: Sums;
  /** Items that were not there before, by kind. */
  readonly created: Sums;
  /** Bytes of one item that was written, and of its entries in indexes, by kind. */
  readonly itemBytes: Sums;
  readonly indexBytes: Sums;
}

/** Request and answer on the wire, without TLS. */
export interface Wire {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly compressedAnswerBytes: number;
}

export function consumptionOf(taken: readonly Taken[]): Consumption {
  const store = taken.flatMap((it) => it.store);
  const consumed = store.flatMap(({ consumed }) => consumed);
  const sent = taken.flatMap((it) => it.sent);
  const written = store.flatMap((it) => it.written);
  const average = (sums: Sums) => mapped(sums, (sum) => sum / taken.length);
  const placeOf = ({ table, index }: { table: string; index?: string }) =>
    index ? `${table}/${index}` : table;
  const counts = summed(
    written,
    ({ kind }) => kind,
    () => 1,
  );
  const each = (sums: Sums) => mapped(sums, (sum, kind) => sum / (counts[kind] ?? 1));
  return {
    samples: taken.length,
    read: average(summed(consumed, placeOf, ({ read }) => read)),
    write: average(summed(consumed, placeOf, ({ write }) => write)),
    causes: average(
      summed(store, causeOf, (it) => it.consumed.reduce((sum, { read, write }) => sum + read + write, 0)),
    ),
    calls: average(
      summed(
        store,
        ({ service, api }) => `${service} ${api}`,
        () => 1,
      ),
    ),
    changes: average(
      summed(
        store.flatMap(({ changes }) => changes),
        String,
        () => 1,
      ),
    ),
    messages: average(
      summed(
        sent,
        ({ topic, eventType }) => `${topic} ${eventType}`,
        () => 1,
      ),
    ),
    messageBytes: average(
      summed(
        sent,
        ({ topic, eventType }) => `${topic} ${eventType}`,
        ({ bytes }) => bytes,
      ),
    ),
    requestsAlone: average(
      summed(
        taken.flatMap(({ calls }) => calls),
        ({ principal, command }) => `${principal} ${command.replace('Command', '')}`,
        () => 1,
      ),
    ),
    created: average(
      summed(
        written,
        ({ kind }) => kind,
        ({ isNew }) => Number(isNew),
      ),
    ),
    itemBytes: each(
      summed(
        written,
        ({ kind }) => kind,
        ({ bytes }) => bytes,
      ),
    ),
    indexBytes: each(
      summed(
        written,
        ({ kind }) => kind,
        ({ indexBytes }) => indexBytes,
      ),
    ),
  };
}

export function wireOf(plain: readonly Answer[], compressed: readonly Answer[]): Wire {
  const mean = (answers: readonly Answer[], bytes: (answer: Answer) => number) =>
    Math.round(answers.reduce((sum, answer) => sum + bytes(answer), 0) / answers.length);
  return {
    requestBytes: mean(compressed, ({ requestBytes }) => requestBytes),
    answerBytes: mean(plain, ({ answerBytes }) => answerBytes),
    compressedAnswerBytes: mean(compressed, ({ answerBytes }) => answerBytes),
  };
}

const causeOf = ({ service, cause }: Caused) => `${service}: ${cause}`;

function summed<T>(all: readonly T[], nameOf: (it: T) => string, valueOf: (it: T) => number): Sums {
  const sums: Sums = {};
  for (const it of all) {
    const value = valueOf(it);
    if (value !== 0) sums[nameOf(it)] = (sums[nameOf(it)] ?? 0) + value;
  }
  return sums;
}

function mapped(sums: Sums, change: (sum: number, name: string) => number): Sums {
  return Object.fromEntries(
    Object.entries(sums)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, sum]) => [name, rounded(change(sum, name))]),
  );
}

export const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

/** The next multiple of a step: what depends on the digits of a duration is the same each time then. */
export const upTo = (step: number, value: number) => Math.ceil(value / step) * step;
