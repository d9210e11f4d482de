import { DomainError } from '@tandem/chassis/errors';

/** Code of the error for a queue that does not exist. */
export const QUEUE_MISSING = 'queue-missing';

/** Resolves to the result of a call to AWS. Rejects with a DomainError of one line that names the IAM action. */
export async function callAws<T>(action: string, target: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const code = isMissing(causeOf(error).name) ? QUEUE_MISSING : 'aws-call-failed';
    throw new DomainError('unavailable', code, explain(error, action, target), { cause: error });
  }
}

function explain(error: unknown, action: string, target: string): string {
  const { name, message, code, address, port, hostname } = causeOf(error);
  if (code === 'ECONNREFUSED')
    return `no system is running at ${address}:${port} – start it with npm start, or choose another with --endpoint or --aws`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `cannot resolve ${hostname}: check the region`;
  if (isMissing(name)) return `${action}: queue ${target} does not exist: check the region and --prefix`;
  if (name.includes('ResourceNotFound'))
    return `${action}: table ${target} does not exist: check the region and --prefix`;
  if (/AccessDenied|AuthorizationError|NotAuthorized/.test(name))
    return `access denied: ${action} on ${target}; --help lists the permissions that an operator needs: ${message}`;
  if (/CredentialsProvider|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|TokenProvider/.test(name))
    return `no valid AWS credentials: ${message}`;
  if (name === 'OverLimit')
    return `${action}: too many messages of ${target} are in flight: retry once they are visible again`;
  if (message === 'Region is missing') return 'no AWS region: set --region or AWS_REGION';
  return `${action} on ${target} failed: ${message}`;
}

function isMissing(name: string): boolean {
  return /QueueDoesNotExist|NonExistentQueue/.test(name);
}

type NetworkError = NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string };

function causeOf(error: unknown): NetworkError {
  if (error instanceof DomainError && error.cause instanceof Error) return error.cause;
  // A host with several addresses fails with one error for each of them.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first : new Error(String(first));
}
