import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DomainError } from '@tandem/chassis/errors';

/** Runs a call; what passes by itself (throttling, timeouts, errors of the server) becomes `unavailable`. */
export async function translated<T>(call: () => Promise<T>): Promise<T> {
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
    {
      cause,
    },
  );
}

/** The error of a write that may or may not have been applied. */
export function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'write-outcome-unknown',
    'It is not known whether the write was applied. Read the item again before you repeat the request.',
    { cause },
  );
}

/** Whether it is DynamoDB's error of this name. */
export function isError(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/** Attempts of the call before it failed with this error. */
export function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

/** The shape of an error that the SDK classifies. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function isTransient(error: SdkError): boolean {
  return isThrottlingError(error) || isTransientError(error) || isServerError(error);
}
