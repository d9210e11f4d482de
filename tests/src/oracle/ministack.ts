import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { outputOf } from '@tandem/cli/run';
import { freePort } from '../support/free-port.ts';
import type { Credentials } from './aws-calls.ts';

export const REGION = 'us-east-1';
/** Not the account of the emulator that is developed with the services. */
export const ACCOUNT = '111122223333';
const ROOT: Credentials = { accessKeyId: 'oracle-root', secretAccessKey: 'oracle-root-secret' };

/** A running MiniStack, which ends when it goes out of scope. */
export interface MiniStack extends AsyncDisposable {
  readonly endpoint: string;
  /** File of the certificate that its clients must trust. */
  readonly certificate: string;
  /** Credentials of the account's root user. */
  readonly root: Credentials;
  /** Lines that it logged. */
  log(): string;
}

/** Variables by which every SDK and the AWS CLI call an endpoint, with credentials and with no files of the user. */
export function sdkEnvironment(
  { endpoint, certificate }: Pick<MiniStack, 'endpoint' | 'certificate'>,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/**
 * Starts MiniStack on 127.0.0.1 with an empty account, with TLS, and with IAM enforced: a signature is verified, and a call is
 * allowed only if the caller's policies allow it. Its files are in `folder`. Rejects with its output if it does not start.
 */
export async function startMiniStack(python: string, folder: string): Promise<MiniStack> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const extensions = ['-addext', names, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const files = ['-keyout', key, '-out', certificate];
  await outputOf('openssl', ['req', '-x509', '-subj', '/CN=localhost', ...curve, ...extensions, ...files]);

  const port = await freePort();
  // Its own command would listen on ports 443 and 8883 as well.
  const bind = ['--bind', `127.0.0.1:${port}`, '--certfile', certificate, '--keyfile', key];
  const child = spawn(python, ['-m', 'hypercorn', 'ministack.app:app', ...bind, '--keep-alive', '75'], {
    cwd: folder,
    env: {
      // It starts functions with the first `node`.
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      TMPDIR: folder,
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: certificate,
      MINISTACK_SSL_KEY: key,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        if (line.includes('Running on https://')) resolve();
      });
  });
  const exited = once(child, 'close');
  const failed = exited.then(() =>
    Promise.reject(new Error(`MiniStack did not start:\n${lines.join('\n')}`)),
  );
  await Promise.race([listening, failed]);
  failed.catch(() => undefined);
  return {
    endpoint: `https://127.0.0.1:${port}`,
    certificate: await readFile(certificate).then(() => certificate),
    root: ROOT,
    log: () => lines.join('\n'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(timer);
    },
  };
}
