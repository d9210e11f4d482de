import { readArguments, usageError } from '@tandem/cli/command';
import { isLoopback } from '@tandem/smoke/arguments';
import { type ArrivalKind, arrivalKinds } from './arrivals.ts';
import { profileNames, profileOf, type ProfileName, SOAK_MINUTES } from './profiles.ts';
import type { Mode, StoreName } from './system/own-system.ts';

/** Command-line options of `npm run load`. */
export interface LoadArguments {
  readonly profile: ProfileName;
  readonly minutes: number;
  /** URL of a running system; undefined starts one. */
  readonly target: string | undefined;
  readonly token: string | undefined;
  readonly mode: Mode | undefined;
  readonly store: StoreName;
  readonly engine: 'auto' | 'k6' | 'node';
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly html: string | undefined;
  readonly isJson: boolean;
  readonly isCapacity: boolean;
  readonly stepSeconds: number;
}

export const help = `Load test: sends the request mix at a constant arrival rate (open model) and checks the results against targets.

  npm run load -- [--profile smoke|peak|10x|soak|spike] [--processes|--embedded] [--store sqlite|dynamodb]
                  [--target URL] [--k6|--node] [--html FILE] [--json]
  npm run capacity -- [--step-seconds 20]     measures the capacity of 0.25 vCPU, writes tools/load/results/capacity.json

  --profile NAME   smoke: a tenth of the peak for 10 s; peak: 5,000 + 1,000 requests a minute for a minute, on 0.25 vCPU per
                   service; 10x: ten times the peak, in one process; soak: the peak for half an hour; spike: a tenth of the
                   peak, ten times the peak for 20 s, and back; default: smoke
  --minutes N      duration of soak; default: ${SOAK_MINUTES}
  --processes      one process per component, each service limited to 0.25 vCPU if the kernel allows it
  --embedded       the whole system in one process
  --store NAME     sqlite, or dynamodb: DynamoDB Local and the bundles that run on AWS (needs Java, Maven); default: sqlite
  --target URL     test a running system instead of starting one; deletes the products that it creates, carts expire
  --token TOKEN    token with the scope products:write, for a remote target; default: the variable TOKEN
  --yes            confirm more than a tenth of the peak for a remote target
  --k6, --node     engine that sends the requests; default: k6 if it is on the PATH, otherwise Node.js
  --arrivals KIND  poisson (independent clients) or even; default: poisson with Node.js, even with k6
  --seed N         seed of requests and arrivals; default: 1
  --html FILE      write an HTML report with charts
  --json           print the report as JSON

Latency is measured from the time when a request was due. Exit code: 0 all targets are met, 1 a target is missed or the run
is invalid, 2 invalid options.
`;

/** Reads the command line; undefined for --help. Throws a usage error for invalid options. */
export function readLoadArguments(env: NodeJS.ProcessEnv, args?: string[]): LoadArguments | undefined {
  const { values } = readArguments({
    ...(args && { args }),
    options: {
      profile: { type: 'string', default: 'smoke' },
      minutes: { type: 'string', default: String(SOAK_MINUTES) },
      target: { type: 'string' },
      token: { type: 'string' },
      yes: { type: 'boolean', default: false },
      processes: { type: 'boolean', default: false },
      embedded: { type: 'boolean', default: false },
      store: { type: 'string', default: 'sqlite' },
      k6: { type: 'boolean', default: false },
      node: { type: 'boolean', default: false },
      arrivals: { type: 'string' },
      seed: { type: 'string', default: '1' },
      html: { type: 'string' },
      json: { type: 'boolean', default: false },
      capacity: { type: 'boolean', default: false },
      'step-seconds': { type: 'string', default: '20' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { processes, embedded, k6, node } = values;
  if (processes && embedded) throw usageError('--processes and --embedded exclude each other');
  if (k6 && node) throw usageError('--k6 and --node exclude each other');
  const profile = oneOf('--profile', values.profile, profileNames);
  const target = values.target === undefined ? undefined : urlOf(values.target);
  if (target !== undefined && (processes || embedded || values.capacity))
    throw usageError(
      '--processes, --embedded and --capacity cannot be used with --target: they are for a system that the load test starts',
    );
  const peak = Math.max(...profileOf(profile).phases.map(({ share }) => share));
  if (target !== undefined && !isLoopback(target) && peak > 0.1 && !values.yes)
    throw usageError(`${target} is not on this machine. Use --yes to send it ${peak} times the peak.`);
  const token = values.token ?? (env['TOKEN'] === '' ? undefined : env['TOKEN']);
  if (target !== undefined && !isLoopback(target) && token === undefined)
    throw usageError(
      `${target} requires a token with the scope products:write. Set --token or the variable TOKEN.`,
    );
  return {
    profile,
    minutes: numberOf('--minutes', values.minutes, 24 * 60),
    target,
    token,
    mode: processes ? 'processes' : embedded ? 'embedded' : undefined,
    store: oneOf('--store', values.store, ['sqlite', 'dynamodb']),
    engine: k6 ? 'k6' : node ? 'node' : 'auto',
    arrivals: oneOf('--arrivals', values.arrivals ?? 'poisson', arrivalKinds),
    seed: numberOf('--seed', values.seed, 2 ** 31),
    html: values.html,
    isJson: values.json,
    isCapacity: values.capacity,
    stepSeconds: numberOf('--step-seconds', values['step-seconds'], 600),
  };
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((it) => it === text);
  if (choice === undefined) throw usageError(`${option} must be one of ${choices.join(', ')}`);
  return choice;
}

function numberOf(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!/^\d{1,10}(\.\d{1,3})?$/.test(text) || number <= 0 || number > max)
    throw usageError(`${option} "${text}" must be a number greater than 0 and at most ${max}`);
  return number;
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is not an HTTP URL`);
  return url.href.replace(/\/+$/, '');
}
