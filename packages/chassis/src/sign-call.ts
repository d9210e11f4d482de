import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';

/** A call of a service whose operations share the path `/`: a POST. */
export interface Call {
  /** Host and port, as in the request. */
  readonly host: string;
  /** Name of the operation, of a service with JSON; undefined if the body has it. */
  readonly target?: string | undefined;
  readonly contentType: string;
  readonly body: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Key of a day; it depends on the secret and the date alone, so that it is derived once a day and secret. */
interface DayKey {
  readonly date: string;
  readonly secret: string;
  readonly key: KeyObject;
}

/**
 * Creates a function that returns the headers of a signed call: Signature Version 4, with the current credentials and, unless
 * given, the current time. The signature is that of the SDK's signer (a test compares them), which takes eight times the CPU
 * because it derives a key and sorts headers for each request.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createCallSigner(
  region: Provider<string>,
  credentials: Provider<AwsCredentialIdentity>,
  service = 'dynamodb',
): (call: Call, at?: Date) => Promise<Record<string, string>> {
  let dayKey: DayKey | undefined;

  const keyOf = (date: string, secret: string, region: string): KeyObject => {
    if (dayKey?.date !== date || dayKey.secret !== secret)
      dayKey = { date, secret, key: createSecretKey(deriveKey(date, secret, region, service)) };
    return dayKey.key;
  };

  return async ({ host, target, contentType, body }, at = new Date()) => {
    const [regionName, { accessKeyId, secretAccessKey, sessionToken }] = await Promise.all([
      region(),
      credentials(),
    ]);
    const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const date = time.slice(0, 8);
    const bodyHash = hash('sha256', body);
    // In the order of their names, which the signature requires.
    const headers: Record<string, string> = {
      'content-type': contentType,
      host,
      'x-amz-content-sha256': bodyHash,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
      ...(target !== undefined && { 'x-amz-target': target }),
    };
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const canonicalRequest = `POST\n/\n\n${lines.join('')}\n${names}\n${bodyHash}`;
    const scope = `${date}/${regionName}/${service}/aws4_request`;
    const signature = createHmac('sha256', keyOf(date, secretAccessKey, regionName))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonicalRequest)}`)
      .digest('hex');
    headers['authorization'] =
      `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return headers;
  };
}

function deriveKey(date: string, secret: string, region: string, service: string): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}
