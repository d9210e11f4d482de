import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
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

/**
 * Stored record of an idempotency key whose request succeeded. The response is JSON: as it is in the attribute `answer`, or
 * in `packedAnswer`, compressed with Brotli and in base64.
 */
interface StoredResponse {
  readonly version: 1;
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly answer?: string;
  readonly packedAnswer?: string;
}

/** Larger responses are compressed: with its other attributes, a smaller one fits into a write unit of 1 KB as it is. */
const MAX_UNPACKED_BYTES = 512;

/** Compresses a cart of 100 lines to a tenth in half a millisecond. */
const BROTLI_QUALITY = 5;

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
      const record = put(requestKey, { version: 1, fingerprint, expiresAt, ...pack(response) });
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

function pack(response: string): Pick<StoredResponse, 'answer' | 'packedAnswer'> {
  if (Buffer.byteLength(response) <= MAX_UNPACKED_BYTES) return { answer: response };
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  };
  return { packedAnswer: brotliCompressSync(response, { params }).toString('base64') };
}

function unpack({ answer, packedAnswer = '' }: StoredResponse): string {
  return answer ?? brotliDecompressSync(Buffer.from(packedAnswer, 'base64')).toString();
}

function responseOf(record: StoredResponse, expected: string): string {
  if (record.fingerprint === expected) return unpack(record);
  throw new DomainError(
    'unprocessable',
    'idempotency-key-reused',
    'This Idempotency-Key was used for another request. Choose a new one.',
  );
}
