import { usageError } from './command.ts';

/** Base URL of a running system, without a slash at its end; default: the gateway on this machine. */
export function systemUrl(override: string | undefined, port: string | undefined): string {
  return httpUrl(override ?? `http://127.0.0.1:${port || '8080'}`);
}

/** An http or https URL without a slash at its end; throws a usage error for any other text. */
export function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is not an http URL`);
  return url.href.replace(/\/+$/, '');
}

/** Whether a URL is on this machine, so that the local issuer's tokens are valid. */
export function isLoopback(url: string): boolean {
  return /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(new URL(url).hostname);
}

/**
 * The token of --token, or else of the variable TOKEN; undefined without one for a URL on this machine, where the local issuer's
 * will do. Throws a usage error without one for any other URL.
 */
export function givenToken(
  url: string,
  option: string | undefined,
  variable: string | undefined,
): string | undefined {
  const token = option ?? (variable || undefined);
  if (token !== undefined || isLoopback(url)) return token;
  throw usageError(
    `${url} needs a token with the scope products:write: get one from the issuer that its services trust ` +
      '(AUTH_ISSUER), and set the variable TOKEN or --token',
  );
}

/** Deployment on AWS. */
export interface AwsDeployment {
  /** Default: that of the AWS SDK. */
  readonly region?: string | undefined;
  /** Name prefix of its tables, queues and topics. */
  readonly prefix: string;
}

/** Options of a command that works on a local system or, with --aws, on a deployment. */
export const awsOptions = {
  aws: { type: 'boolean' },
  region: { type: 'string' },
  prefix: { type: 'string' },
} as const;

/**
 * The deployment that {@link awsOptions} name; undefined for a local system. Throws a usage error where they do not fit
 * together, or `localOption`, which names a local system, is used as well.
 */
export function awsDeployment<Local extends string = never>(
  values: { readonly aws?: boolean } & { readonly [name in NoInfer<Local> | 'region' | 'prefix']?: string },
  localOption?: Local,
): AwsDeployment | undefined {
  const { aws, region, prefix } = values;
  if (aws && localOption !== undefined && values[localOption] !== undefined)
    throw usageError(`--${localOption} and --aws exclude each other: use one of them`);
  if (aws) return { region, prefix: prefix ?? '' };
  if (region !== undefined || prefix !== undefined) throw usageError('--region and --prefix need --aws');
  return undefined;
}
