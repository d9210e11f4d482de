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

/** Stored record of an idempotency key whose request succeeded. The stored attribute `answer` is the response as JSON. */
interface StoredResponse {
  readonly version: 1;
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly answer: string;
}

const requests: EntityType<StoredResponse> = { name: 'request', expiresAt: ({ expiresAt }) => expiresAt };

/** A decision with the response to its request, which must be JSON. */
export interface RespondingDecision<R> {
  readonly response: R;
  readonly writes: readonly Write[];
}

/**
 * Like `transact`, but resolves to the response. A request with an idempotency key is applied once: its response commits
 * atomically with its writes and is replayed for a day, also to concurrent duplicates. A request that `decide` rejects is
 * not stored: a retry with its key may succeed. Rejects with `unprocessable` if the key was used for another request.
 */
export async function transactIdempotently<R>(
  table: Table,
  request: IdempotentRequest | undefined,
  keys: readonly Key<Versioned>[],
  decide: (read: Snapshot) => RespondingDecision<R>,
  options?: TransactOptions,
): Promise<R> {
  if (!request) return (await table.transact(keys, decide, options)).response;
  const { id, fingerprint, expiresAt, onReplay } = request;
  const requestKey = key(requests, id);
  const { response, isReplay } = await table.transact(
    [...keys, requestKey],
    (read) => {
      const storedResponse = read.get(requestKey);
      if (storedResponse)
        return { response: responseOf(storedResponse, fingerprint), isReplay: true, writes: [] };
      const decision = decide(read);
      const response = JSON.stringify(decision.response);
      const record = put(requestKey, { version: 1, fingerprint, expiresAt, answer: response });
      return { response, isReplay: false, writes: [...decision.writes, record] };
    },
    options,
  );
  if (isReplay) onReplay();
  return JSON.parse(response) as R;
}

/** Whether a request with this key succeeded before: `transactIdempotently` then replays its response or rejects. */
export async function hasResponse(table: Table, request: IdempotentRequest | undefined): Promise<boolean> {
  return request !== undefined && (await table.get(key(requests, request.id))) !== undefined;
}

function responseOf({ fingerprint, answer: response }: StoredResponse, expected: string): string {
  if (fingerprint === expected) return response;
  throw new DomainError(
    'unprocessable',
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request. Choose a new one.',
  );
}
