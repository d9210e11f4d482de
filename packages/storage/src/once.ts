import { DomainError } from '@tandem/chassis/errors';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { type Key, key, type Kind, put, type Snapshot, type Table, type TransactOptions } from './table.ts';
import type { Versioned, Write } from './table.ts';

/** What a request was answered, as JSON, or why it was refused. */
type Outcome =
  | { readonly answer: string }
  | {
      readonly refusal: Pick<DomainError, 'kind' | 'code' | 'message'> &
        Partial<Pick<DomainError, 'details'>>;
    };

/** A request that was carried out. */
interface Answered {
  readonly version: 1;
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly outcome: Outcome;
}

const requests: Kind<Answered> = { name: 'request', expiresAt: ({ expiresAt }) => expiresAt };

/** What a decision answers, which must be JSON, and writes. */
export interface Answering<A> {
  readonly answer: A;
  readonly writes: readonly Write[];
}

/**
 * As `transact`, and resolves to the answer. A request with an idempotency key is carried out once: its answer commits
 * together with its writes, a conflict that refuses it is kept likewise, and whoever repeats it within a day, also at
 * the same time, gets the same. Rejects with `unprocessable` when the key was used for another body.
 */
export async function transactOnce<A>(
  table: Table,
  request: IdempotentRequest | undefined,
  keys: readonly Key<Versioned>[],
  decide: (read: Snapshot) => Answering<A>,
  options?: TransactOptions,
): Promise<A> {
  if (!request) return (await table.transact(keys, decide, options)).answer;
  const { id, fingerprint, expiresAt, onReplay } = request;
  const own = key(requests, id);
  const { outcome, isReplay } = await table.transact(
    [...keys, own],
    (read) => {
      const answered = read.get(own);
      if (answered) return { outcome: outcomeOf(answered, fingerprint), isReplay: true, writes: [] };
      const { outcome, writes } = attempt(() => decide(read));
      const record = put(own, { version: 1, fingerprint, expiresAt, outcome });
      return { outcome, isReplay: false, writes: [...writes, record] };
    },
    options,
  );
  if (isReplay) onReplay();
  if ('answer' in outcome) return JSON.parse(outcome.answer) as A;
  const { kind, code, message, details } = outcome.refusal;
  throw new DomainError(kind, code, message, { ...(details && { details }) });
}

/** Whether the request was answered before, by whatever body: what comes of it then is for `transactOnce` to say. */
export async function isAnswered(table: Table, request: IdempotentRequest | undefined): Promise<boolean> {
  return request !== undefined && (await table.get(key(requests, request.id))) !== undefined;
}

function attempt<A>(decide: () => Answering<A>): { outcome: Outcome; writes: readonly Write[] } {
  try {
    const { answer, writes } = decide();
    return { outcome: { answer: JSON.stringify(answer) }, writes };
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
    const { kind, code, message, details } = error;
    return { outcome: { refusal: { kind, code, message, ...(details && { details }) } }, writes: [] };
  }
}

function outcomeOf({ fingerprint, outcome }: Answered, expected: string): Outcome {
  if (fingerprint === expected) return outcome;
  throw new DomainError(
    'unprocessable',
    'idempotency-key-reused',
    'this Idempotency-Key was used for another request: choose a new one',
  );
}
