import { DomainError } from '@tandem/chassis/errors';
import { readArguments } from '@tandem/cli/command';

/** Parsed command line of `npm run smoke`. */
export interface SmokeArguments {
  /** Base URL without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly isJson: boolean;
}

export const help = `Smoke test of a deployment, on this machine or on AWS, with the latency of each step: create a product, add two units to a
cart once Cart has the product, check the held stock, change the price, check it in the cart, delete the cart, check that
the stock is released. Always deletes the resources that it created.

  npm run smoke -- URL [--token TOKEN] [--wait 60s] [--deadline 10s] [--json]

  URL              base URL of the gateway or the load balancer, such as http://localhost:8080
  --token TOKEN    token with the scope products:write (default: the variable TOKEN; for this machine a local token)
  --wait TIME      deadline until the deployment is ready, in ms, s or m (default: 60s)
  --deadline TIME  deadline of each step (default: 10s)
  --json           print a line of JSON for each step and one for the summary

Exit code: 0 passed, 1 failed, 2 unknown option, 130 interrupted.
`;

/** Parses the command line; undefined for --help. Throws a DomainError where it is invalid. */
export function readSmokeArguments(environmentToken: string | undefined): SmokeArguments | undefined {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      token: { type: 'string' },
      wait: { type: 'string', default: '60s' },
      deadline: { type: 'string', default: '10s' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) {
    throw unusable('usage: npm run smoke -- URL [--token TOKEN] [--wait 60s] [--deadline 10s] [--json]');
  }
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw unusable(`"${text}" is not an http URL`);
  return {
    url: url.href.replace(/\/+$/, ''),
    token: values.token ?? (environmentToken === '' ? undefined : environmentToken),
    waitMs: milliseconds('--wait', values.wait),
    deadlineMs: milliseconds('--deadline', values.deadline),
    isJson: values.json,
  };
}

/** Whether a URL is on this machine, so that the local issuer's tokens are valid. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  if (digits === undefined)
    throw unusable(`${option} "${text}" is not a duration: use a form such as 500ms, 30s or 2m`);
  return Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ''] ?? 1);
}

function unusable(message: string): DomainError {
  return new DomainError('invalid', 'unusable-arguments', message);
}
