import { readArguments, usageError } from '@tandem/cli/command';
import { httpUrl, isLoopback } from '@tandem/cli/target';

/** Parsed command line of `npm run smoke`. */
export interface SmokeArguments {
  /** Base URL without a slash at its end. */
  readonly url: string;
  /** Default on this machine: one of the local issuer. */
  readonly token: string | undefined;
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly isJson: boolean;
}

const help = `Smoke test of a deployment, on this machine or on AWS, with the latency of each step: create a product, add two units to a
cart once Cart has the product, check the held stock, change the price, check it in the cart, delete the cart, check that
the stock is released. Always deletes the resources that it created.

  npm run smoke -- URL [--token TOKEN] [--wait 60s] [--deadline 10s] [--json]

  URL              base URL of the gateway or the load balancer, such as http://localhost:8080
  --token TOKEN    token with the scope products:write (default: the variable TOKEN; for this machine a local token)
  --wait TIME      deadline until the deployment is ready, in ms, s or m (default: 60s)
  --deadline TIME  deadline of each step (default: 10s)
  --json           print a line of JSON for each step and one for the summary

Exit code: 0 passed, 1 failed, 2 usage error, 130 interrupted.
`;

/** Parses the command line. Throws a usage error where it is invalid, or a remote deployment has no token. */
export function readSmokeArguments(environmentToken: string | undefined): SmokeArguments {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: {
      token: { type: 'string' },
      wait: { type: 'string', default: '60s' },
      deadline: { type: 'string', default: '10s' },
      json: { type: 'boolean', default: false },
    },
  });
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) throw usageError('needs exactly one URL');
  const url = httpUrl(text);
  const token = values.token ?? (environmentToken || undefined);
  if (token === undefined && !isLoopback(url))
    throw usageError(
      `${url} needs a token with the scope products:write: get one from the issuer that its services trust ` +
        '(AUTH_ISSUER), and set the variable TOKEN or --token',
    );
  return {
    url,
    token,
    waitMs: milliseconds('--wait', values.wait),
    deadlineMs: milliseconds('--deadline', values.deadline),
    isJson: values.json,
  };
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  if (digits === undefined)
    throw usageError(`${option} "${text}" is not a duration: use a form such as 500ms, 30s or 2m`);
  return Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ''] ?? 1);
}
