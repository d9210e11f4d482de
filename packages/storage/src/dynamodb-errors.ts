import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DomainError } from '@tandem/chassis/errors';

/** Runs a call; a transient error (throttling, timeout, server error) becomes a DomainError of kind `unavailable`. */
export async function withDomainErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DomainError) throw error;
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

/** Number of attempts of the call that failed with this error. */
export function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

/** Error type that the SDK's classifiers accept. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function isTransient(error: SdkError): boolean {
  return isThrottlingError(error) || isTransientError(error) || isServerError(error);
}
