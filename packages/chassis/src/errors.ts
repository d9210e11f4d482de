/** Kind of an error, from the caller's view: it decides the HTTP status, and whether a message is retried. */
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

/**
 * A failure that the caller can understand. `code` names the case in kebab-case and never changes; `message` says
 * what to do; `details` are facts that a program may read.
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
