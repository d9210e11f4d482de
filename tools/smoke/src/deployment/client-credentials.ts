import { createCallSigner } from '@tandem/chassis/sign-call';

/** Client of the issuer that may write products. */
export interface Client {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/** Requests an access token by the client credentials grant (RFC 6749, 4.4). Rejects with the issuer's reason. */
export async function requestToken(
  { tokenUrl, clientId, scope, audience }: Client,
  clientSecret: string,
): Promise<string> {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope,
      ...(audience !== undefined && { audience }),
    }).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await response.json().catch(() => ({}))) as { access_token?: string; error?: string };
  if (!response.ok || body.access_token === undefined)
    throw new Error(`${tokenUrl} gave no token: ${response.status} ${body.error ?? ''}. Check the client.`);
  return body.access_token;
}

/** Environment of a Lambda function: its credentials and region. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a secret from AWS Secrets Manager with the role of the function. Rejects with the reason of AWS. */
export async function readSecret(
  name: string,
  env: Environment,
  endpoint = `https://secretsmanager.${env['AWS_REGION']}.amazonaws.com`,
): Promise<string> {
  const { host } = new URL(endpoint);
  const sessionToken = env['AWS_SESSION_TOKEN'];
  const sign = createCallSigner(
    async () => env['AWS_REGION'] ?? '',
    async () => ({
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(sessionToken !== undefined && { sessionToken }),
    }),
    'secretsmanager',
  );
  const body = JSON.stringify({ SecretId: name });
  const target = 'secretsmanager.GetSecretValue';
  const { host: _, ...headers } = await sign({
    host,
    target,
    contentType: 'application/x-amz-json-1.1',
    body,
  });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(endpoint, { method: 'POST', headers, body, signal });
  const output = (await response.json().catch(() => ({}))) as Record<string, string | undefined>;
  if (response.ok && output['SecretString'] !== undefined) return output['SecretString'];
  throw new Error(`The secret ${name} was not read: ${output['__type'] ?? response.status}`);
}
