import type { CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DomainError, STORE_THROTTLED } from '@tandem/chassis/errors';

/** Reasons of a cancelled transaction that capacity was used up, in the words of TransactWriteItems' reference. */
const THROTTLING_REASONS = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Runs a call; a transient error (throttling, timeout, server error) becomes a DomainError of kind `unavailable`, whose code
 * is `store-throttled` for a refusal for want of capacity.
 */
export async function withDomainErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DomainError) throw error;
    if (isThrottled(error)) throw throttled(error);
    throw isTransient(error as SdkError) ? unavailable(error) : error;
  }
}

export function unavailable(cause: Error): DomainError {
  return new DomainError(
    'unavailable',
    'store-unavailable',
    'The database is unavailable. Retry after a moment.',
    { cause },
  );
}

function throttled(cause: Error): DomainError {
  return new DomainError(
    'unavailable',
    STORE_THROTTLED,
    'The database is at its capacity. Retry after a moment.',
    { cause },
  );
}

/**
 * Whether DynamoDB refused a call, or a transaction, only because capacity is used up: that of the table or an index, on-demand's
 * maximum, or the account's limit.
 */
export function isThrottled(error: Error): boolean {
  if (!isError(error, 'TransactionCanceledException')) return isThrottlingError(error);
  const codes = cancellationReasons(error).map(({ Code = 'None' }) => Code);
  const reasons = codes.filter((code) => code !== 'None');
  return reasons.length > 0 && reasons.every((code) => THROTTLING_REASONS.has(code));
}

/** Whether DynamoDB did not respond, or failed, so that another call would fail as well. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && !isThrottled(error) && isTransient(error as SdkError);
}

/** Error of a write that may or may not have been applied. */
export function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'write-outcome-unknown',
    'The write may or may not have been applied. Read the item before you repeat the request.',
    { cause },
  );
}

/** Whether an error has this name, by which DynamoDB's errors are distinguished. */
export function isError(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/** The reasons of a cancelled transaction, one for each of its actions; none for another error. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] {
  if (!isError(error, 'TransactionCanceledException')) return [];
  return (error as TransactionCanceledException).CancellationReasons ?? [];
}

/** Number of attempts of the call that failed with this error. */
export function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

/** Error type that the SDK's classifiers accept. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function isTransient(error: SdkError): boolean {
  return isThrottlingError(error) || isTransientError(error) || isServerError(error);
}
