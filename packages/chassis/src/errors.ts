/** Kind of an error, as its caller sees it. It determines the HTTP status, and whether a message is retried. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'preconditionFailed'
  | 'unprocessable'
  | 'rateLimited'
  | 'unavailable';

/** Code of the error `unavailable` while a store has no capacity left: it responds, and may be asked again. */
export const STORE_THROTTLED = 'store-throttled';

/** Whether a call failed only because a store has no capacity left. */
export function isThrottled(error: unknown): boolean {
  return error instanceof DomainError && error.code === STORE_THROTTLED;
}

/**
 * An expected error, which is reported to the caller. `code` identifies the error in kebab-case and never changes;
 * `message` says what is wrong and what to do; `details` are machine-readable.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.details = options.details;
  }
}
