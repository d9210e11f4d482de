import { DomainError } from '@tandem/chassis/errors';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import {
  type Key,
  key,
  type EntityType,
  put,
  type Snapshot,
  type Table,
  type TransactOptions,
} from './table.ts';
import type { Versioned, Write } from './table.ts';

/** A request that succeeded under its idempotency key, and its response as JSON. */
interface StoredResponse {
  readonly version: 1;
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly answer: string;
}

const requests: EntityType<StoredResponse> = { name: 'request', expiresAt: ({ expiresAt }) => expiresAt };

/** A decision's response, which must be JSON, and its writes. */
export interface RespondingDecision<A> {
  readonly answer: A;
  readonly writes: readonly Write[];
}

/**
 * As `transact`, and resolves to the response. A request with an idempotency key is applied once: its response commits
 * together with its writes and is replayed within a day, also to concurrent duplicates. A rejected request (`decide`
 * throws) is not stored: its key may succeed later. Rejects with `unprocessable` when the key succeeded for another body.
 */
export async function transactIdempotently<A>(
  table: Table,
  request: IdempotentRequest | undefined,
  keys: readonly Key<Versioned>[],
  decide: (read: Snapshot) => RespondingDecision<A>,
  options?: TransactOptions,
): Promise<A> {
  if (!request) return (await table.transact(keys, decide, options)).answer;
  const { id, fingerprint, expiresAt, onReplay } = request;
  const own = key(requests, id);
  const { answer, isReplay } = await table.transact(
    [...keys, own],
    (read) => {
      const answered = read.get(own);
      if (answered) return { answer: answerOf(answered, fingerprint), isReplay: true, writes: [] };
      const decision = decide(read);
      const answer = JSON.stringify(decision.answer);
      const record = put(own, { version: 1, fingerprint, expiresAt, answer });
      return { answer, isReplay: false, writes: [...decision.writes, record] };
    },
    options,
  );
  if (isReplay) onReplay();
  return JSON.parse(answer) as A;
}

/** Whether the request succeeded before, by whatever body: `transactIdempotently` then replays its response or rejects. */
export async function hasResponse(table: Table, request: IdempotentRequest | undefined): Promise<boolean> {
  return request !== undefined && (await table.get(key(requests, request.id))) !== undefined;
}

function answerOf({ fingerprint, answer }: StoredResponse, expected: string): string {
  if (fingerprint === expected) return answer;
  throw new DomainError(
    'unprocessable',
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request. Choose a new one.',
  );
}
