import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = join(import.meta.dirname, '../../../scripts/oracle/aws_calls.py');

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** An error that AWS, or the emulator in its place, responded with. */
export class AwsError extends Error {
  readonly code: string;

  constructor(action: string, code: string, message: string) {
    super(`${action}: ${code}: ${message}`);
    this.code = code;
  }
}

/** Whether IAM denied the call. */
export function isDenial({ code }: AwsError): boolean {
  return /^(?:AccessDenied|AuthorizationError)/.test(code);
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Calls an operation by its name in AWS's reference, such as `sqs`, `GetQueueUrl`; all pages of a list. Rejects with an {@link AwsError}, also if the
 * parameters do not fit AWS's own model of the operation.
 */
export type Call = <R = Json>(
  service: string,
  operation: string,
  params?: Json,
  credentials?: Credentials,
) => Promise<R>;

interface Response {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly Code?: string; readonly Message?: string };
}

/** Client of all services of AWS; ended when it goes out of scope. */
export interface AwsCalls extends AsyncDisposable {
  readonly call: Call;
}

export interface AwsCallsOptions {
  readonly python: string;
  /** Those of calls that name none. */
  readonly credentials: Credentials;
  /** Variables of the SDK, such as the endpoint. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether moto responds, within the process, instead of the endpoint. */
  readonly isMoto?: boolean;
}

/** Starts a process that calls AWS with botocore, which checks each call by AWS's own models. */
export function openAwsCalls({ python, credentials, env, isMoto = false }: AwsCallsOptions): AwsCalls {
  const child = spawn(python, [SCRIPT, ...(isMoto ? ['--moto'] : [])], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pending = new Map<number, (response: Response) => void>();
  createInterface(child.stdout).on('line', (line) => {
    const response = JSON.parse(line) as Response;
    pending.get(response.id)?.(response);
    pending.delete(response.id);
  });
  const exited = once(child, 'exit').then(() => {
    for (const [id, settle] of pending) settle({ id, error: { Code: 'Exited', Message: 'of the process' } });
  });
  let calls = 0;
  return {
    call: async <R>(service: string, operation: string, params: Json = {}, given = credentials) => {
      const id = ++calls;
      const { promise, resolve } = Promise.withResolvers<Response>();
      pending.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ id, service, operation, params, credentials: given })}\n`);
      const { error, result } = await promise;
      if (error) throw new AwsError(`${service}:${operation}`, error.Code ?? '', error.Message ?? '');
      return result as R;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
