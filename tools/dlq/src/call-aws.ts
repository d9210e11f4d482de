import { DomainError } from '@tandem/chassis/errors';

/** Resolves to the result of a call to SNS or SQS. Rejects with a DomainError of one line that names the IAM action. */
export async function callAws<T>(action: string, target: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new DomainError('unavailable', 'aws-call-failed', explain(error, action, target), { cause: error });
  }
}

function explain(error: unknown, action: string, target: string): string {
  const { name, message, code, address, port, hostname } = partsOf(error);
  if (code === 'ECONNREFUSED')
    return `no system is running at ${address}:${port} – start it with npm start, or choose another with --endpoint or --aws`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `cannot resolve ${hostname}: check the region`;
  if (/QueueDoesNotExist|NonExistentQueue/.test(name))
    return `${action}: queue ${target} does not exist: check the region and --prefix`;
  if (/AccessDenied|AuthorizationError|NotAuthorized/.test(name))
    return `access denied: ${action} on ${target}; --help lists the permissions that an operator needs: ${message}`;
  if (/CredentialsProvider|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|TokenProvider/.test(name))
    return `no valid AWS credentials: ${message}`;
  if (name === 'OverLimit')
    return `${action}: too many messages of ${target} are in flight: retry once they are visible again`;
  if (message === 'Region is missing') return 'no AWS region: set --region or AWS_REGION';
  return `${action} on ${target} failed: ${message}`;
}

function partsOf(error: unknown) {
  // A host with several addresses fails with one error for each of them.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const cause = first instanceof Error ? first : new Error(String(first));
  const { code, address, port, hostname } = cause as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
  };
  return { name: cause.name, message: cause.message, code, address, port, hostname };
}
