import { DomainError } from '@tandem/chassis/errors';
import { readArguments } from '@tandem/cli/command';

/** What the command line of `npm run smoke` asks for. */
export interface SmokeArguments {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly isJson: boolean;
}

export const help = `Plays a short story on a deployment, the one on this machine or one on AWS, and shows how long each event takes:
a product is created, Cart learns of it, a cart takes two, the stock falls, the price changes, the cart shows it, the
cart is abandoned, the stock returns. Deletes what it has created in any case.

  npm run smoke -- URL [--token TOKEN] [--wait 60s] [--deadline 10s] [--json]

  URL              of the gateway or the load balancer: http://localhost:8080
  --token TOKEN    with the scope products:write (the variable TOKEN; on this machine the local issuer gives one)
  --wait TIME      how long the deployment may take until it answers (60s); ms, s or m
  --deadline TIME  how long each hop may take (10s)
  --json           a line of JSON for each hop and one for the whole

Exit code: 0 the story was played, 1 it was not, 2 unknown options, 130 interrupted.
`;

/** Reads the command line. Throws a DomainError for what cannot be meant; undefined when it asks for help. */
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
  if (url === null || !/^https?:$/.test(url.protocol)) throw unusable(`"${text}" is no http URL`);
  return {
    url: url.href.replace(/\/+$/, ''),
    token: values.token ?? (environmentToken === '' ? undefined : environmentToken),
    waitMs: milliseconds('--wait', values.wait),
    deadlineMs: milliseconds('--deadline', values.deadline),
    isJson: values.json,
  };
}

/** Whether a URL is of this machine, whose issuer is at hand. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  if (digits === undefined) throw unusable(`${option} "${text}" is no time: write 500ms, 30s or 2m`);
  return Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ''] ?? 1);
}

function unusable(message: string): DomainError {
  return new DomainError('invalid', 'unusable-arguments', message);
}
